using System.Globalization;
using PerfTrace.Symbols;

namespace PerfTrace.Tracing;

/// <summary>
/// Puts a USDT argument, which is an operand of the assembler (AT&amp;T syntax on x86), into the words of a uprobe's fetch argument.
/// </summary>
internal sealed class UsdtArgumentTranslator(ElfFile file, ulong probeAddress, Lazy<ElfSymbolTable> symbols)
{
    private const string Indexed = "The kernel can not add an index to an address.";

    /// <summary>The arguments of a note: words, but what is in brackets stays together (<c>8@[sp, 16]</c>).</summary>
    public static IEnumerable<string> Split(string arguments)
    {
        int start = 0, depth = 0;
        for (int i = 0; i <= arguments.Length; i++)
        {
            char c = i < arguments.Length ? arguments[i] : ' ';
            depth += c is '[' or '(' ? 1 : c is ']' or ')' ? -1 : 0;
            if (c != ' ' || (depth > 0 && i < arguments.Length))
                continue;
            if (i > start)
                yield return arguments[start..i];
            start = i + 1;
        }
    }

    public UsdtArgument Translate(string text)
    {
        // [-]size[f]@operand; old ones are an operand alone.
        int at = text.IndexOf('@', StringComparison.Ordinal);
        string operand = text[(at + 1)..], head = at < 0 ? "" : text[..at];
        bool isSigned = head.StartsWith('-'), isFloat = head.EndsWith('f');
        if (!int.TryParse(head.AsSpan().Trim("-f"), NumberStyles.None, CultureInfo.InvariantCulture, out int size) || size is not (1 or 2 or 4 or 8))
            size = 0;
        if (at >= 0 && size == 0)
            return new UsdtArgument(text, 0, isSigned, null, "Its size is none that the kernel fetches.");
        if (isFloat)
            return new UsdtArgument(text, size, isSigned, null, "The kernel fetches no floating-point numbers.");
        if (operand.Length == 0)
            return new UsdtArgument(text, size, isSigned, null, "There is no operand.");
        (string? fetch, string? problem) = file.Machine switch
        {
            ElfMachine.X86_64 or ElfMachine.X86 => X86(operand),
            ElfMachine.Arm64 => Arm64(operand),
            _ => (null, $"Operands of the machine {file.Machine} are not known."),
        };
        if (fetch is not null && size != 0)
            fetch = string.Create(CultureInfo.InvariantCulture, $"{fetch}:{(isSigned ? 's' : 'u')}{size * 8}");
        return new UsdtArgument(text, size, isSigned, fetch, problem);
    }

    private (string? Fetch, string? Problem) X86(string operand)
    {
        if (operand.StartsWith('$'))
            return Immediate(operand[1..]);
        if (operand.StartsWith('%'))
            return operand.Contains(':', StringComparison.Ordinal) ? (null, "The kernel can not read relative to a segment.") : Register(X86Register(operand[1..]), operand);
        int open = operand.IndexOf('(', StringComparison.Ordinal);
        if (open < 0 || !operand.EndsWith(')'))
            return (null, "The operand is not known.");
        string displacement = operand[..open], inner = operand[(open + 1)..^1];
        if (inner.Contains(',', StringComparison.Ordinal))
            return (null, Indexed);
        if (!inner.StartsWith('%'))
            return (null, "The operand is not known.");
        if (inner is "%rip" or "%eip")
            return Variable(displacement);
        return X86Register(inner[1..]) is { } register ? Memory(displacement, register) : Register(null, inner);
    }

