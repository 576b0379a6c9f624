using PerfTrace.Bpf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf;

/// <summary>Programs that tests of cmdlets load: each counts how often it ran.</summary>
internal sealed class BpfPrograms : IDisposable
{
    private readonly List<BpfProgram> _loaded = [];

    public BpfCounter Counter { get; } = new();

    public BpfProgram Load(BpfProgramType type, string name = "cmdlet_test", BpfAttachType attachType = default, int result = 0, uint attachTypeId = 0)
    {
        BpfProgram program = BpfProgram.FromDescriptor(Counter.Load(type, name, attachType, attachTypeId, result));
        _loaded.Add(program);
        return program;
    }

    public void Dispose()
    {
        _loaded.ForEach(static p => p.Dispose());
        Counter.Dispose();
    }
}
