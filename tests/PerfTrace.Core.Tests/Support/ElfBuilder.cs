using System.Buffers.Binary;
using System.Text;
using PerfTrace.Symbols;

namespace PerfTrace.Tests.Support;

/// <summary>
/// Writes ELF files of either class and byte order: one executable segment (.text) at offset 0x1000, one writable (.data) at 0x2000, whose
/// addresses are apart from their offsets by different amounts. What is made for x86-64 runs.
/// </summary>
internal sealed class ElfBuilder(bool is64 = true, bool isBigEndian = false, ElfMachine machine = ElfMachine.X86_64)
{
    public const ulong TextOffset = 0x1000, TextAddress = 0x401000, DataOffset = 0x2000, DataAddress = 0x503000;

    private readonly List<(string Name, ulong Address, ulong Size, byte Type, byte Binding)> _symbols = [];
    private readonly List<(string Name, uint Type, byte[] Bytes, uint Link, uint Info, ulong EntrySize, ulong Address, ulong Alignment)> _extra = [];
    private readonly List<byte> _stapNotes = [];

    public byte[] Text { get; init; } = [0x90, 0xc3];

    public byte[] Data { get; init; } = new byte[16];

    public bool HasSymbols { get; init; } = true;

    public int WordSize => is64 ? 8 : 4;

    public ElfBuilder Symbol(string name, ulong address, ulong size, ElfSymbolType type = ElfSymbolType.Function, ElfSymbolBinding binding = ElfSymbolBinding.Global)
    {
        _symbols.Add((name, address, size, (byte)type, (byte)binding));
        return this;
    }

    public ElfBuilder Section(string name, uint type, byte[] bytes, ulong address = 0, ulong alignment = 4)
    {
        _extra.Add((name, type, bytes, 0, 0, 0, address, alignment));
        return this;
    }

    public ElfBuilder BuildId(params byte[] id) => Section(".note.gnu.build-id", 7, [.. Note("GNU", 3, id)]);

    public ElfBuilder DebugLink(string name, uint checksum)
    {
        byte[] text = Encoding.UTF8.GetBytes(name);
        var bytes = new List<byte>([.. text, 0]);
        while (bytes.Count % 4 != 0)
            bytes.Add(0);
        Put32(bytes, checksum);
        return Section(".gnu_debuglink", 1, [.. bytes]);
    }

    /// <summary>A probe as sys/sdt.h writes it.</summary>
    public ElfBuilder Usdt(string provider, string name, string arguments, ulong address, ulong semaphore = 0, ulong linkBase = 0)
    {
        var description = new List<byte>();
        foreach (ulong value in (ulong[])[address, linkBase, semaphore])
            PutWord(description, value);
        description.AddRange(Encoding.UTF8.GetBytes($"{provider}\0{name}\0{arguments}\0"));
        _stapNotes.AddRange(Note("stapsdt", 3, [.. description]));
        return this;
    }

    public byte[] Note(string owner, uint type, byte[] description)
    {
        var bytes = new List<byte>();
        Put32(bytes, (uint)owner.Length + 1);
        Put32(bytes, (uint)description.Length);
        Put32(bytes, type);
        bytes.AddRange(Encoding.ASCII.GetBytes(owner + "\0"));
        Pad(bytes, 4);
        bytes.AddRange(description);
        Pad(bytes, 4);
        return [.. bytes];
    }

    public byte[] Build()
    {
        if (_stapNotes.Count > 0)
            Section(".note.stapsdt", 7, [.. _stapNotes]);
        if (HasSymbols)
            AddSymbolTable();

        var file = new List<byte>(new byte[DataOffset]);
        file.AddRange(Data);
        var names = new List<byte> { 0 };
        var headers = new List<byte>();
        int count = 0;
        AddHeader("", 0, 0, 0, 0, 0, 0, 0, 0, 0);
        AddHeader(".text", 1, 6, TextAddress, TextOffset, (ulong)Text.Length, 0, 0, 16, 0);
        AddHeader(".data", 1, 3, DataAddress, DataOffset, (ulong)Data.Length, 0, 0, 8, 0);
        foreach (var extra in _extra)
        {
            Pad(file, 8);
            ulong at = (ulong)file.Count;
            file.AddRange(extra.Bytes);
            AddHeader(extra.Name, extra.Type, 0, extra.Address, at, (ulong)extra.Bytes.Length, extra.Link, extra.Info, extra.Alignment, extra.EntrySize);
        }
        int stringsIndex = count;
        ulong stringsAt = (ulong)file.Count;
        int stringsLength = names.Count + ".shstrtab".Length + 1;
        AddHeader(".shstrtab", 3, 0, 0, stringsAt, (ulong)stringsLength, 0, 0, 1, 0);
        file.AddRange(names);
        Pad(file, 8);
        ulong sectionsAt = (ulong)file.Count;
        file.AddRange(headers);
        byte[] bytes = [.. file];
        Text.CopyTo(bytes, (int)TextOffset);
        byte[] head = Header(sectionsAt, count, stringsIndex);
        head.CopyTo(bytes, 0);
        return bytes;

        void AddHeader(string name, uint type, ulong flags, ulong address, ulong offset, ulong size, uint link, uint info, ulong alignment, ulong entrySize)
        {
            Put32(headers, name.Length == 0 ? 0 : (uint)names.Count);
            if (name.Length > 0)
                names.AddRange(Encoding.ASCII.GetBytes(name + "\0"));
            Put32(headers, type);
            PutWord(headers, flags);
            PutWord(headers, address);
            PutWord(headers, offset);
            PutWord(headers, size);
            Put32(headers, link);
            Put32(headers, info);
            PutWord(headers, alignment);
            PutWord(headers, entrySize);
            count++;
        }
    }

