using System.Management.Automation;

namespace PerfTrace.Tests.Tracing;

/// <summary>What users of a kernel that is locked down for confidentiality are told. tests/Guest/suite-in-guest.sh locks it down.</summary>
[Collection(CmdletCollection.Name)]
[Trait("Machine", "Guest")]
[Trait("Kernel", "LockedDown")]
public sealed class LockedDownKernelTests : TraceFixture
{
    [Theory]
    [InlineData("New-TraceInstance a")]
    [InlineData("Enable-Tracepoint sched:sched_switch")]
    [InlineData("New-KProbe vfs_read")]
    [InlineData("Watch-TracePipe -TopLevel -Duration 1")]
    [InlineData("Get-TraceBuffer -TopLevel")]
    [InlineData("Watch-FunctionTrace vfs_read -Duration 1")]
    [InlineData("Get-TraceHistogram sched:sched_switch -TopLevel")]
    [InlineData("Get-PerfTraceResource")]
    public void The_error_names_the_lockdown(string line) => Check(line);

    [Fact]
    public void So_does_that_of_a_probe_in_a_library()
    {
        // A function that is there: the place is looked at first.
        string library = File.ReadLines("/proc/self/maps").First(static l => l.EndsWith("/libc.so.6", StringComparison.Ordinal));
        Check($"New-UProbe {library[library.IndexOf('/', StringComparison.Ordinal)..]}:getppid");
    }

    // The verifier does not give them the helpers that read the kernel's memory.
    [Theory]
    [InlineData("Start-BpfTool opensnoop -Duration 1")]
    [InlineData("Invoke-BpfTrace 'tracepoint:sched:sched_switch { @[curtask->pid] = count(); }' -Duration 1")]
    public void So_does_that_of_a_program_that_reads_the_kernel(string line) => CheckAdvice(Assert.Single(Host.Run(line).Errors));

    private void Check(string line)
    {
        ErrorRecord error = Assert.Single(Host.Run(line).Errors);
        Assert.Equal(ErrorCategory.PermissionDenied, error.CategoryInfo.Category);
        CheckAdvice(error);
    }

    private static void CheckAdvice(ErrorRecord error)
    {
        Assert.Contains("locked down for confidentiality", $"{error.Exception.Message} {error.ErrorDetails?.RecommendedAction}", StringComparison.Ordinal);
    }
}
