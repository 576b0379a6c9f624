using System.Text;
using PerfTrace.Interop;

namespace PerfTrace.Tracing;

/// <summary>
/// The snapshot buffer of an instance or of the top level (CONFIG_TRACER_SNAPSHOT; Documentation/trace/ftrace.rst, "Snapshot"): the buffer is
/// swapped with it, so that what led to a moment can be read while recording goes on.
/// </summary>
public sealed class TraceSnapshot
{
    private const string FileName = "snapshot";

    private readonly TracingDirectory _directory;

    private TraceSnapshot(TracingDirectory directory, int? cpu)
    {
        _directory = directory;
        Cpu = cpu;
    }

    /// <summary>The instance; null for the top level.</summary>
    public string? Instance => _directory.Instance;

    /// <summary>The CPU that it is of; null for all.</summary>
    public int? Cpu { get; }

    /// <summary>The file whose text is the recorded events, as in <c>trace</c>.</summary>
    public string Path => System.IO.Path.Combine(_directory.Path, File);

    /// <summary>There is memory for it. Read anew each time.</summary>
    public bool IsAllocated
    {
        get
        {
            // The file tells all its events; what is asked for is in the first lines.
            using FileDescriptor fd = _directory.OpenRead(File);
            byte[] head = new byte[4096];
            return !Encoding.UTF8.GetString(head, 0, fd.Read(head)).Contains("* Snapshot is freed *", StringComparison.Ordinal);
        }
    }

    private string File => TraceBuffers.ForCpu(FileName, Cpu);

    /// <summary>Opens the snapshot of a directory.</summary>
    /// <exception cref="KernelFeatureException">This kernel has no snapshots.</exception>
    public static TraceSnapshot Open(TracingDirectory directory, int? cpu = null)
    {
        var snapshot = new TraceSnapshot(directory, cpu);
        if (!directory.Exists(snapshot.File) && !directory.IsGone)
        {
            throw KernelException.Create(Errno.ENODEV, "open", snapshot.Path, cpu is null || !directory.Exists(FileName)
                ? "This kernel was built without snapshots (CONFIG_TRACER_SNAPSHOT)."
                : "There is no buffer of this CPU.");
        }
        return snapshot;
    }

    /// <summary>Swaps the buffer with the snapshot buffer, which is allocated first where it is not.</summary>
    /// <exception cref="KernelException">The tracer uses it itself (EBUSY), memory is short, or this kernel can not swap one CPU's (EINVAL).</exception>
    public void Take(bool persistent)
    {
        if (Cpu is null && !_directory.IsOwned && !persistent && !IsAllocated)
        {
            TracingDirectory directory = _directory;
            TraceSession.Current.Remember(directory, FileName, $"snapshot of {directory.Description}", persistent, () => [new TraceWrite(FileName, "0")]);
        }
        try
        {
            _directory.WriteText(File, "1");
        }
        catch (KernelException e) when (e.Errno == Errno.EINVAL && Cpu is not null)
        {
            throw KernelException.Create(e.Errno, e.Call, e.Subject,
                "This kernel can not swap the buffer of one CPU (CONFIG_RING_BUFFER_ALLOW_SWAP), or there is no snapshot of all CPUs yet: take one first.");
        }
    }

    /// <summary>Forgets what the snapshot has; the memory stays.</summary>
    public void Clear() => _directory.WriteText(File, "2");

    /// <summary>Forgets what the snapshot has and gives the memory back.</summary>
    public void Free()
    {
        if (Cpu is not null)
            throw new ArgumentException("The snapshot buffers of all CPUs are freed together.");
        _directory.WriteText(FileName, "0");
        TraceSession.Current.Forget(_directory, FileName);
    }
}
