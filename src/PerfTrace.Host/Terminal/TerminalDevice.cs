using System.Runtime.InteropServices;

namespace PerfTrace.Host.Terminal;

/// <summary>
/// Asks the kernel about a descriptor. .NET's Console would answer, too, but it sets the terminal up for reading keys first and
/// writes escape sequences to it.
/// </summary>
internal static partial class TerminalDevice
{
    /// <summary>TIOCGWINSZ of ioctl_tty(2); the same on x86-64 and ARM64.</summary>
    private const nuint GetWindowSize = 0x5413;

    public static bool IsTerminal(int descriptor) => IsATty(descriptor) == 1;

    /// <summary>Columns and lines, or null if the terminal does not know.</summary>
    public static (int Columns, int Lines)? Size(int descriptor) =>
        Ioctl(descriptor, GetWindowSize, out WindowSize size) == 0 && size.Columns > 0 && size.Rows > 0 ? (size.Columns, size.Rows) : null;

    [LibraryImport("libc", EntryPoint = "isatty")]
    private static partial int IsATty(int descriptor);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Ioctl(int descriptor, nuint request, out WindowSize size);

    /// <summary>struct winsize of ioctl_tty(2).</summary>
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort WidthInPixels;
        public ushort HeightInPixels;
    }
}
