using System.Globalization;
using PerfTrace.Symbols;

namespace PerfTrace.Perf;

/// <summary>The sections that Android's simpleperf adds: files with their symbols, and what it calls its events (its record_file_format.h and record_file.proto).</summary>
internal static class SimpleperfSections
{
    // DSO_… of simpleperf's dso.h.
    private const ulong ElfFile = 2, DexFile = 3;

    // Wire types of protocol buffers.
    private const ulong Varint = 0, Fixed64 = 1, Counted = 2, Fixed32 = 5;

    /// <summary>FEAT_FILE: one after the other, struct { u32 size; char path[]; u32 type; u64 min_vaddr; u32 count; struct { u64 vaddr; u32 length; char name[]; } symbols[]; … }.</summary>
    public static IEnumerable<(string Path, ToldFunctions Functions)> ReadFiles(PerfDataBytes bytes)
    {
        var files = new List<(string, ToldFunctions)>();
        for (int at = 0; at < bytes.Length;)
        {
            PerfDataBytes file = Sized(bytes, ref at);
            int place = 0;
            string path = file.Text(0, file.Length);
            Skip(file, ref place);
            uint type = file.Word32(place);
            ulong least = file.Word64(place + 4);
            int first = place + 16, count = file.Count(place + 12, 12);
            place = first;
            for (int i = 0; i < count; i++)
                Symbol(file, ref place, out _, out _);
            // Behind the symbols of a program: where in the file the least address of its code is. Before Android 11 it was not told, and mostly the same.
            ulong shift = type == ElfFile && file.Length >= place + sizeof(ulong) ? file.Word64(place) - least : 0;
            var functions = new ToldFunctions();
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> name = Symbol(file, ref first, out ulong address, out uint length);
                functions.Add(address + shift, length, name);
            }
            files.Add((path, functions));
        }
        return files;
    }

    /// <summary>FEAT_FILE2: one after the other, a u32 size and a message of protocol buffers.</summary>
    public static IEnumerable<(string Path, ToldFunctions Functions)> ReadMessages(PerfDataBytes bytes)
    {
        var files = new List<(string, ToldFunctions)>();
        for (int at = 0; at < bytes.Length;)
            files.Add(ReadMessage(Sized(bytes, ref at)));
        return files;
    }

    /// <summary>FEAT_META_INFO: keys and values in turn, each with a zero behind it.</summary>
    public static Dictionary<string, string> ReadMetaInfo(PerfDataBytes bytes)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int at = 0; at < bytes.Length;)
        {
            string key = bytes.Text(at, bytes.Length - at);
            Skip(bytes, ref at);
            found[key] = bytes.Text(at, bytes.Length - at);
            Skip(bytes, ref at);
        }
        return found;
    }

    /// <summary>Lines of <c>name,type,config</c>.</summary>
    public static IEnumerable<(string Name, uint Type, ulong Config)> EventNames(Dictionary<string, string> metaInfo)
    {
        foreach (string line in metaInfo.GetValueOrDefault("event_type_info", "").Split('\n'))
        {
            string[] parts = line.Split(',');
            if (parts.Length >= 3 && uint.TryParse(parts[^2], NumberStyles.None, CultureInfo.InvariantCulture, out uint type)
                && ulong.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong config))
            {
                yield return (string.Join(',', parts[..^2]), type, config);
            }
        }
    }

    // message File { path = 1; type = 2; min_vaddr = 3; repeated Symbol symbol = 4; oneof { DexFile = 5; ElfFile = 6 { file_offset_of_min_vaddr = 1 }; … } }
    private static (string Path, ToldFunctions Functions) ReadMessage(PerfDataBytes file)
    {
        string path = "";
        ulong type = 0, least = 0;
        ulong? offset = null;
        var symbols = new List<(ulong Address, ulong Length, byte[] Name)>();
        for (int at = 0; at < file.Length;)
        {
            (ulong field, ulong number, PerfDataBytes content) = Field(file, ref at);
            switch (field)
            {
                case 1:
                    path = content.Text(0, content.Length);
                    break;
                case 2:
                    type = number;
                    break;
                case 3:
                    least = number;
                    break;
                case 4:
                    symbols.Add(ReadSymbol(content));
                    break;
                case 6:
                    for (int inner = 0; inner < content.Length;)
                        offset = Field(content, ref inner) is { Field: 1, Number: var told } ? told : offset;
                    break;
            }
        }
        ulong shift = type == ElfFile && offset is { } known ? known - least : 0;
        var functions = new ToldFunctions();
        foreach ((ulong address, ulong length, byte[] name) in symbols)
            functions.Add(address + shift, length, name);
        return (path, functions);
    }

    // message Symbol { vaddr = 1; len = 2; name = 3 }
    private static (ulong Address, ulong Length, byte[] Name) ReadSymbol(PerfDataBytes bytes)
    {
        ulong address = 0, length = 0;
        byte[] name = [];
        for (int at = 0; at < bytes.Length;)
        {
            WireField read = Field(bytes, ref at);
            if (read.Field == 1)
                address = read.Number;
            else if (read.Field == 2)
                length = read.Number;
            else if (read.Field == 3)
                name = read.Content.Slice(0, read.Content.Length).ToArray();
        }
        return (address, length, name);
    }

    private readonly ref struct WireField(ulong field, ulong number, PerfDataBytes content)
    {
        public ulong Field { get; } = field;

        public ulong Number { get; } = number;

        public PerfDataBytes Content { get; } = content;

        public void Deconstruct(out ulong field, out ulong number, out PerfDataBytes content)
        {
            field = Field;
            number = Number;
            content = Content;
        }
    }

    private static WireField Field(PerfDataBytes bytes, ref int at)
    {
        ulong tag = ReadVarint(bytes, ref at);
        switch (tag & 7)
        {
            case Varint:
                return new WireField(tag >> 3, ReadVarint(bytes, ref at), default);
            case Fixed64:
                bytes.Slice(at, sizeof(ulong));
                at += sizeof(ulong);
                return new WireField(tag >> 3, 0, default);
            case Fixed32:
                bytes.Slice(at, sizeof(uint));
                at += sizeof(uint);
                return new WireField(tag >> 3, 0, default);
            case Counted:
                int length = (int)Math.Min(ReadVarint(bytes, ref at), int.MaxValue);
                PerfDataBytes content = bytes.From(at, length);
                at += length;
                return new WireField(tag >> 3, 0, content);
            default:
                throw new PerfDataException(bytes.Offset + at, $"A field of the wire type {tag & 7} can not be in a file's symbols.");
        }
    }

    private static ulong ReadVarint(PerfDataBytes bytes, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = bytes.Byte(at++);
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return value;
        }
        throw new PerfDataException(bytes.Offset + at, "A number has more than 64 bits.");
    }

    private static ReadOnlySpan<byte> Symbol(PerfDataBytes file, scoped ref int at, out ulong address, out uint length)
    {
        address = file.Word64(at);
        length = file.Word32(at + 8);
        int name = at + 12;
        at = name;
        Skip(file, ref at);
        return file.Slice(name, at - name - 1);
    }

    private static PerfDataBytes Sized(PerfDataBytes bytes, scoped ref int at)
    {
        int size = (int)Math.Min(bytes.Word32(at), int.MaxValue);
        PerfDataBytes file = bytes.From(at + sizeof(uint), size);
        at += sizeof(uint) + size;
        return file;
    }

    // Behind the zero of a text.
    private static void Skip(PerfDataBytes bytes, ref int at)
    {
        int length = bytes.Slice(at, bytes.Length - at).IndexOf((byte)0);
        if (length < 0)
            throw new PerfDataException(bytes.Offset + at, "A text has no end.");
        at += length + 1;
    }
}
