using PerfTrace.Bpf;
using PerfTrace.Interop;

namespace PerfTrace.Tests.Support;

/// <summary>A counting program and the links that it is attached by, together until they are disposed of.</summary>
internal sealed class BpfLinks : IDisposable
{
    public BpfLinks(BpfProgramType type, BpfAttachType attachType = default, uint attachTypeId = 0, int result = 0) =>
        Program = BpfProgram.FromDescriptor(Counter.Load(type, "test_linked", attachType, attachTypeId, result));

    public BpfCounter Counter { get; } = new();

    public BpfProgram Program { get; }

    public List<BpfLink> Links { get; } = [];

    /// <summary>Attaches it; the links belong to this object.</summary>
    public IReadOnlyList<BpfLink> Attach(BpfHook hook, ulong? cookie = null)
    {
        IReadOnlyList<BpfLink> made = BpfLinker.Attach(Program, hook, cookie);
        Links.AddRange(made);
        return made;
    }

    /// <summary>How often the program runs while something is done.</summary>
    public ulong Count(Action action)
    {
        ulong before = Counter.Value;
        action();
        return Counter.Value - before;
    }

    /// <summary>Takes the program off.</summary>
    public void Detach()
    {
        Links.ForEach(static l => l.Dispose());
        foreach (BpfLink link in Links)
            Assert.Null(Settled(() => BpfLink.Read(link.Id)));
        Links.Clear();
    }

    /// <summary>The program no longer runs. A link's id goes a moment before the kernel frees its hook.</summary>
    public void AssertIsOff(Action action) => Assert.True(SpinWait.SpinUntil(() => Count(action) == 0, TimeSpan.FromSeconds(10)), "The program still runs.");

    public void Dispose()
    {
        Links.ForEach(static l => l.Dispose());
        Program.Dispose();
        Counter.Dispose();
    }

    /// <summary>The kernel lets an object go some time after its last descriptor is closed.</summary>
    public static T? Settled<T>(Func<T?> read)
        where T : class
    {
        for (int i = 0; i < 200 && read() is { } found; i++)
        {
            (found as IDisposable)?.Dispose();
            Thread.Sleep(20);
        }
        return read();
    }
}
