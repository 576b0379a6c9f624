using PerfTrace.Bpf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.Code;

public sealed class BpfProgramMeterTests
{
    [Fact]
    public void RunsAreCountedWhileItIsThere()
    {
        using var counter = new BpfCounter();
        using BpfProgram program = BpfProgram.FromDescriptor(counter.Load(BpfProgramType.SocketFilter, "test_measured")), idle = BpfProgram.FromDescriptor(counter.Load(BpfProgramType.SocketFilter));
        using (var meter = new BpfProgramMeter())
        {
            meter.Add(program);
            meter.Add(idle);
            BpfTestRunner.Run(program, new() { Repeat = 1000 }, CancellationToken.None);
            BpfProgramMeasurement[] measured = [.. meter.Measure()];

            Assert.Equal((program.Id, "test_measured", 1000L), (measured[0].ProgramId, measured[0].Name, measured[0].RunCount));
            Assert.InRange(measured[0].AverageNanoseconds!.Value, 0.1, 1e6);
            Assert.InRange(measured[0].RunsPerSecond, 1, 1e9);
            Assert.InRange(measured[0].CpuPercent, 0, 101);
            Assert.Equal((0L, null), (measured[1].RunCount, measured[1].AverageNanoseconds));
        }
        using var later = new BpfProgramMeter();
        later.Add(program);
        Assert.Equal(0, Assert.Single(later.Measure()).RunCount);
    }

    [Fact]
    public void NoDescriptorIsLeftOpen() => Descriptors.AssertNoneLeaked(static () =>
    {
        using var counter = new BpfCounter();
        using BpfProgram program = BpfProgram.FromDescriptor(counter.Load(BpfProgramType.SocketFilter));
        using var meter = new BpfProgramMeter();
        meter.Add(program);
    });
}
