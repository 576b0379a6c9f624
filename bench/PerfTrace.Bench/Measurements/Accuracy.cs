using System.Globalization;
using PerfTrace.Perf;

namespace PerfTrace.Bench;

/// <summary>The same command and event with perf stat and with a CounterSession: the counts must agree.</summary>
internal sealed class Accuracy : IMeasurement
{
    private const int Rounds = 21;

    private static readonly Goal Counts = new(1, "≤ 1 %");
    private static readonly Goal Clock = new(3, "≤ 3 %");

    /// <summary>A loop of about 300 ms in a shell: CPU-bound, and hardly in the kernel.</summary>
    internal const string Loop = "i=0; while [ $i -lt 80000 ]; do i=$((i+1)); done";

    // Without an environment: perf adds to that of its command, and where a shell's variables come to lie makes this loop 3 % slower or faster.
    private static readonly string[] CpuBound = ["/usr/bin/env", "-i", "/bin/sh", "-c", Loop];

    private static readonly string[] ManyPages = ["/bin/dd", "if=/dev/zero", "of=/dev/null", "bs=64M", "count=1", "status=none"];

    private static readonly string[] ManyWrites = ["/bin/dd", "if=/dev/zero", "of=/dev/null", "bs=1", "count=10000", "status=none"];

    public string Name => "accuracy";

    public IEnumerable<Row> Run(BenchOptions options)
    {
        if (Peer.Find("perf") is not { } perf)
            return [Row.NotMeasured(Name, "there is no perf")];
        // Where the address space begins decides whether a page or two more are touched. Children inherit the personality: with
        // addresses that do not vary, counts do not either, and a difference would be one between the tools.
        const nuint ADDR_NO_RANDOMIZE = 0x0040000;
        int before = NativeMethods.Personality(ADDR_NO_RANDOMIZE);
        try
        {
            List<Row> rows =
            [
                Compare(perf, "page-faults of true", "page-faults", ["/bin/true"], Counts),
                Compare(perf, "page-faults of dd bs=64M", "page-faults", ManyPages, Counts),
                Compare(perf, "minor-faults of dd bs=64M", "minor-faults", ManyPages, Counts),
                Compare(perf, "syscalls:sys_enter_write of dd count=10000", "syscalls:sys_enter_write", ManyWrites, Counts),
                Compare(perf, "instructions:u of dd count=10000", "instructions:u", ManyWrites, Counts),
                Breakpoint(perf),
            ];
            _ = NativeMethods.Personality((nuint)before);
            // Times vary with where things lie in memory: for them, addresses vary again, or the two tools would each keep one fixed advantage.
            rows.AddRange([CompareClock(perf), SharedClock.Compare(perf, Clock)]);
            return rows;
        }
        finally
        {
            _ = NativeMethods.Personality((nuint)before);
        }
    }

    private static Row Compare(string perf, string name, string eventName, string[] command, Goal goal)
    {
        if (OurCount(eventName, command) is null || PerfCount(perf, eventName, command) is null)
            return Row.NotMeasured(name, "this machine can not count it");
        (Samples ours, Samples peer) = Interleaved.Run(Rounds, () => OurCount(eventName, command)!.Value, () => PerfCount(perf, eventName, command)!.Value);
        return Row.Same(name, ours.Median, peer.Median, "", goal);
    }

    private static Row CompareClock(string perf)
    {
        // perf twice a round: how far it is from itself is the noise.
        var again = new Samples();
        (Samples ours, Samples peer) = Interleaved.Run(Rounds, () => OurCount("task-clock", CpuBound)!.Value, () =>
        {
            double first = PerfCount(perf, "task-clock", CpuBound)!.Value;
            again.Add(PerfCount(perf, "task-clock", CpuBound)!.Value);
            return first;
        });
        return Row.Same("task-clock of a loop of some 300 ms, run by each in turn", ours.Median, peer.Median, "ms", Clock, 100 * ((again.Median / peer.Median) - 1));
    }

    /// <summary>How often a program's first instruction runs when a shell starts the program 100 times.</summary>
    private static Row Breakpoint(string perf)
    {
        const string Title = "breakpoint at the entry of true, started 100 times";
        if (EntryOf("/bin/true") is not { } address)
            return Row.NotMeasured(Title, "its address is not known");
        string eventName = string.Create(CultureInfo.InvariantCulture, $"mem:0x{address:x}:x");
        return Compare(perf, Title, eventName, ["/bin/sh", "-c", "i=0; while [ $i -lt 100 ]; do /bin/true; i=$((i+1)); done"], Counts);
    }

    // e_entry of a position-independent program is relative to where it is loaded, which without randomisation is the same for all.
    private static ulong? EntryOf(string program)
    {
        const int Type = 16, Entry = 24, ET_DYN = 3;
        Span<byte> header = stackalloc byte[64];
        using (FileStream file = File.OpenRead(program))
            file.ReadExactly(header);
        ulong entry = BitConverter.ToUInt64(header[Entry..]);
        if (BitConverter.ToUInt16(header[Type..]) != ET_DYN)
            return entry;
        string maps = Peer.Capture("/bin/cat", "/proc/self/maps").Output;
        return ulong.TryParse(maps.AsSpan(0, Math.Max(0, maps.IndexOf('-'))), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong start)
            ? start + entry
            : null;
    }

    /// <summary>Null: not supported. Clocks are in milliseconds.</summary>
    private static double? OurCount(string eventName, string[] command)
    {
        IReadOnlyList<PerfEventGroup> groups = EventCatalogue.Default.Resolve(eventName);
        using var session = new CounterSession(groups, new CounterTarget.Command(command[0], command[1..], "/"), new CounterOptions());
        try
        {
            PerfCounter counter = session.Measure(CancellationToken.None).Single();
            return counter.ScaledValue;
        }
        catch (NothingCountableException)
        {
            return null;
        }
    }

    private static double? PerfCount(string perf, string eventName, string[] command)
    {
        (_, string error) = Peer.Capture(perf, ["stat", "-x,", "-e", eventName, "--", .. command]);
        string value = error.Split(',', 2)[0];
        return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double count) ? count : null;
    }
}
