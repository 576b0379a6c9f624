using System.Runtime.InteropServices;

namespace PerfTrace.Interop;

/// <summary>
/// Gives a child the terminal in the mode that programs expect (lines, echo, signals from keys), where an interactive shell has
/// taken it into another to edit its own command line. <see cref="Dispose"/> puts the shell's mode back.
/// </summary>
internal sealed unsafe class TerminalMode : IDisposable
{
    private const int StandardInput = 0;
    private const int TCSANOW = 0, TCSADRAIN = 1;

    // include/uapi/asm-generic/termbits.h
    private const uint ICRNL = 0x100, IXON = 0x400, OPOST = 0x1, ONLCR = 0x4;
    private const uint ISIG = 0x1, ICANON = 0x2, ECHO = 0x8, ECHOE = 0x10, ECHOK = 0x20, IEXTEN = 0x8000;

    private readonly Attributes _before;

    /// <summary>struct termios as glibc and musl have it (60 bytes; the kernel's own is shorter).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Attributes
    {
        public uint Input, Output, Control, Local;
        public byte Line;
        public fixed byte Characters[32];
        public uint InputSpeed, OutputSpeed;
    }

    private TerminalMode(Attributes before) => _before = before;

    /// <summary>Null: standard input is no terminal of ours, or it is in that mode.</summary>
    public static TerminalMode? ForChild()
    {
        Attributes attributes;
        if (NativeMethods.IsTerminal(StandardInput) == 0
            || NativeMethods.TerminalProcessGroup(StandardInput) != NativeMethods.ProcessGroup() // a write from the background would stop us
            || NativeMethods.TerminalGetAttributes(StandardInput, &attributes) != 0)
        {
            return null;
        }
        Attributes wanted = attributes;
        wanted.Input |= ICRNL | IXON;
        wanted.Output |= OPOST | ONLCR;
        wanted.Local |= ISIG | ICANON | ECHO | ECHOE | ECHOK | IEXTEN;
        if (wanted.Input == attributes.Input && wanted.Output == attributes.Output && wanted.Local == attributes.Local)
            return null;
        return NativeMethods.TerminalSetAttributes(StandardInput, TCSANOW, &wanted) == 0 ? new TerminalMode(attributes) : null;
    }

    public void Dispose()
    {
        Attributes before = _before;
        _ = NativeMethods.TerminalSetAttributes(StandardInput, TCSADRAIN, &before);
    }
}
