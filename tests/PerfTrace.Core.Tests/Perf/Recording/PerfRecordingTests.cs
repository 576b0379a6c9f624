using System.Diagnostics;
using System.Text.RegularExpressions;
using PerfTrace.Perf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Perf;

public sealed class PerfRecordingTests : IDisposable
{
    private readonly Recording _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void A_command_s_samples_are_what_perf_reads()
    {
        PerfRecording recording = _file.Run("cpu-clock", Recording.Dd(1500));

        _file.AssertPerfReads();
        string[] samples = _file.Perf("script", "-F", "comm,pid,event,ip,sym").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(recording.Samples, samples.Length);
        Assert.All(samples, s => Assert.Matches($@"^\s*dd\s+{recording.CommandId}\s+cpu-clock:", s));
        Assert.True(samples.Length > 100, $"{samples.Length} samples");
        Assert.Contains(samples, static s => s.Contains("read_iter_zero", StringComparison.Ordinal) || s.Contains("read_zero", StringComparison.Ordinal) || s.Contains("stos", StringComparison.Ordinal) || s.Contains("clear_user", StringComparison.Ordinal));
        PerfDataInfo info = _file.Read();
        Assert.Equal((recording.Samples, recording.Bytes, 0), (info.Samples, info.Length, info.Lost));
        Assert.Equal(_file.Counts(), info.Records.ToDictionary(static r => r.Type, static r => r.Count));
        Assert.Equal((0, 0), (recording.CommandExit?.ExitCode, recording.Lost));
        Assert.Empty(recording.Warnings);
        Assert.InRange(recording.CpuTime, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void The_attributes_are_those_of_perf_record()
    {
        _file.Run("cpu-clock", Recording.Dd(10), new SamplingOptions { Frequency = 999, CallStack = CallStackMode.FramePointer });
        string theirs = Path.Combine(_file.Folder, "theirs");
        Assert.Equal(0, Command.Perf(["record", "-q", "-e", "cpu-clock", "-F", "999", "-g", "-o", theirs, "--", "true"]).ExitCode);

        // Ours has the clock whose times can be related to the time of day, and wakes its reader earlier.
        Assert.Equal(Recording.PerfOf(theirs, "evlist", "-v"), Regex.Replace(_file.Perf("evlist", "-v"), @", (use_clockid|clockid|watermark|\{ wakeup_events, wakeup_watermark \}): \d+", ""));
    }

    [Theory]
    [InlineData("cpu-clock:P")]
    [InlineData("{cpu-clock,page-faults}:S")]
    [InlineData("{page-faults,sched:sched_switch}:S")]
    public void Modifiers_of_sampling_are_those_of_perf_record(string events)
    {
        _file.Run(events, Recording.Dd(100), new SamplingOptions { Frequency = 999 });
        string theirs = Path.Combine(_file.Folder, "theirs");
        Assert.Equal(0, Command.Perf(["record", "-q", "-e", events, "-F", "999", "-o", theirs, "--", "true"]).ExitCode);

        // perf has the event's number elsewhere in the sample where it can do without reading several kinds.
        static string Comparable(string list) => Regex.Replace(Regex.Replace(list, @", (use_clockid|clockid|watermark|\{ wakeup_events, wakeup_watermark \}): \d+", ""), @"ID\||\|IDENTIFIER|CPU\|", "");
        Assert.Equal(Comparable(Recording.PerfOf(theirs, "evlist", "-v")), Comparable(_file.Perf("evlist", "-v")));
        _file.AssertPerfReads();
    }

    [Fact]
    public void Counts_that_are_read_with_the_leader_add_up_to_all()
    {
        _file.Run("{cpu-clock,page-faults}:S", new CounterTarget.Command("dd", ["if=/dev/zero", "of=/dev/null", "bs=64M", "count=4", "status=none"], "/"), new SamplingOptions { Frequency = 4999 });
        string[] script = _file.Perf("script", "-F", "event,period,time").Split('\n', StringSplitOptions.RemoveEmptyEntries);

        using var symbols = new PerfTrace.Symbols.SymbolStore(PerfTrace.Kernel.SystemPaths.Default);
        using PerfSampleReader reader = PerfSampleReader.Open(File.OpenRead(_file.Path), symbols);
        var samples = new List<PerfSample>();
        while (reader.TryRead(out PerfSample? sample))
            samples.Add(sample);
        Assert.Equal(script.Length, samples.Count);
        Assert.Equal(Periods(script, "page-faults"), samples.Where(static s => s.EventName == "page-faults").Select(static s => s.Period));
        // The 16,384 pages of its buffer, but for what came after the last sample.
        Assert.InRange(samples.Where(static s => s.EventName == "page-faults").Sum(static s => s.Period), 16_384, 17_384);

        static IEnumerable<long> Periods(string[] lines, string name) => lines.Select(static l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(l => l[2].StartsWith(name, StringComparison.Ordinal)).Select(static l => long.Parse(l[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void The_header_tells_the_machine_as_perf_s_own_does()
    {
        _file.Run("page-faults", Recording.Shell("true"));
        string theirs = Path.Combine(_file.Folder, "theirs");
        Assert.Equal(0, Command.Perf(["record", "-q", "-e", "page-faults", "-o", theirs, "--", "true"]).ExitCode);

        static string Lines(string header) => string.Join('\n', header.Split('\n').Where(static l => Regex.IsMatch(l,
            @"^# (hostname|os release|arch|nrcpus|cpudesc|cpuid|total memory|sibling|CPU \d|node\d (cpu|meminfo))")).Select(static l => Regex.Replace(l, @", free = \d+ kB", "")));
        string header = _file.Perf("script", "--header-only", "-I");
        Assert.Equal(Lines(Recording.PerfOf(theirs, "script", "--header-only", "-I")), Lines(header));
        static IEnumerable<string> Pmus(string header) => Regex.Match(header, "(?m)^# pmu mappings: (.*)$").Groups[1].Value.Split(", ").Order();
        Assert.Equal(Pmus(Recording.PerfOf(theirs, "script", "--header-only")), Pmus(header));
        Assert.Contains("perf version : PerfTrace", header, StringComparison.Ordinal);
        Assert.Contains("clockid: monotonic", header, StringComparison.Ordinal);
        Assert.Contains("time of last sample", header, StringComparison.Ordinal);
    }

    [Fact]
    public void The_time_of_day_is_that_of_the_recording()
    {
        DateTimeOffset before = DateTimeOffset.UtcNow;
        _file.Run("page-faults", Recording.Shell("true"), new SamplingOptions { Period = 1 });
        DateTimeOffset after = DateTimeOffset.UtcNow;

        string[] times = _file.Perf("script", "-F", "tod").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.NotEmpty(times);
        Assert.All(times, t => Assert.InRange(
            DateTimeOffset.ParseExact(t.TrimEnd(':')[..26], "yyyy-MM-dd HH:mm:ss.ffffff", null, System.Globalization.DateTimeStyles.AssumeLocal).ToUniversalTime(), before, after));
    }

    [Fact]
    public void Call_stacks_by_frame_pointers()
    {
        _file.Run("cpu-clock", Recording.Dd(1000), new SamplingOptions { CallStack = CallStackMode.FramePointer });

        _file.AssertPerfReads();
        Assert.Matches(@"(?s)cpu-clock:.*\n\s+[0-9a-f]+ .*ksys_read.*\n\s+[0-9a-f]+ .*entry_SYSCALL|el0", _file.Perf("script"));
    }

    [Fact]
    public void Call_stacks_by_the_stack_itself()
    {
        _file.Run("cpu-clock", Recording.Dd(300), new SamplingOptions { CallStack = CallStackMode.Dwarf });

        _file.AssertPerfReads();
        Assert.Contains("mmap_data: 1", _file.Perf("evlist", "-v"), StringComparison.Ordinal);
        // perf unwinds through the program, which has no frame pointers: from the C library's function to the C library's start of it.
        Assert.Matches(@"\(.*libc.*\)\n(.*\(/.*dd\)\n)+.*\(.*libc.*\)\n", _file.Perf("script", "--no-inline"));
    }

    [Fact]
    public void Registers_of_the_program()
    {
        _file.Run("page-faults", Recording.Shell("true"), new SamplingOptions { Period = 1, UserRegisters = true });

        Assert.Matches(@"(IP|PC):0x[0-9a-f]+", _file.Perf("script", "-F", "uregs").ToUpperInvariant().Replace("0X", "0x", StringComparison.Ordinal));
    }

    [Fact]
    public void Several_events_and_a_tracepoint_with_its_fields()
    {
        PerfRecording recording = _file.Run("page-faults,syscalls:sys_enter_write,context-switches", new CounterTarget.Command("dd", ["if=/dev/zero", "of=/dev/null", "bs=1", "count=500", "status=none"], "/"),
            new SamplingOptions { Period = 1 });

        _file.AssertPerfReads();
        string[] writes = [.. _file.Perf("script").Split('\n').Where(static l => l.Contains("sys_enter_write", StringComparison.Ordinal))];
        Assert.Equal(500, writes.Length);
        Assert.All(writes, static w => Assert.Matches(@"^ *dd .* syscalls:sys_enter_write: +fd: 0x0*1, buf: 0x[0-9a-f]+, count: 0x0*1", w));
        PerfDataInfo info = _file.Read();
        Assert.Equal(["page-faults", "syscalls:sys_enter_write", "context-switches"], info.Events.Select(static e => e.Name));
        Assert.Equal(500, info.Events[1].Samples);
        Assert.True(info.Events[0].Samples > 10);
        Assert.Equal(recording.Samples, info.Samples);
    }

    [Fact]
    public void A_group_is_opened_as_one()
    {
        _file.Run("{page-faults,minor-faults}", Recording.Shell("true"), new SamplingOptions { Period = 1 });

        _file.AssertPerfReads();
        Assert.Contains("{page-faults,minor-faults}", _file.Perf("evlist", "-g"), StringComparison.Ordinal);
        PerfDataInfo info = _file.Read();
        Assert.True(info.Events[0].Samples > 10);
        Assert.InRange(info.Events[1].Samples, info.Events[0].Samples / 2, info.Events[0].Samples);
    }

    [Fact]
    public void Every_cpu_with_all_that_runs_there()
    {
        using var dd = Process.Start("dd", ["if=/dev/zero", "of=/dev/null", "bs=1M", "status=none"]);
        try
        {
            PerfRecording recording = _file.Run("cpu-clock", Recording.AllCpus, new SamplingOptions { Frequency = 999, CallStack = CallStackMode.FramePointer },
                static o => o with { Duration = TimeSpan.FromMilliseconds(300) });

            _file.AssertPerfReads();
            Assert.InRange(recording.Elapsed, TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(5));
            string script = _file.Perf("script", "-F", "comm,pid,cpu,sym,dso");
            // It began before the recording did: its name and mappings were made up.
            Assert.Matches($@"(?m)^ *dd\s+{dd.Id} \[\d+\]", script);
            Dictionary<string, long> counts = _file.Counts();
            Assert.True(counts["COMM"] > 5 && counts["MMAP2"] > 20 && counts["FORK"] > 5, string.Join(' ', counts));
            Assert.Contains(_file.Read().BuildIds, static b => b.IsKernel);
            Assert.Equal(_file.Read().BuildIds.Count, _file.Perf("buildid-list").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        }
        finally
        {
            dd.Kill();
        }
    }

    [Fact]
    public void A_running_process_until_it_ends()
    {
        using Process busy = Busy();
        PerfRecording recording = _file.Run("cpu-clock", new CounterTarget.Processes([busy.Id]));

        _file.AssertPerfReads();
        Assert.True(busy.HasExited);
        Assert.True(recording.Samples > 50, $"{recording.Samples}");
        Assert.All(_file.Perf("script", "-F", "comm,pid").Split('\n', StringSplitOptions.RemoveEmptyEntries), l => Assert.Matches($@"^\s*bash\s+{busy.Id}\s*$", l));
    }

    // For one to two seconds, however fast the machine is.
    private static Process Busy() => Process.Start("bash", ["-c", "SECONDS=0; while ((SECONDS < 2)); do :; done"]);

    [Fact]
    public void A_thread_until_it_ends()
    {
        using Process busy = Busy();
        PerfRecording recording = _file.Start("cpu-clock", new CounterTarget.Threads([busy.Id]));

        Assert.True(busy.WaitForExit(TimeSpan.FromSeconds(20)));
        Assert.True(recording.Wait(TimeSpan.FromSeconds(5)));
        Assert.True(recording.Samples > 20);
        // Nothing was there to do while the ended thread's events stayed readable.
        Assert.InRange(recording.CpuTime, TimeSpan.Zero, recording.Elapsed / 2);
    }

    [Fact]
    public void Threads_and_children_are_sampled_too()
    {
        _file.Run("page-faults", Recording.Shell("dd if=/dev/zero of=/dev/null count=1 status=none; (true)"), new SamplingOptions { Period = 1 });

        string comms = _file.Perf("script", "-F", "comm");
        Assert.Contains("sh", comms, StringComparison.Ordinal);
        Assert.Contains("dd", comms, StringComparison.Ordinal);
    }

    [Fact]
    public void A_delay_leaves_the_begin_out_but_knows_the_mappings()
    {
        PerfRecording recording = _file.Run("cpu-clock", Recording.Shell("sleep 0.25; dd if=/dev/zero of=/dev/null bs=1M count=1000 status=none"), null,
            static o => o with { Delay = TimeSpan.FromMilliseconds(150) });

        _file.AssertPerfReads();
        Assert.True(recording.Samples > 20);
        Assert.Contains("dummy", _file.Perf("evlist"), StringComparison.Ordinal);
        Assert.Matches(@"(?m)^ *dd .* \(.*(libc|kernel).*\)", _file.Perf("script"));
    }

    [Fact]
    public void Compressed_records_are_read_by_both()
    {
        PerfRecording recording = _file.Run("cpu-clock", Recording.AllCpus, new SamplingOptions { CallStack = CallStackMode.FramePointer }, static o => o with { Duration = TimeSpan.FromMilliseconds(400), Compress = true });

        _file.AssertPerfReads();
        Assert.Contains("compressed : Zstd, level = 1", _file.Perf("script", "--header-only"), StringComparison.Ordinal);
        PerfDataInfo info = _file.Read();
        Assert.Equal(("zstd", recording.Samples), (info.Compression, info.Samples));
        Assert.Equal(_file.Counts(), info.Records.ToDictionary(static r => r.Type, static r => r.Count));
    }

    [Fact]
    public void A_file_that_is_there_is_kept()
    {
        _file.Run("page-faults", Recording.Shell("true"), new SamplingOptions { Period = 1 });
        byte[] first = File.ReadAllBytes(_file.Path);
        _file.Run("page-faults", Recording.Shell("true"), new SamplingOptions { Period = 1 });

        Assert.Equal(first, File.ReadAllBytes(_file.Path + ".old"));
    }

    [Fact]
    public void A_stop_ends_the_command_and_completes_the_file_at_once()
    {
        using PerfRecording recording = _file.Start("cpu-clock", new CounterTarget.Command("dd", ["if=/dev/zero", "of=/dev/null", "bs=1M", "status=none"], "/"));
        Thread.Sleep(200);
        Assert.Equal(PerfRecordingState.Running, recording.State);
        var watch = Stopwatch.StartNew();

        recording.RequestStop();
        Assert.True(recording.Wait(TimeSpan.FromSeconds(10)));

        Assert.InRange(watch.ElapsedMilliseconds, 0, 1000);
        Assert.Equal(PerfRecordingState.Completed, recording.State);
        Assert.Equal(15, recording.CommandExit?.Signal);
        Assert.True(recording.Samples > 10);
        _file.AssertPerfReads();
    }

    [Fact]
    public void Nothing_is_left_open() => Descriptors.AssertNoneLeaked(() => _file.Run("cpu-clock,page-faults", Recording.Shell("true")));
}
