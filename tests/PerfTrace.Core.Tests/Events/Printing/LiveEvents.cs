using System.Globalization;
using System.Text;
using PerfTrace.Events;
using PerfTrace.Events.Printing;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Events.Printing;

/// <summary>Compares the text of live events with the kernel's own, record by record.</summary>
internal sealed class LiveEvents
{
    // Read anew by each: probes come and go.
    private readonly Dictionary<int, PrintFormat> _formats = PrintFormatCoverageTests.RunningFormats()
        .ToDictionary(static f => f.Id, PrintFormat.Compile);

    private ulong _firstTick, _lastTick;

    /// <summary>How many events were equal, by name.</summary>
    public SortedDictionary<string, int> Equal { get; } = new(StringComparer.Ordinal);

    /// <summary>What was not: both texts.</summary>
    public List<string> Different { get; } = [];

    /// <summary>Events that hold the address of a string that the kernel does not tell.</summary>
    public SortedDictionary<string, int> Unknowable { get; } = new(StringComparer.Ordinal);

    public int Count => Equal.Values.Sum();

    /// <summary>Says what was compared; fails if anything was not equal.</summary>
    public void Report(ITestOutputHelper output)
    {
        foreach ((string name, int count) in Equal)
            output.WriteLine($"{count,7} {name}");
        foreach ((string name, int count) in Unknowable)
            output.WriteLine($"{count,7} {name} holds the address of a string that the kernel does not tell");
        output.WriteLine($"{Count} events of {Equal.Count} types are equal, {Different.Count} are not.");
        Assert.True(Different.Count == 0, string.Join('\n', Different));
    }

    /// <summary>Traces some events while something is done, and compares what the kernel then says in two ways.</summary>
    public void Compare(IEnumerable<string> events, Action<TracingDirectory> workload, bool onlyThisProcess)
    {
        using var instance = new ScratchInstance();
        TracingDirectory directory = instance.Directory;
        directory.WriteText("tracing_on", "0");
        directory.WriteText("options/hash-ptr", "0");
        directory.WriteText("options/overwrite", "0");
        directory.WriteText("buffer_size_kb", "4096");
        if (onlyThisProcess)
        {
            directory.WriteText("options/event-fork", "1");
            directory.WriteText("set_event_pid", string.Join(' ', Directory.EnumerateDirectories("/proc/self/task").Select(Path.GetFileName)));
        }
        foreach (string name in events)
        {
            string path = $"events/{name}/enable";
            if (directory.Exists(path))
                directory.WriteText(path, "1");
        }
        directory.WriteText("tracing_on", "1");
        workload(directory);
        directory.WriteText("tracing_on", "0");
        directory.WriteText("events/enable", "0");
        RingBufferPageLayout layout = RingBufferPageLayout.Read(directory);
        foreach (string cpu in directory.DirectoryNames("per_cpu"))
            CompareCpu(directory, cpu, layout);
    }

    private void CompareCpu(TracingDirectory directory, string cpu, RingBufferPageLayout layout)
    {
        ulong before = PrintEnvironment.Current.Jiffies;
        ReadOnlySpan<byte> text = KernelFile.ReadBytes(Path.Combine(directory.Path, "per_cpu", cpu, "trace"));
        // The counter goes in steps, and the clock need not show each at the same moment.
        (_firstTick, _lastTick) = (before - 2, PrintEnvironment.Current.Jiffies + 2);
        while (text.StartsWith("#"u8))
            text = text[(text.IndexOf((byte)'\n') + 1)..];
        using FileDescriptor raw = directory.OpenRead($"per_cpu/{cpu}/trace_pipe_raw", nonBlocking: true);
        byte[] page = new byte[layout.PageSize];
        int number = int.Parse(cpu.AsSpan(3), CultureInfo.InvariantCulture);
        while (Read(raw, page) is > 0 and var length)
        {
            var walk = new RingBufferPage(page.AsSpan(0, length), layout);
            while (walk.MoveNext())
            {
                if (Different.Count >= 20)
                    return;
                text = CompareRecord(text, walk.Record, walk.Timestamp - walk.DiscardedTime, number);
            }
            Assert.False(walk.IsDamaged);
        }
        // Nothing that the kernel says is left.
        Assert.True(Different.Count > 0 || text.IsEmpty, $"{cpu}: the kernel has more to say: {Encoding.UTF8.GetString(text[..Math.Min(300, text.Length)])}");
    }

