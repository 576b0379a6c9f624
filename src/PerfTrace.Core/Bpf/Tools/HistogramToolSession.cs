using System.Globalization;
using System.Runtime.InteropServices;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>A tool that counts times in the kernel, in powers of two of a microsecond; rows come at each interval, or once at the end.</summary>
internal sealed class HistogramToolSession : BpfToolSession
{
    private readonly BpfMapAccess _histograms;
    private TimeSpan _next;

    public HistogramToolSession(BpfTool tool, BpfToolOptions options, BpfObject program, CancellationToken stop)
        : base(tool, options, program, stop)
    {
        _histograms = BpfMapAccess.Open(program.Map("histograms"));
        _next = options.Interval ?? TimeSpan.MaxValue;
    }

    private protected override TimeSpan NextWait => _next == TimeSpan.MaxValue ? base.NextWait : _next - Elapsed;

    private protected override void Collect(Queue<object> ready, bool isLast)
    {
        if (!isLast && Elapsed < _next)
            return;
        while (_next <= Elapsed)
            _next += Options.Interval ?? throw new InvalidOperationException("Without an interval there is no next one.");
        DateTimeOffset now = DateTimeOffset.Now;
        var rows = new List<(uint Key, ulong[] Slots)>();
        ToolMaps.Drain(_histograms, (key, value) => rows.Add((BitConverter.ToUInt32(key.Span), MemoryMarshal.Cast<byte, ulong>(value.Span).ToArray())));
        foreach ((uint key, ulong[] slots) in rows.OrderBy(static r => r.Key))
            Add(ready, key, slots, now);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            _histograms.Dispose();
    }

    // From the first row that has any to the last.
    private void Add(Queue<object> ready, uint key, ulong[] slots, DateTimeOffset now)
    {
        long all = slots.Sum(static s => (long)s);
        int first = Array.FindIndex(slots, static s => s > 0), last = Array.FindLastIndex(slots, static s => s > 0);
        string name = NameOf(key);
        for (int i = first; i >= 0 && i <= last; i++)
        {
            ready.Enqueue(new LatencyRange
            {
                Time = now,
                Key = name,
                ProcessId = Options.PerProcess ? (int)key : null,
                Low = i == 0 ? TimeSpan.Zero : TimeSpan.FromMicroseconds(1L << (i - 1)),
                High = TimeSpan.FromMicroseconds(1L << i),
                Count = (long)slots[i],
                Share = (double)slots[i] / all,
            });
        }
    }

    private string NameOf(uint key)
    {
        if (Options.PerProcess)
            return ProcessFacts.CommandNameOf(SystemPaths.Default, (int)key) ?? key.ToString(CultureInfo.InvariantCulture);
        if (!Options.PerDisk)
            return "";
        // /sys/dev/block/254:0 is a link to the disk's directory.
        string place = string.Create(CultureInfo.InvariantCulture, $"{key >> 20}:{key & 0xfffff}");
        string link = Path.Combine(SystemPaths.Default.Sys, "dev/block", place);
        return Directory.Exists(link) && new DirectoryInfo(link).LinkTarget is { } target ? Path.GetFileName(target) : place;
    }
}
