using System.Diagnostics;
using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.BpfTrace;
using PerfTrace.Commands;
using PerfTrace.Host;
using PerfTrace.Host.Running;

namespace PerfTrace.Tests.Bpf;

[Collection(CmdletCollection.Name)]
public sealed class BpfToolCommandTests : CmdletFixture
{
    [Fact]
    public void Tools_are_listed_by_name_and_wildcard()
    {
        Assert.Equal(["biolatency", "biosnoop", "biostacks"], Run("Get-BpfTool bio*").Objects.Cast<BpfTool>().Select(static t => t.Name));
        Assert.Equal("execsnoop", Single<BpfTool>("Get-BpfTool EXECSNOOP").Name);
        Assert.Contains("Is it execsnoop?", Fail("Get-BpfTool execsnop", "ToolNotFound", ErrorCategory.ObjectNotFound).Exception.Message, StringComparison.Ordinal);
        Assert.Empty(Run("Get-BpfTool z*").Objects);
    }

    [Fact]
    public void Events_come_as_objects_until_enough_have_come()
    {
        // Again and again, so that it does not matter when the tool is at work.
        using Process shell = Shell("while :; do /bin/true one; sleep 0.1; done");
        try
        {
            HostResult result = Host.Run($"Start-BpfTool execsnoop -ProcessId {shell.Id} -CommandName true -MaxEvents 2 -Duration 20 -Verbose");
            Assert.Empty(result.Errors);
            Assert.Equal(["/bin/true one", "/bin/true one"], result.Objects.Cast<ExecEvent>().Select(static e => e.CommandLine));
            Assert.Contains(result.Verbose, static v => v.StartsWith("2 objects in ", StringComparison.Ordinal) && v.EndsWith(", 0 lost.", StringComparison.Ordinal));
        }
        finally
        {
            shell.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public void Losses_are_warned_of()
    {
        using Process shell = Shell("while :; do find /usr/lib -maxdepth 3 > /dev/null; done");
        HostResult result;
        try
        {
            result = Host.Run($"Start-BpfTool opensnoop -ProcessId {shell.Id} -BufferSize 4096 -MaxEvents 500 -Duration 20");
        }
        finally
        {
            shell.Kill(entireProcessTree: true);
        }
        // A reader that keeps up loses nothing and says nothing; what is lost is said with what helps.
        Assert.All(result.Warnings, static w => Assert.Contains("events were lost", w, StringComparison.Ordinal));
        Assert.NotEmpty(result.Objects);
    }

    [Fact]
    public void What_a_tool_does_not_take_is_an_error()
    {
        ErrorRecord error = Fail("Start-BpfTool execsnoop -FailedOnly -Duration 1", "ParameterOfOtherTool", ErrorCategory.InvalidArgument);
        Assert.Contains("it takes -BufferSize", error.Exception.Message, StringComparison.Ordinal);
        Fail("Start-BpfTool nothing", "ToolNotFound", ErrorCategory.ObjectNotFound);
        Fail("Start-BpfTool biosnoop -Disk sdzz9", "NotFound", ErrorCategory.ObjectNotFound);
        Fail("Start-BpfTool runqlat -CGroup no/such/group -Duration 1", "NotFound", ErrorCategory.ObjectNotFound);
        Fail("Start-BpfTool profile -UserStackOnly -KernelStackOnly", "ContradictoryParameters", ErrorCategory.InvalidArgument);
    }

    [Fact]
    public void A_script_prints_objects_until_enough_have_come()
    {
        using Process shell = Shell("while :; do kill -0 $$; sleep 0.1; done");
        try
        {
            object?[] all = [.. Run($"Start-BpfTool killsnoop -ProcessId {shell.Id} -CommandName sh -MaxEvents 2 -Duration 20").Objects];
            Assert.All(all, p => Assert.Contains($"ProcessId={shell.Id} CommandName=sh Signal=0", Assert.IsAssignableFrom<BpfTracePrint>(p).Text, StringComparison.Ordinal));
            Assert.Equal(2, all.Length);
        }
        finally
        {
            shell.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public void What_a_script_does_not_take_is_an_error()
    {
        ErrorRecord error = Fail("Start-BpfTool killsnoop -CGroup / -Duration 1", "ParameterOfOtherTool", ErrorCategory.InvalidArgument);
        Assert.Contains("it takes -ProcessId, -CommandName, -FailedOnly", error.Exception.Message, StringComparison.Ordinal);
        Fail("Start-BpfTool oomkill -BufferSize 1MB", "ParameterOfOtherTool", ErrorCategory.InvalidArgument);
        Fail($"Start-BpfTool killsnoop -ProcessId {Environment.ProcessId},1 -Duration 1", "OneProcess", ErrorCategory.InvalidArgument);
    }

    // The script is not the user's to change: the tool's parameters are.
    [Fact]
    public void Losses_of_a_script_are_told_with_the_parameters_that_help()
    {
        Assert.Equal(("Watch fewer, by -ProcessId or -CommandName or -FailedOnly.", "Watch fewer, by -ProcessId or -CommandName or -FailedOnly."), Advice("killsnoop"));
        Assert.Equal(("They came faster than they were taken.", "Give an -Interval, after which it is emptied."), Advice("runqlen"));
        Assert.Equal("Watch fewer, by -ProcessId or -CommandName, or give an -Interval, after which it is emptied.", Advice("syscount").Entries);
        Assert.Equal("Watch for a shorter time, by -Duration.", Advice("oomkill").Entries);

        static (string Events, string Entries) Advice(string tool) => BpfTraceLossAdvice.OfTool(BpfToolSet.Find(tool)) is var advice ? (advice.Events, advice.Entries) : default;
    }

    [Fact]
    public void A_stop_ends_a_script()
    {
        using var timer = new Timer(_ => Host.Stop(), null, 500, 100);

        HostResult result = Host.Run("Start-BpfTool cpuwalk -Duration 60");

        Assert.Empty(result.Errors);
        Assert.Equal(ExitCodes.Interrupted, result.ExitCode);
    }

    private static Process Shell(string script) => Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script]) { RedirectStandardError = true })!;
}