    private static int Read(FileDescriptor raw, byte[] page)
    {
        try
        {
            return raw.Read(page);
        }
        catch (KernelException e) when (e.Errno == Errno.EAGAIN)
        {
            return 0;
        }
    }

    // "            bash-17418   [000] ..... 12413.587877: sys_openat -> 0x3"; a process's name may be anything.
    private ReadOnlySpan<byte> CompareRecord(ReadOnlySpan<byte> text, scoped ReadOnlySpan<byte> record, ulong timestamp, int cpu)
    {
        int id = BitConverter.ToUInt16(record), process = BitConverter.ToInt32(record[4..]);
        PrintFormat format = _formats[id];
        string name = format.Format.FullName;
        byte[] task = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"-{process,-7} [{cpu:D3}] "));
        ulong microseconds = (timestamp + 500) / 1000;
        byte[] time = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $" {microseconds / 1_000_000,5}.{microseconds % 1_000_000:D6}: "));
        int taskAt = text[..Math.Min(text.Length, 80)].IndexOf(task);
        int timeAt = taskAt < 0 ? -1 : text.Slice(taskAt, Math.Min(text.Length - taskAt, 80)).IndexOf(time);
        ReadOnlySpan<byte> expected = format.RenderBytes(record, PrintEnvironment.Current);
        if (timeAt < 0)
        {
            Different.Add($"{name}: '{Encoding.ASCII.GetString(task)}...{Encoding.ASCII.GetString(time)}{Encoding.UTF8.GetString(expected)}' is not the head of '{Encoding.UTF8.GetString(text[..Math.Min(200, text.Length)])}'");
            return [];
        }
        ReadOnlySpan<byte> rest = text[(taskAt + timeAt + time.Length)..];
        if (format.HasNameBefore)
        {
            byte[] prefix = Encoding.UTF8.GetBytes(format.Format.Name + ": ");
            Assert.True(rest.StartsWith(prefix), $"{name}: {Encoding.UTF8.GetString(rest[..Math.Min(200, rest.Length)])}");
            rest = rest[prefix.Length..];
        }
        int end = expected.Length;
        if (rest.Length > end && rest[..end].SequenceEqual(expected) && rest[end] == '\n')
        {
            Add(Equal, name);
            return rest[(end + 1)..];
        }
        end = Math.Max(rest.IndexOf((byte)'\n'), 0);
        if (format.TellsAge && EqualsAtSomeTime(format, record, rest[..end]))
        {
            Add(Equal, name);
            return rest[(end + 1)..];
        }
        if (expected.IndexOf("(0xffffffff"u8) >= 0 && expected.IndexOf("(0xffffffff"u8) is var at && rest[..at].SequenceEqual(expected[..at]))
            Add(Unknowable, name);
        else
            Different.Add($"{name}\n  kernel: {Encoding.UTF8.GetString(rest[..end])}\n  ours:   {Encoding.UTF8.GetString(expected)}");
        return rest[Math.Min(rest.Length, end + 1)..];
    }

    private bool EqualsAtSomeTime(PrintFormat format, ReadOnlySpan<byte> record, ReadOnlySpan<byte> kernels)
    {
        PrintEnvironment now = PrintEnvironment.Current;
        for (ulong tick = _firstTick; tick <= _lastTick; tick++)
        {
            var then = new PrintEnvironment { Symbols = now.Symbols, Strings = now.Strings, TicksPerSecond = now.TicksPerSecond, Jiffies = tick };
            if (format.RenderBytes(record, then).SequenceEqual(kernels))
                return true;
        }
        return false;
    }

    private static void Add(SortedDictionary<string, int> counts, string name) => counts[name] = counts.GetValueOrDefault(name) + 1;
}
