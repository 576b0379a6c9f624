using PerfTrace.Bpf;

namespace PerfTrace.Tests.Support;

/// <summary>A map of call stacks and a program that fills it with those of a process, as samples of the software clock.</summary>
internal sealed class BpfStackMap : IDisposable
{
    public const int UserStack = 256; // BPF_F_USER_STACK

    private readonly BpfProgram _program;

    public BpfStackMap(int flags, BpfMapFlags mapFlags = 0)
    {
        Map = BpfMapCreation.Create(new BpfMapRequest { Type = BpfMapType.StackTrace, Name = "test_stacks", Flags = mapFlags });
        using var descriptor = Map.Open();
        var assembler = new BpfAssembler();
        assembler.LoadMap(BpfRegister.R2, descriptor);
        assembler.Move(BpfRegister.R3, flags);
        assembler.Call(BpfHelper.GetStackid);
        assembler.Move(BpfRegister.R0, 0);
        assembler.Exit();
        _program = BpfProgram.FromDescriptor(BpfProgramLoader.Load(new BpfProgramRequest(BpfProgramType.PerfEvent, assembler.Assemble()) { Name = "test_stacks" }));
    }

    public BpfMap Map { get; }

    /// <summary>Samples a process until it has used so much time on CPUs.</summary>
    public void Sample(int processId, TimeSpan time)
    {
        IReadOnlyList<BpfLink> links = BpfLinker.Attach(_program, PerfEventHook.Find("task-clock", new PerfEventHook.SampleRate(1000, IsFrequency: true), processId: processId));
        using var process = System.Diagnostics.Process.GetProcessById(processId);
        TimeSpan begin = process.TotalProcessorTime;
        do
        {
            Thread.Sleep(20);
            process.Refresh();
        }
        while (process.TotalProcessorTime - begin < time);
        foreach (BpfLink link in links)
            link.Dispose();
    }

    public void Dispose()
    {
        _program.Dispose();
        Map.Dispose();
    }
}
