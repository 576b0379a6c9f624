using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Perf;

public sealed class RecordingErrorTests : IDisposable
{
    private readonly Recording _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void A_command_that_is_not_there()
    {
        CommandException error = Assert.Throws<CommandException>(() => _file.Start("cpu-clock", new CounterTarget.Command("no-such-command", [], "/")));
        Assert.Equal(127, error.ExitStatus);
        Assert.False(File.Exists(_file.Path));
    }

    [Fact]
    public void A_process_that_is_not_there()
    {
        Assert.Null(_file.TryStart("cpu-clock", new CounterTarget.Processes([4_000_000])));
        Assert.Equal("ProcessNotFound", Assert.Single(_file.Problems).Id);
        Assert.False(File.Exists(_file.Path));
    }

    [Fact]
    public void An_event_that_can_not_be_sampled()
    {
        Assert.Throws<NotSupportedException>(() => _file.Start("duration_time", Recording.Shell("true")));
        KernelException error = Assert.ThrowsAny<KernelException>(() => _file.Start("msr/tsc/", Recording.Shell("true")));
        Assert.Contains("can not be sampled", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Branch_records_without_a_pmu()
    {
        KernelException error = Assert.ThrowsAny<KernelException>(() => _file.Start("cpu-clock", Recording.Shell("true"), new SamplingOptions { CallStack = CallStackMode.Lbr }));
        Assert.Contains("FramePointer", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_frequency_that_is_too_high_is_lowered_with_a_warning()
    {
        int most = Sysctl.PerfEventMaxSampleRate(SystemPaths.Default)!.Value;
        _file.Run("cpu-clock", Recording.Shell("true"), new SamplingOptions { Frequency = most + 1000 });

        Assert.Contains($"lowered from {most + 1000} to ", Assert.Single(_file.Warnings), StringComparison.Ordinal);
        Assert.InRange(_file.Read().Events[0].Frequency!.Value, 1UL, (ulong)most);
    }

    [Fact]
    public void Without_privileges_user_space_is_sampled_and_the_rest_refused_with_advice()
    {
        string path = Path.Combine(Path.GetTempPath(), $"perftrace-nobody-{Guid.NewGuid():N}");
        try
        {
            string[] said = Helper.RunAsNobody("record-unprivileged", path);
            Assert.Contains(said, static s => s.StartsWith("warning: Sampled in user space only: cpu-clock.", StringComparison.Ordinal) && s.Contains("perf_event_paranoid is 2", StringComparison.Ordinal));
            Assert.Contains(said, static s => s.StartsWith("all: KernelAccessException", StringComparison.Ordinal) && s.Contains("perf_event_paranoid", StringComparison.Ordinal));
            Assert.Contains(said, static s => s.StartsWith("buffer: KernelAccessException", StringComparison.Ordinal) && s.Contains("kernel.perf_event_mlock_kb", StringComparison.Ordinal));
            Assert.Contains("cpu-clock:u", Recording.PerfOf(path, "evlist", "-f"), StringComparison.Ordinal);
            Assert.True(_file.Read(path).Samples > 0);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Too_few_descriptors_are_an_error_that_says_so()
    {
        string[] said = Helper.RunWithDescriptors(64, "record-many", Path.Combine(_file.Folder, "many"));
        Assert.Contains(said, static s => s.StartsWith("error: KernelResourceException", StringComparison.Ordinal) && s.Contains("RLIMIT_NOFILE", StringComparison.Ordinal));
        Assert.Contains("left open: 0", said);
    }
}
