using System.Text;

namespace PerfTrace.Symbols;

/// <summary>Reads the text of /proc/kallsyms, or a copy of it, into a table of functions.</summary>
internal static class KallsymsReader
{
    /// <summary>A table, the address of <c>_text</c> and of <c>_stext</c> in it (0: not there), and whether it has addresses at all.</summary>
    internal sealed record Result(FunctionTable Functions, ulong Text, ulong StartOfText, bool HasAddresses);

    /// <summary>Parses <c>ffffffff81000000 T _text</c> and <c>ffffffffc0000000 t init [module]</c>; other lines are passed over.</summary>
    /// <param name="text">The text; its bytes become the names of the table.</param>
    /// <param name="shift">Is added to each address.</param>
    /// <param name="demangler">Makes names readable: those of modules in Rust.</param>
    /// <param name="stop">Ends it with an <see cref="OperationCanceledException"/>.</param>
    public static Result Read(byte[] text, Func<ulong, ulong, ulong> shift, Demangler demangler, CancellationToken stop = default)
    {
        var entries = new List<FunctionTable.Entry>(text.Length / 40);
        var modules = new Dictionary<string, ushort>(StringComparer.Ordinal);
        string lastModule = "";
        ushort part = 0;
        ulong textAt = 0, startAt = 0;
        bool hasAddresses = false;
        for (int at = 0; at < text.Length;)
        {
            stop.ThrowIfCancellationRequested();
            ReadOnlySpan<byte> line = text.AsSpan(at);
            int length = line.IndexOf((byte)'\n');
            line = length < 0 ? line : line[..length];
            int start = at;
            at += line.Length + 1;
            ulong address = 0;
            int digits = 0;
            for (; digits < line.Length && Digit(line[digits]) is >= 0 and var digit; digits++)
                address = address << 4 | (uint)digit;
            // "address type name"
            int name = digits + 3;
            if (digits is 0 or > 16 || name >= line.Length || line[digits] != ' ' || line[digits + 2] != ' ')
                continue;
            hasAddresses |= address != 0;
            ReadOnlySpan<byte> rest = line[name..];
            int nameLength = rest.IndexOfAny((byte)'\t', (byte)' ');
            ReadOnlySpan<byte> module = nameLength < 0 ? default : rest[nameLength..].Trim("\t []"u8);
            nameLength = nameLength < 0 ? rest.Length : nameLength;
            ReadOnlySpan<byte> symbol = rest[..nameLength];
            if (module.IsEmpty)
            {
                if (symbol.SequenceEqual("_text"u8))
                    textAt = address;
                else if (symbol.SequenceEqual("_stext"u8))
                    startAt = address;
            }
            // Code, weak symbols and data: others (absolute, read-only) are no places that anything runs at.
            byte type = line[digits + 1], kind = (byte)(type | 0x20);
            if (symbol.IsEmpty || symbol[0] == '$' || kind is not ((byte)'t' or (byte)'w' or (byte)'d' or (byte)'b'))
                continue;
            if (module.IsEmpty)
            {
                part = 0;
                lastModule = "";
            }
            else if (!IsSame(lastModule, module))
            {
                lastModule = Encoding.UTF8.GetString(module);
                if (!modules.TryGetValue(lastModule, out part))
                    modules.Add(lastModule, part = (ushort)Math.Min(modules.Count + 1, ushort.MaxValue));
            }
            // Names of the table end with a zero; nothing of the line is wanted behind.
            if (start + name + nameLength < text.Length)
                text[start + name + nameLength] = 0;
            entries.Add(new FunctionTable.Entry
            {
                Start = address,
                End = address,
                Name = (uint)(start + name),
                Part = part,
                Rank = FunctionTable.Entry.RankOf(isLabel: false, isWeak: kind == 'w', isGlobal: (type & 0x20) == 0 && kind != 'w'),
            });
        }
        ulong difference = shift(textAt, startAt);
        if (difference != 0)
            Move(entries, difference);
        return new Result(FunctionTable.Create(entries, [text], demangler), textAt, startAt, hasAddresses);
    }

    private static void Move(List<FunctionTable.Entry> entries, ulong difference)
    {
        foreach (ref FunctionTable.Entry entry in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(entries))
        {
            entry.Start += difference;
            entry.End = entry.Start;
        }
    }

    private static bool IsSame(string known, ReadOnlySpan<byte> name)
    {
        if (known.Length != name.Length)
            return false;
        for (int i = 0; i < name.Length; i++)
        {
            if (known[i] != name[i])
                return false;
        }
        return true;
    }

    private static int Digit(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
        _ => -1,
    };
}
