using System.Text;
using PerfTrace.Kernel;

namespace PerfTrace.Tests.Support;

/// <summary>Writes type information (Documentation/bpf/btf.rst). Each method adds a type and returns its number.</summary>
internal sealed class BtfBuilder(uint firstId = 1, uint firstString = 0)
{
    private readonly List<uint> _words = [];
    private readonly List<byte> _strings = firstString == 0 ? [0] : [];
    private uint _next = firstId;

    public uint Integer(string name, uint size, bool isSigned = false, bool isBool = false, uint? bits = null, uint offset = 0) =>
        Add(BtfKind.Integer, name, size, 0, false, ((isSigned ? 1U : 0) << 24) | ((isBool ? 4U : 0) << 24) | (offset << 16) | (bits ?? size * 8));

    public uint Pointer(uint to) => Add(BtfKind.Pointer, "", to);

    public uint Array(uint of, uint length, uint index = 1) => Add(BtfKind.Array, "", 0, 0, false, of, index, length);

    public uint Named(BtfKind kind, string name, uint type) => Add(kind, name, type);

    /// <summary>Members with their offsets in bits and, of bit fields, their sizes.</summary>
    public uint Struct(string name, uint size, params (string Name, uint Type, uint Bit, uint Bits)[] members) => Composite(BtfKind.Struct, name, size, members);

    public uint Union(string name, uint size, params (string Name, uint Type, uint Bit, uint Bits)[] members) => Composite(BtfKind.Union, name, size, members);

    public uint Enum(string name, uint size, bool isSigned, params (string Name, int Value)[] values) =>
        Add(BtfKind.Enum, name, size, values.Length, isSigned, [.. values.SelectMany(v => new[] { String(v.Name), (uint)v.Value })]);

    public uint Enum64(string name, bool isSigned, params (string Name, ulong Value)[] values) =>
        Add(BtfKind.Enum64, name, 8, values.Length, isSigned, [.. values.SelectMany(v => new[] { String(v.Name), (uint)v.Value, (uint)(v.Value >> 32) })]);

    public uint Float(string name, uint size) => Add(BtfKind.Float, name, size);

    public uint Variable(string name, uint type) => Add(BtfKind.Variable, name, type, 0, false, 1);

    public uint Section(string name, uint size, params (uint Variable, uint Offset, uint Size)[] variables) =>
        Add(BtfKind.DataSection, name, size, variables.Length, false, [.. variables.SelectMany(v => new[] { v.Variable, v.Offset, v.Size })]);

    public uint Prototype(uint result, params (string Name, uint Type)[] parameters) =>
        Add(BtfKind.FunctionPrototype, "", result, parameters.Length, false, [.. parameters.SelectMany(p => new[] { String(p.Name), p.Type })]);

    public uint Function(string name, uint prototype) => Add(BtfKind.Function, name, prototype, 1);

    public uint Add(BtfKind kind, string name, uint word, int members = 0, bool flag = false, params uint[] more)
    {
        _words.AddRange([String(name), ((uint)kind << 24) | (uint)members | (flag ? 1U << 31 : 0), word, .. more]);
        return _next++;
    }

    public byte[] ToArray()
    {
        byte[] types = [.. _words.SelectMany(BitConverter.GetBytes)];
        return [0x9f, 0xeb, 1, 0, .. Word(24), .. Word(0), .. Word(types.Length), .. Word(types.Length), .. Word(_strings.Count), .. types, .. _strings];
    }

    public BtfTypes Build(BtfTypes? @base = null) => BtfTypes.Parse(ToArray(), "test", @base);

    private uint Composite(BtfKind kind, string name, uint size, (string Name, uint Type, uint Bit, uint Bits)[] members)
    {
        bool flag = members.Any(static m => m.Bits > 0);
        return Add(kind, name, size, members.Length, flag, [.. members.SelectMany(m => new[] { String(m.Name), m.Type, m.Bit | (m.Bits << 24) })]);
    }

    private uint String(string text)
    {
        if (text.Length == 0)
            return 0;
        uint at = firstString + (uint)_strings.Count;
        _strings.AddRange(Encoding.UTF8.GetBytes(text));
        _strings.Add(0);
        return at;
    }

    private static byte[] Word(int value) => BitConverter.GetBytes(value);
}
