using System.IO.Pipes;
using System.Text;

namespace PerfTrace.Interop;

/// <summary>
/// What commands write, where it must not go the way this process's own output goes: in a job or a remote session that carries PowerShell's messages to the other side, and a word between them breaks
/// the session.
/// </summary>
public sealed class CommandOutput : IDisposable
{
    // A program that the command left behind may hold the pipe for ever.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(100);

    private readonly AnonymousPipeServerStream _pipe = new(PipeDirection.In, HandleInheritability.None);
    private readonly Action<string> _write;
    private readonly Thread _reader;

    private CommandOutput(Action<string> write)
    {
        _write = write;
        _reader = new Thread(Read) { IsBackground = true, Name = "output of a command" };
    }

    /// <summary>Takes each line that a command writes; null: commands have the descriptors of this process.</summary>
    public static Action<string>? Taker { get; set; }

    /// <summary>The end that the command gets.</summary>
    internal int Descriptor => (int)_pipe.ClientSafePipeHandle.DangerousGetHandle();

    /// <summary>A pipe, where there is someone who takes its lines.</summary>
    internal static CommandOutput? Create() => Taker is { } taker ? new CommandOutput(taker) : null;

    /// <summary>Begins to read; the command has its end by now.</summary>
    internal void Start()
    {
        _pipe.DisposeLocalCopyOfClientHandle();
        _reader.Start();
    }

    /// <summary>Waits until all that the command wrote is given on.</summary>
    internal void Finish() => _reader.Join(Grace);

    public void Dispose()
    {
        if (!_reader.IsAlive)
            _pipe.Dispose();
    }

    private void Read()
    {
        using var lines = new StreamReader(_pipe, Encoding.UTF8);
        try
        {
            while (lines.ReadLine() is { } line)
                _write(line);
        }
        catch (InvalidOperationException)
        {
            // The session has ended, and nobody is there any more who would read it.
        }
    }
}
