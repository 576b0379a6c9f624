using System.Buffers;
using System.Globalization;

namespace PerfTrace.Tracing;

/// <summary>A place in the kernel: a function and an offset in it, or an address.</summary>
/// <param name="Module">The module that the function is in; null for any.</param>
/// <param name="Symbol">The function; null for an address.</param>
/// <param name="Offset">Bytes from the function's beginning, or the address.</param>
public sealed record KProbeLocation(string? Module, string? Symbol, ulong Offset)
{
    private static readonly SearchValues<char> NeverInSymbols = SearchValues.Create(":/%()=");

    /// <summary>Takes <c>[module:]function[+offset]</c>, <c>0xaddress</c>, or what the kernel's own lists have: <c>function [module]</c>.</summary>
    /// <exception cref="ProbeSyntaxException">It is something else.</exception>
    public static KProbeLocation Parse(string text)
    {
        int bracket = text.IndexOf(" [", StringComparison.Ordinal);
        if (bracket > 0 && text[^1] == ']')
            text = $"{text[(bracket + 2)..^1]}:{text[..bracket]}";
        ProbeText.CheckWord(text, $"The place '{text}'");
        if (text.EndsWith("%return", StringComparison.Ordinal))
            throw new ProbeSyntaxException(text, "A probe at the return of a function is asked for by -Return.");
        if (char.IsAsciiDigit(text[0]))
        {
            return ProbeText.TryParseNumber(text, out ulong address)
                ? new KProbeLocation(null, null, address)
                : throw new ProbeSyntaxException(text, $"'{text}' is no address: write it as 0xffffffff81000000.");
        }
        int colon = text.IndexOf(':', StringComparison.Ordinal), plus = text.LastIndexOf('+');
        string? module = colon < 0 ? null : text[..colon];
        string symbol = text[(colon + 1)..(plus > colon ? plus : text.Length)];
        ulong offset = 0;
        if (plus > colon && !ProbeText.TryParseNumber(text.AsSpan(plus + 1), out offset))
            throw new ProbeSyntaxException(text, $"'{text[(plus + 1)..]}' is no offset: write it as 16 or 0x10.");
        return (module is null || IsModuleName(module)) && symbol.Length > 0 && !char.IsAsciiDigit(symbol[0]) && symbol.AsSpan().IndexOfAny(NeverInSymbols) < 0
            ? new KProbeLocation(module, symbol, offset)
            : throw new ProbeSyntaxException(text, $"'{text}' is no place in the kernel: write function, function+offset or module:function.");
    }

    private static bool IsModuleName(string text) => text.Length > 0 && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    public override string ToString()
    {
        if (Symbol is null)
            return string.Create(CultureInfo.InvariantCulture, $"0x{Offset:x}");
        string place = Module is null ? Symbol : $"{Module}:{Symbol}";
        return Offset == 0 ? place : string.Create(CultureInfo.InvariantCulture, $"{place}+{Offset}");
    }
}
