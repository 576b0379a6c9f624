using System.Runtime.ExceptionServices;
using PerfTrace.Bpf;
using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>Writes the packets that a script's programs give into files, on a thread of its own.</summary>
internal sealed class ScriptPackets : IDisposable
{
    private readonly BpfPerfBufferReader _reader;
    private readonly Dictionary<int, PacketFile> _files;
    private readonly Thread _thread;
    // From the start of the boot clock to 1970.
    private readonly long _epoch = KernelClock.WallClockOffset(KernelClock.BootTimeId);
    private ExceptionDispatchInfo? _error;
    private bool _hasEnded;

    private ScriptPackets(BpfPerfBufferReader reader, Dictionary<int, PacketFile> files)
    {
        (_reader, _files) = (reader, files);
        _thread = new Thread(Run) { IsBackground = true, Name = "packets of a script" };
        _thread.Start();
    }

    /// <summary>Records that were none of the programs': that is a fault of this library.</summary>
    public long Damaged { get; private set; }

    /// <summary>Packets that found no room in a buffer. Known when it has ended.</summary>
    public long Lost { get; private set; }

    /// <summary>Makes the files, and begins.</summary>
    /// <param name="map">The events through which packets come.</param>
    /// <param name="script">What names the files.</param>
    /// <param name="directory">Files are named from here.</param>
    /// <exception cref="ScriptException">A file can not be made.</exception>
    /// <exception cref="PerfTrace.Interop.KernelException">Memory, descriptors or rights are missing.</exception>
    public static ScriptPackets Start(BpfMap map, CompiledScript script, string directory)
    {
        var files = new Dictionary<int, PacketFile>();
        try
        {
            foreach (int number in script.Memory.PacketFiles)
                files.Add(number, Make(Path.Combine(directory, script.Plan.Texts[number]), script));
            return new ScriptPackets(BpfPerfBufferReader.Open(map, (long)script.Plan.Settings.RingPages * Environment.SystemPageSize), files);
        }
        catch
        {
            foreach (PacketFile file in files.Values)
                file.Dispose();
            throw;
        }
    }

    /// <summary>Writes what has come until now; nothing comes any more.</summary>
    /// <exception cref="IOException">A file could not be written.</exception>
    /// <exception cref="PerfTrace.Interop.KernelException">The buffer could not be read.</exception>
    public void End()
    {
        if (_hasEnded)
            return;
        _hasEnded = true;
        _reader.Stop();
        _thread.Join();
        _error?.Throw();
        Take();
        _reader.Finish();
        Take();
        Lost = _reader.Summary.Lost ?? 0;
        Close();
    }

    public void Dispose()
    {
        _reader.Stop();
        _thread.Join();
        _reader.Dispose();
        Close();
    }

    private static PacketFile Make(string path, CompiledScript script)
    {
        try
        {
            return new PacketFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ScriptException(script.Programs[0].Probe.Span, $"skboutput() can not make its file: {e.Message}");
        }
    }

    private void Close()
    {
        foreach (PacketFile file in _files.Values)
            file.Dispose();
        _files.Clear();
    }

    private void Run()
    {
        try
        {
            while (!_reader.IsStopped)
            {
                Take();
                _reader.Wait(null);
            }
        }
        // Whatever it is, it would end the process on this thread: who ends it is told.
        catch (Exception e)
        {
            _error = ExceptionDispatchInfo.Capture(e);
        }
    }

    private void Take()
    {
        while (_reader.TryRead(out BpfBufferRecord record))
        {
            if (PacketHead.TryRead(record.Data, out PacketHead head, out ReadOnlySpan<byte> packet) && _files.TryGetValue(head.File, out PacketFile? file))
                file.Write(head.BootNanoseconds + _epoch, packet);
            else
                Damaged++;
        }
    }
}
