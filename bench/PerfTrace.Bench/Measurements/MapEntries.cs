using System.Diagnostics;
using System.Globalization;
using PerfTrace.Bpf;
using PerfTrace.Interop;

namespace PerfTrace.Bench;

/// <summary>A hash map of 500,000 entries: filled, and read to objects beside <c>bpftool -j map dump</c>.</summary>
internal sealed class MapEntries : IMeasurement
{
    private const int Rounds = 5, ShellRounds = 5, WarmUps = 3, Entries = 500_000;

    private static readonly Goal Quarter = new(0.25, "≤ 1/4"), Second = new(1000, "≤ 1 s");

    public string Name => "maps";

    public IEnumerable<Row> Run(BenchOptions options)
    {
        BpfMap map;
        try
        {
            map = BpfMapCreation.Create(new BpfMapRequest { Type = BpfMapType.Hash, Name = "perftrace_bench", KeySize = 4, ValueSize = 8, MaximumEntries = Entries });
        }
        catch (KernelException e)
        {
            return [Row.NotMeasured("entries of maps", e.Message)];
        }
        using (map)
            return [.. Measure(map, options)];
    }

    private static IEnumerable<Row> Measure(BpfMap map, BenchOptions options)
    {
        string id = map.Id.ToString(CultureInfo.InvariantCulture), name = string.Create(CultureInfo.InvariantCulture, $"{Entries:n0} entries");
        using BpfMapContents contents = BpfMapContents.Open(map);
        var filling = new Samples();
        for (int round = -WarmUps; round < Rounds; round++)
        {
            contents.Clear();
            double time = Time(() => contents.SetMany(Enumerable.Range(0, Entries).Select(static i => new KeyValuePair<object, object?>(i, (long)i)), static (_, e) => throw e));
            if (round >= 0)
                filling.Add(time);
        }
        yield return Row.Absolute($"a hash filled with {name}", filling.Median, "ms", Second);
        if (Peer.Find("bpftool") is null && !File.Exists("/usr/sbin/bpftool"))
        {
            yield return Row.NotMeasured("reading maps", "there is no bpftool");
            yield break;
        }
        for (int round = 0; round < WarmUps; round++)
            Read(contents);
        string bpftool = Peer.Find("bpftool") ?? "/usr/sbin/bpftool";
        (Samples ours, Samples peer) = Interleaved.Run(Rounds, () => Time(() => Read(contents)), () => Peer.Time(bpftool, "-j", "map", "dump", "id", id));
        yield return Row.Relative($"{name} to objects (peer: bpftool -j map dump)", ours.Median, peer.Median, "ms", Quarter);
        if (!Pwsh.TryRun("map.ps1", options, out IReadOnlyList<double> shell, out string? problem, id))
        {
            yield return Row.NotMeasured("Get-BpfMapEntry in pwsh", problem);
            yield break;
        }
        double[] medians = [.. shell.Chunk(ShellRounds).Select(static times => times.Order().ElementAt(times.Length / 2))];
        yield return Row.Relative("Get-BpfMapEntry > $null in a warm pwsh (peer: bpftool -j map dump)", medians[0], peer.Median, "ms", Quarter);
        yield return Row.Relative("Get-BpfMapEntry | Out-Null in a warm pwsh (peer: bpftool -j map dump)", medians[1], peer.Median, "ms", Quarter);
        yield return Row.Relative("the same (peer: as many objects that are there, to Out-Null)", medians[1], medians[2], "ms", null);
    }

    private static double Time(Action action)
    {
        long begin = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }

    private static void Read(BpfMapContents contents)
    {
        int count = 0;
        foreach (BpfMapEntry entry in contents.Read())
        {
            GC.KeepAlive(entry);
            count++;
        }
        if (count != Entries)
            throw new InvalidOperationException($"{count} entries were read of {Entries}.");
    }
}