    private static (string? Fetch, string? Problem) Arm64(string operand)
    {
        if (!operand.StartsWith('['))
            return char.IsAsciiDigit(operand[0]) || operand[0] is '-' or '#' ? Immediate(operand.TrimStart('#')) : Arm64Register(operand) is "zr" ? ("\\0", null) : Register(Arm64Register(operand), operand);
        string[] parts = operand.Trim('[', ']').Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length > 2 || (parts.Length == 2 && !(parts[1].Length > 0 && (char.IsAsciiDigit(parts[1][0]) || parts[1][0] is '-' or '#'))))
            return (null, Indexed);
        return Arm64Register(parts[0]) is { } register and not "zr" ? Memory(parts.Length == 2 ? parts[1].TrimStart('#') : "", register) : Register(null, parts[0]);
    }

    private static (string? Fetch, string? Problem) Immediate(string text) =>
        TryParse(text, out long value) ? (string.Create(CultureInfo.InvariantCulture, $"\\{value}"), null) : (null, "The constant is no number.");

    private static (string? Fetch, string? Problem) Register(string? name, string operand) =>
        name is null ? (null, $"The kernel knows no register {operand}, or can not take this part of it.") : ("%" + name, null);

    private static (string? Fetch, string? Problem) Memory(string displacement, string register) =>
        displacement.Length == 0 ? ($"+0(%{register})", null)
        : TryParse(displacement, out long value) ? (string.Create(CultureInfo.InvariantCulture, $"{(value < 0 ? "" : "+")}{value}(%{register})"), null)
        : (null, "The offset is no number.");

    // name(%rip), name+4(%rip): a variable of the file. @+N reads at the address that the byte N of the file would have if all of the file were
    // loaded as the probe's own segment is (translate_user_vaddr in trace_uprobe.c), so N need not be where the variable is in the file.
    private (string? Fetch, string? Problem) Variable(string text)
    {
        int sign = text.AsSpan().LastIndexOfAny('+', '-');
        long delta = 0;
        if (sign > 0 && !TryParse(text[sign..], out delta))
            return (null, "The offset is no number.");
        string name = sign > 0 ? text[..sign] : text;
        if (file.OffsetOf(probeAddress) is not { } probeOffset || symbols.Value.Find(name) is not [var symbol, ..])
            return (null, $"The file does not tell where {name} is.");
        ulong place = symbol.Address + (ulong)delta - probeAddress + probeOffset;
        return place <= long.MaxValue
            ? (string.Create(CultureInfo.InvariantCulture, $"@+0x{place:x}"), null)
            : (null, $"{name} lies before what the kernel can reach from the probe.");
    }

    // As in regoffset_table of arch/x86/kernel/ptrace.c: 16-bit names, whatever the width; the high bytes (%ah) have none.
    private static string? X86Register(string name) => name switch
    {
        "al" or "ax" or "eax" or "rax" => "ax",
        "bl" or "bx" or "ebx" or "rbx" => "bx",
        "cl" or "cx" or "ecx" or "rcx" => "cx",
        "dl" or "dx" or "edx" or "rdx" => "dx",
        "sil" or "si" or "esi" or "rsi" => "si",
        "dil" or "di" or "edi" or "rdi" => "di",
        "bpl" or "bp" or "ebp" or "rbp" => "bp",
        "spl" or "sp" or "esp" or "rsp" => "sp",
        "rip" or "eip" => "ip",
        ['r', '8' or '9', ..] => Numbered(name[..2], name[2..]),
        ['r', '1', >= '0' and <= '5', ..] => Numbered(name[..3], name[3..]),
        _ => null,
    };

    private static string? Numbered(string name, string width) => width is "" or "d" or "w" or "b" ? name : null;

    // As in regoffset_table of arch/arm64/kernel/ptrace.c: x0 to x30, sp, pc.
    private static string? Arm64Register(string name) => name switch
    {
        "sp" or "wsp" => "sp",
        "xzr" or "wzr" => "zr",
        ['x' or 'w', ..] when int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= 30 => $"x{number}",
        _ => null,
    };

    private static bool TryParse(string text, out long value)
    {
        bool isNegative = text.StartsWith('-');
        bool isNumber = ProbeText.TryParseNumber(text.AsSpan().TrimStart("+-"), out ulong magnitude);
        value = isNegative ? -(long)magnitude : (long)magnitude;
        return isNumber;
    }
}