    public string WriteTo(string path)
    {
        File.WriteAllBytes(path, Build());
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }

    private byte[] Header(ulong sectionsAt, int sections, int stringsIndex)
    {
        var head = new List<byte>([0x7f, (byte)'E', (byte)'L', (byte)'F', (byte)(is64 ? 2 : 1), (byte)(isBigEndian ? 2 : 1), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        Put16(head, 2);
        Put16(head, (ushort)machine);
        Put32(head, 1);
        PutWord(head, TextAddress);
        PutWord(head, is64 ? 64UL : 52UL);
        PutWord(head, sectionsAt);
        Put32(head, 0);
        Put16(head, is64 ? (ushort)64 : (ushort)52);
        Put16(head, is64 ? (ushort)56 : (ushort)32);
        Put16(head, 2);
        Put16(head, is64 ? (ushort)64 : (ushort)40);
        Put16(head, (ushort)sections);
        Put16(head, (ushort)stringsIndex);
        Segment(5, TextOffset, TextAddress, (ulong)Text.Length);
        Segment(6, DataOffset, DataAddress, (ulong)Data.Length);
        return [.. head];

        void Segment(uint flags, ulong offset, ulong address, ulong size)
        {
            Put32(head, 1);
            if (is64)
                Put32(head, flags);
            PutWord(head, offset);
            PutWord(head, address);
            PutWord(head, address);
            PutWord(head, size);
            PutWord(head, size);
            if (!is64)
                Put32(head, flags);
            PutWord(head, 0x1000);
        }
    }

    private void AddSymbolTable()
    {
        var strings = new List<byte> { 0 };
        var table = new List<byte>(new byte[is64 ? 24 : 16]);
        foreach (var symbol in _symbols)
        {
            uint name = (uint)strings.Count;
            strings.AddRange(Encoding.UTF8.GetBytes(symbol.Name + "\0"));
            byte info = (byte)((symbol.Binding << 4) | symbol.Type);
            Put32(table, name);
            if (is64)
            {
                table.AddRange([info, 0]);
                Put16(table, 1);
                PutWord(table, symbol.Address);
                PutWord(table, symbol.Size);
            }
            else
            {
                PutWord(table, symbol.Address);
                PutWord(table, symbol.Size);
                table.AddRange([info, 0]);
                Put16(table, 1);
            }
        }
        // Sections 0 to 2 come before those that were added.
        uint stringsIndex = (uint)_extra.Count + 4;
        _extra.Add((".symtab", 2, [.. table], stringsIndex, 1, is64 ? 24UL : 16UL, 0, 8));
        _extra.Add((".strtab", 3, [.. strings], 0, 0, 0, 0, 1));
    }

    private static void Pad(List<byte> bytes, int to)
    {
        while (bytes.Count % to != 0)
            bytes.Add(0);
    }

    private void Put16(List<byte> bytes, ushort value)
    {
        Span<byte> buffer = stackalloc byte[2];
        if (isBigEndian)
            BinaryPrimitives.WriteUInt16BigEndian(buffer, value);
        else
            BinaryPrimitives.WriteUInt16LittleEndian(buffer, value);
        bytes.AddRange(buffer);
    }

    private void Put32(List<byte> bytes, uint value)
    {
        Span<byte> buffer = stackalloc byte[4];
        if (isBigEndian)
            BinaryPrimitives.WriteUInt32BigEndian(buffer, value);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(buffer, value);
        bytes.AddRange(buffer);
    }

    private void PutWord(List<byte> bytes, ulong value)
    {
        if (!is64)
        {
            Put32(bytes, (uint)value);
            return;
        }
        Span<byte> buffer = stackalloc byte[8];
        if (isBigEndian)
            BinaryPrimitives.WriteUInt64BigEndian(buffer, value);
        else
            BinaryPrimitives.WriteUInt64LittleEndian(buffer, value);
        bytes.AddRange(buffer);
    }
}
