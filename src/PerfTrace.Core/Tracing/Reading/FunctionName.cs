using System.Globalization;
using PerfTrace.Events;

namespace PerfTrace.Tracing;

/// <summary>A function by its address, or by the name that the kernel has printed: <c>ovl_open [overlay]</c>.</summary>
internal readonly record struct FunctionName
{
    private readonly ulong _address;
    private readonly string? _text;

    public FunctionName(ulong address) => _address = address;

    public FunctionName(string text) => _text = text;

    public bool IsEmpty => _address == 0 && _text is null;

    /// <summary>The address; null where there is only a text.</summary>
    public ulong? Address => _text is not null || _address == 0 ? null : _address;

    /// <summary>The name alone.</summary>
    public string Name(EventOrigin origin)
    {
        if (_text is not null)
            return _text.IndexOf(" [", StringComparison.Ordinal) is > 0 and var at ? _text[..at] : _text;
        return origin.Environment.Symbols.TryFind(_address, out string? name, out _, out _, out _) ? name : Hex();
    }

    public string? Module(EventOrigin origin)
    {
        if (_text is not null)
            return _text.IndexOf(" [", StringComparison.Ordinal) is > 0 and var at ? _text[(at + 2)..].TrimEnd(']') : null;
        return origin.Environment.Symbols.TryFind(_address, out _, out _, out _, out string? module) ? module : null;
    }

    /// <summary>As the kernel prints it: seq_print_ip_sym() of kernel/trace/trace_output.c.</summary>
    public string Text(EventOrigin origin)
    {
        if (_text is not null)
            return _text;
        if (_address == 0)
            return "0";
        return !origin.Environment.Symbols.TryFind(_address, out string? name, out _, out _, out string? module) ? Hex()
            : module is null ? name : $"{name} [{module}]";
    }

    private string Hex() => string.Create(CultureInfo.InvariantCulture, $"0x{_address:x8}");
}
