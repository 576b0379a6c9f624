using System.Diagnostics;
using System.Text.RegularExpressions;
using PerfTrace.Interop;
using PerfTrace.Perf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Perf;

/// <summary>Files under difficulties: writers that are killed, disks that are full, several files, snapshots.</summary>
public sealed class RecordingFileTests : IDisposable
{
    private readonly Recording _file = new();

    public void Dispose() => _file.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_killed_recorder_has_written_can_be_read(bool compress)
    {
        // Several at once, each killed at another moment.
        var results = Enumerable.Range(0, 4).AsParallel().WithDegreeOfParallelism(4).Select(i => RecordAndKill(i, compress)).ToArray();

        Assert.All(results, path =>
        {
            string script = Recording.PerfOf(path, "script", "-F", "comm,event");
            Recording.PerfOf(path, "report", "--stdio", "--no-inline");
            Assert.Contains("PerfTrace", Recording.PerfOf(path, "script", "--header-only"), StringComparison.Ordinal);
            PerfDataInfo info = _file.Read(path);
            Assert.Equal(script.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, info.Samples);
            Assert.True(info.Samples > 20, $"{info.Samples} samples");
            Assert.Equal(["cpu-clock", "sched:sched_switch", "dummy:HG"], info.Events.Select(static e => e.Name));
        });
    }

    private string RecordAndKill(int index, bool compress)
    {
        string path = Path.Combine(_file.Folder, $"killed{index}");
        using Process recorder = Helper.Begin("record", path, compress ? "compress" : "plain");
        try
        {
            long deadline = Environment.TickCount64 + 20_000;
            while (!(File.Exists(path) && new FileInfo(path).Length > 0 && SamplesIn(path) > 100) && Environment.TickCount64 < deadline)
                Thread.Sleep(20);
            Thread.Sleep(index * 37);
        }
        finally
        {
            recorder.Kill();
            recorder.WaitForExit();
        }
        return path;
    }

