using System.Diagnostics;
using System.Management.Automation;
using PerfTrace.Commands;
using PerfTrace.Host;
using PerfTrace.Perf;

namespace PerfTrace.Tests.Perf;

[Collection(CmdletCollection.Name)]
public sealed class PerfRecordCommandTests : CmdletFixture, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("perftrace-test-").FullName;

    private string File(string name = "perf.data") => Path.Combine(_folder, name);

    public void Dispose()
    {
        Host.Run("Get-PerfRecord -State Running | Stop-PerfRecord");
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_command_is_recorded_to_its_end()
    {
        PerfRecording recording = Single<PerfRecording>($"Start-PerfRecord -Event page-faults -Period 1 -Path {File()} -- sh -c 'exit 3'");

        Assert.Equal((PerfRecordingState.Completed, 3, File()), (recording.State, recording.CommandExit?.ExitCode, recording.Path));
        PerfDataInfo info = Single<PerfDataInfo>($"Get-PerfDataInfo {File()}");
        Assert.Equal(recording.Samples, info.Samples);
        Assert.Equal(["Start-PerfRecord", "--", "sh", "-c", "exit 3"], info.CommandLine);
    }

    [Theory]
    [InlineData("-AllCpu")]
    [InlineData("-Cpu 0")]
    [InlineData("-ProcessId {pid}")]
    [InlineData("-Id {pid} -NoInherit")]
    [InlineData("-ThreadId {pid}")]
    [InlineData("-CGroup / -Cpu 0")]
    public void Each_target_is_recorded_in_the_background(string target)
    {
        PerfRecording recording = Single<PerfRecording>($"Start-PerfRecord {target.Replace("{pid}", $"{Environment.ProcessId}", StringComparison.Ordinal)} -Event cpu-clock -Path {File()}");
        Assert.Equal(PerfRecordingState.Running, recording.State);

        Assert.Same(recording, Single<PerfRecording>($"Stop-PerfRecord {recording.Id}"));
        Assert.Equal(PerfRecordingState.Completed, recording.State);
        Assert.True(Single<PerfDataInfo>($"Get-PerfDataInfo {File()}").IsComplete);
    }

    [Theory]
    [InlineData("", "cpu-clock", 4000, false)]
    [InlineData("-Event cpu-clock -Frequency 99 -CallStack FramePointer", "cpu-clock", 99, true)]
    public void Options_reach_the_file(string options, string name, int frequency, bool hasStack)
    {
        if (options.Length == 0 && DefaultSampleEvents.For(EventCatalogue.Default)[0].Events[0].Name != "cpu-clock")
            name = "cycles";
        Single<PerfRecording>($"Start-PerfRecord {options} -Path {File()} -- true");

        PerfDataEvent recorded = Assert.Single(Single<PerfDataInfo>($"Get-PerfDataInfo {File()}").Events);
        Assert.Equal((name, (ulong?)frequency), (recorded.Name, recorded.Frequency));
        Assert.Equal(hasStack, recorded.SampleFields.Contains("CallChain", StringComparison.Ordinal));
    }

    [Fact]
    public void Off_cpu_is_the_switch_with_a_stack()
    {
        PerfRecording recording = Single<PerfRecording>($"Start-PerfRecord -OffCpu -Path {File()} -- sleep 0.02");

        Assert.Equal(["sched:sched_switch"], recording.Events);
        PerfDataInfo info = Single<PerfDataInfo>($"Get-PerfDataInfo {File()}");
        Assert.Contains("CallChain", info.Events[0].SampleFields, StringComparison.Ordinal);
        Assert.Contains(info.Records, static r => r.Type == "SWITCH");
    }

    [Fact]
    public void Waiting_shows_how_far_it_is()
    {
        HostResult result = Host.Run($"Start-PerfRecord -AllCpu -Event cpu-clock -Duration 1.3 -Wait -Path {File()}");

        PerfRecording recording = Assert.IsType<PerfRecording>(Assert.Single(result.Objects));
        Assert.InRange(recording.Elapsed, TimeSpan.FromSeconds(1.3), TimeSpan.FromSeconds(10));
        Assert.Equal(PerfRecordingState.Completed, recording.State);
    }

    [Fact]
    public void Ctrl_C_ends_it_with_a_complete_file()
    {
        var run = new Thread(() => Host.Run($"Start-PerfRecord -AllCpu -Event cpu-clock -Wait -Path {File()}"));
        run.Start();
        Assert.True(SpinWait.SpinUntil(() => System.IO.File.Exists(File()), TimeSpan.FromSeconds(10)));
        Thread.Sleep(200);
        Host.Stop();
        var watch = Stopwatch.StartNew();
        Assert.True(run.Join(TimeSpan.FromSeconds(10)));
        Assert.InRange(watch.ElapsedMilliseconds, 0, 1000);

        PerfDataInfo info = Assert.IsType<PerfDataInfo>(Assert.Single(Host.Run($"Get-PerfDataInfo {File()}").Objects));
        Assert.True(info.IsComplete);
        Assert.Contains(PerfDataFeature.SampleTime, info.Features);
    }

    [Fact]
    public void Waiting_for_a_duration_or_not_so_long()
    {
        Run($"Start-PerfRecord -AllCpu -Event cpu-clock -Duration 200ms -Path {File("a")}");
        Assert.Equal(PerfRecordingState.Completed, Single<PerfRecording>($"Wait-PerfRecord -Path {File("a")}").State);

        Run($"Start-PerfRecord -AllCpu -Event cpu-clock -Path {File("b")}");
        ErrorRecord error = Fail($"Wait-PerfRecord -Path {File("b")} -Timeout 20ms", "RecordingRuns", ErrorCategory.OperationTimeout);
        Assert.IsType<PerfRecording>(error.TargetObject);
    }

    [Fact]
    public void Recordings_are_listed_by_number_file_and_state()
    {
        PerfRecording one = Single<PerfRecording>($"Start-PerfRecord -AllCpu -Event cpu-clock -Path {File("one")}");
        PerfRecording two = Single<PerfRecording>($"Start-PerfRecord -Event page-faults -Path {File("two")} -- true");

        Assert.Same(one, Single<PerfRecording>($"Get-PerfRecord {one.Id}"));
        Assert.Same(two, Single<PerfRecording>($"Get-PerfRecord -Path {_folder}/t*"));
        Assert.Same(one, Single<PerfRecording>("Get-PerfRecord -State Running"));
        Assert.Empty(Run($"Get-PerfRecord -Path {_folder}/none*").Objects);
        Assert.Same(one, Single<PerfRecording>("Get-PerfRecord -State Running | Stop-PerfRecord"));
    }

    [Fact]
    public void Removing_the_module_completes_what_runs()
    {
        PerfRecording recording = Single<PerfRecording>($"Start-PerfRecord -AllCpu -Event cpu-clock -Path {File()}");
        ModuleResources.ReleaseAll();

        Assert.Equal(PerfRecordingState.Completed, recording.State);
        Assert.True(Single<PerfDataInfo>($"Get-PerfDataInfo {File()}").IsComplete);
    }

    [Theory]
    [InlineData("200KB", 204_800L, null)]
    [InlineData("1000000", 1_000_000L, null)]
    [InlineData("5m", 5_242_880L, null)]
    [InlineData("30s", null, 30.0)]
    [InlineData("250ms", null, 0.25)]
    [InlineData("2min", null, 120.0)]
    [InlineData("00:01:00", null, 60.0)]
    public void Output_is_switched_by_a_size_or_a_duration(string text, long? size, double? seconds) =>
        Assert.Equal(new OutputSwitch(size, seconds is { } s ? TimeSpan.FromSeconds(s) : null), new OutputSwitchTransformationAttribute().Transform(null!, text));

    [Theory]
    [InlineData("-Event no-such-event -- true", "EventNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("-Event duration_time -- true", "NotSupported", ErrorCategory.NotImplemented)]
    [InlineData("-Event cpu-clock -CallStack Lbr -- true", "NotSupported", ErrorCategory.NotImplemented)]
    [InlineData("-ProcessId 4000000", "ProcessNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("-ThreadId 4000000", "ThreadNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("-CGroup no-such-group", "CGroupNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("-Cpu 4000", "CpuNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("-- no-such-command", "CommandNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("-Frequency 99 -Period 1 -- true", "ContradictoryParameters", ErrorCategory.InvalidArgument)]
    [InlineData("-StackSize 4096 -- true", "ContradictoryParameters", ErrorCategory.InvalidArgument)]
    [InlineData("-CallStack Dwarf -StackSize 4097 -- true", "InvalidStackSize", ErrorCategory.InvalidArgument)]
    [InlineData("-SnapshotOn cs -- true", "ContradictoryParameters", ErrorCategory.InvalidArgument)]
    [InlineData("", "NoTarget", ErrorCategory.InvalidArgument)]
    public void Each_error_has_its_id_and_leaves_no_file(string arguments, string id, ErrorCategory category)
    {
        Fail($"Start-PerfRecord -Path {File()} {arguments}", id, category);
        Assert.Empty(Directory.EnumerateFiles(_folder));
    }

    [Theory]
    [InlineData("/dev/full", "FileError", ErrorCategory.WriteError)]
    [InlineData("/nowhere/perf.data", "NotFound", ErrorCategory.ObjectNotFound)]
    public void A_file_that_can_not_be_written(string path, string id, ErrorCategory category) =>
        Fail($"Start-PerfRecord -Event cpu-clock -Path {path} -- true", id, category);

    [Theory]
    [InlineData("Stop-PerfRecord 4711")]
    [InlineData("Wait-PerfRecord 4711")]
    [InlineData("Get-PerfRecord -Path /tmp/no-such-recording")]
    public void A_recording_that_is_not_there(string line) => Fail(line, "RecordingNotFound", ErrorCategory.ObjectNotFound);
}
