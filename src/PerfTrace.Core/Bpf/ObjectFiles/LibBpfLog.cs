using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace PerfTrace.Bpf;

/// <summary>
/// Takes libbpf's messages: it has one function for all objects, which it calls on the thread that called it. So each call into it that may print has a log of its
/// own on its thread, and what other threads do is not in it.
/// </summary>
internal sealed unsafe class LibBpfLog : IDisposable
{
    [ThreadStatic]
    private static LibBpfLog? s_current;

    private static readonly Lazy<bool> Installed = new(static () =>
    {
        _ = LibBpf.SetPrint(&Print);
        return true;
    });

    private readonly LibBpfLog? _outer;
    private readonly List<BpfLogMessage> _messages;

    private LibBpfLog(List<BpfLogMessage> messages)
    {
        _messages = messages;
        _outer = s_current;
        s_current = this;
    }

    /// <summary>From now on what libbpf says on this thread goes into a list, until the result is disposed of.</summary>
    /// <exception cref="DllNotFoundException">libbpf is not installed.</exception>
    public static LibBpfLog Into(List<BpfLogMessage> messages)
    {
        _ = Installed.Value;
        return new LibBpfLog(messages);
    }

    public void Dispose() => s_current = _outer;

    // int (*libbpf_print_fn_t)(enum libbpf_print_level level, const char *format, va_list arguments)
    [UnmanagedCallersOnly]
    private static int Print(int level, byte* format, nint arguments)
    {
        if (s_current is not { } log)
            return 0;
        const int FirstSize = 4096, ListSize = 32;
        byte* text = stackalloc byte[FirstSize];
        // Printing uses the list up, and a long text is printed twice.
        byte* copy = stackalloc byte[ListSize];
        Unsafe.CopyBlockUnaligned(copy, (byte*)arguments, RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 24u : ListSize);
        int length = LibBpf.Format(text, FirstSize, format, arguments);
        if (length >= FirstSize)
        {
            byte[] larger = new byte[length + 1];
            fixed (byte* place = larger)
                length = LibBpf.Format(place, (nuint)larger.Length, format, (nint)copy);
            log.Add(level, larger.AsSpan(0, Math.Max(length, 0)));
        }
        else if (length > 0)
        {
            log.Add(level, new ReadOnlySpan<byte>(text, length));
        }
        return length;
    }

    private void Add(int level, ReadOnlySpan<byte> text)
    {
        const string Name = "libbpf: ";
        string message = Encoding.UTF8.GetString(text).TrimEnd('\n');
        _messages.Add(new BpfLogMessage((BpfLogLevel)level, message.StartsWith(Name, StringComparison.Ordinal) ? message[Name.Length..] : message));
    }
}