    // Of a file whose first write is still under way there is nothing to read yet.
    private static long SamplesIn(string path)
    {
        try
        {
            return PerfDataInspector.Read(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite), path, out _).Samples;
        }
        catch (PerfDataException)
        {
            return 0;
        }
    }

    [Fact]
    public void Each_state_on_the_way_can_be_read()
    {
        // What a kill after any of the writes leaves: the file is copied while it grows.
        using PerfRecording recording = _file.Start("cpu-clock", Recording.AllCpus, new SamplingOptions { Frequency = 5000, BufferSize = 16 << 10 });
        int readable = 0;
        for (int i = 0; i < 60; i++)
        {
            Thread.Sleep(5);
            string copy = Path.Combine(_file.Folder, "copy");
            byte[] bytes = File.ReadAllBytes(_file.Path);
            // A copy is no instant: what is behind the header may be newer than it, but never older.
            File.WriteAllBytes(copy, bytes);
            PerfDataInfo info = PerfDataInspector.Read(File.OpenRead(copy), copy, out PerfDataException? problem);
            if (problem is null)
                readable++;
            Assert.Equal(2, info.Events.Count);
        }
        Assert.True(readable > 50, $"{readable} of 60 copies could be read");
    }

    [Fact]
    public void A_full_disk_ends_the_recording_and_leaves_what_fitted()
    {
        string mount = Path.Combine(_file.Folder, "small");
        Directory.CreateDirectory(mount);
        Assert.Equal(0, Command.Run("mount", ["-t", "tmpfs", "-o", "size=300k", "tmpfs", mount]).ExitCode);
        try
        {
            string path = Path.Combine(mount, "perf.data");
            PerfRecording recording = _file.Start("page-faults", Recording.Shell("while :; do (true); done"), new SamplingOptions { Period = 1, BufferSize = 64 << 10 }, o => o with { Path = path });

            Assert.True(recording.Wait(TimeSpan.FromSeconds(20)));

            Assert.Equal(PerfRecordingState.Failed, recording.State);
            Assert.Contains("space", Assert.IsAssignableFrom<IOException>(recording.Error).Message, StringComparison.OrdinalIgnoreCase);
            PerfDataInfo info = _file.Read(path);
            Assert.True(info.Samples > 100);
            // While the writing waited some may have been lost, of which perf warns.
            Command.Result script = Command.Perf(["script", "-i", path, "-F", "comm"]);
            Assert.Equal(0, script.ExitCode);
            Assert.Equal(info.Samples, script.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        }
        finally
        {
            Assert.Equal(0, Command.Run("umount", [mount]).ExitCode);
        }
    }

    [Theory]
    [InlineData("/dev/full")]
    [InlineData("/proc/perf.data")]
    [InlineData("/nowhere/perf.data")]
    public void What_can_not_be_written_is_an_error_before_the_command_runs(string path)
    {
        string witness = Path.Combine(_file.Folder, "ran");
        Assert.ThrowsAny<IOException>(() => _file.Start("page-faults", Recording.Shell($"touch {witness}"), null, o => o with { Path = path }));
        Assert.False(File.Exists(witness));
    }

    [Fact]
    public void Output_is_switched_by_size()
    {
        PerfRecording recording = _file.Run("page-faults", Recording.Shell("i=0; while [ $i -lt 1000 ]; do (true); i=$((i+1)); done"), new SamplingOptions { Period = 1, BufferSize = 16 << 10 },
            static o => o with { SwitchSize = 200_000 });

        Assert.True(recording.Files.Count >= 3, $"{recording.Files.Count} files");
        Assert.Equal(_file.Path, recording.Files[^1]);
        Assert.All(recording.Files.SkipLast(1), f => Assert.Matches(@"perf\.data\.\d{16}$", f));
        Assert.Equal(recording.Samples, recording.Files.Sum(f => _file.Read(f).Samples));
        Assert.Equal(recording.Bytes, recording.Files.Sum(static f => new FileInfo(f).Length));
        // A small ring may overflow on a busy machine: perf says so then, and nothing else.
        Assert.All(recording.Files, f => Assert.True(Command.Perf(["script", "-i", f]) is { ExitCode: 0, Error: var error } && (error.Length == 0 || recording.Lost > 0)));
    }

    [Fact]
    public void Output_is_switched_by_time()
    {
        PerfRecording recording = _file.Run("cpu-clock", Recording.AllCpus, new SamplingOptions { Frequency = 500 },
            static o => o with { Duration = TimeSpan.FromMilliseconds(600), SwitchInterval = TimeSpan.FromMilliseconds(200), Compress = true });

        Assert.InRange(recording.Files.Count, 2, 4);
        Assert.Equal(recording.Samples, recording.Files.Sum(f => _file.Read(f).Samples));
        // Each knows the processes by itself.
        Assert.All(recording.Files, f => Assert.True(_file.Counts(f)["COMM"] > 5));
    }

    [Fact]
    public void Each_file_of_a_command_knows_its_name_and_its_code()
    {
        PerfRecording recording = _file.Run("cpu-clock", Recording.Shell("while :; do :; done"), new SamplingOptions { Frequency = 999 },
            static o => o with { Duration = TimeSpan.FromMilliseconds(800), SwitchInterval = TimeSpan.FromMilliseconds(200) });

        Assert.InRange(recording.Files.Count, 2, 5);
        foreach (string file in recording.Files)
        {
            string[] names = Command.Perf(["script", "-i", file, "-F", "comm"]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            Assert.All(names, static n => Assert.Equal("sh", n));
            // The last one may have begun when the command had just ended.
            Assert.True(names.Length == 0 || Regex.IsMatch(Command.Perf(["script", "-i", file, "--show-mmap-events"]).Output, $@"PERF_RECORD_MMAP2 {recording.CommandId}/{recording.CommandId}: .* r-xp /"));
        }
    }

    [Fact]
    public void Overwritten_rings_leave_the_last_samples()
    {
        PerfRecording recording = _file.Run("page-faults", Recording.Shell("i=0; while [ $i -lt 200 ]; do (true); i=$((i+1)); done"),
            new SamplingOptions { Period = 1, BufferSize = 16 << 10, Overwrite = true });

        _file.AssertPerfReads();
        PerfDataInfo info = _file.Read();
        Assert.Equal((1, recording.Samples), (recording.Snapshots, info.Samples));
        // 16 KiB hold 400 samples or so on each CPU, of thousands.
        Assert.InRange(info.Samples, 50, 500 * Environment.ProcessorCount);
        Assert.Contains("write_backward: 1", _file.Perf("evlist", "-v"), StringComparison.Ordinal);
        // All processes were told of, not only the last ones.
        Assert.True(_file.Counts()["FORK"] >= 200);
    }

    [Fact]
    public void A_snapshot_is_taken_at_an_event_and_on_demand()
    {
        using PerfRecording recording = _file.Start("cpu-clock", Recording.AllCpus, new SamplingOptions { Frequency = 500, BufferSize = 1 << 20, Overwrite = true },
            static o => o with { SnapshotOn = EventCatalogue.Default.Resolve("syscalls:sys_enter_sethostname") });
        string name = File.ReadAllText("/proc/sys/kernel/hostname").TrimEnd('\n');
        Thread.Sleep(50);
        Assert.Equal(0, recording.Snapshots);
        Command.Run("hostname", [name]);
        Assert.True(SpinWait.SpinUntil(() => recording.Snapshots == 1, TimeSpan.FromSeconds(5)));
        recording.Snapshot();
        Assert.True(SpinWait.SpinUntil(() => recording.Snapshots == 2, TimeSpan.FromSeconds(5)));
        recording.Dispose();

        Assert.Equal(3, recording.Snapshots);
        // No sample is in two of them.
        // perf warns of those that were lost while the rings were read.
        string[] places = Command.Perf(["script", "-i", _file.Path, "-F", "cpu,time"]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(places.Length, places.Distinct().Count());
        Assert.Throws<InvalidOperationException>(recording.Snapshot);
    }

    [Fact]
    public void Losses_are_counted_and_told()
    {
        PerfRecording recording = _file.Run("syscalls:sys_enter_write", new CounterTarget.Command("dd", ["if=/dev/zero", "of=/dev/null", "bs=1", "count=300000", "status=none"], "/"),
            new SamplingOptions { Period = 1, BufferSize = 4096 });

        Assert.True(recording.Lost > 0);
        Assert.Contains($"{recording.Lost} samples", Assert.Single(recording.Warnings), StringComparison.Ordinal);
        // The record of the command's end may be among those that were lost.
        Assert.InRange(recording.Samples + recording.Lost, 300_000, 300_003);
        Assert.Equal(recording.Lost, _file.Read().Lost);
    }
}
