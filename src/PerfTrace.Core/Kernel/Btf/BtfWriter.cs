using System.Buffers.Binary;
using System.Text;

namespace PerfTrace.Kernel;

/// <summary>Writes type information (Documentation/bpf/btf.rst) for programs that are made here: their functions, with the types of parameters and results, and texts.</summary>
internal sealed class BtfWriter
{
    private const ushort Magic = 0xeb9f;
    private const int HeaderSize = 24, KindShift = 24;
    private const uint SignedEncoding = 1 << 24; // BTF_INT_SIGNED, where the word behind an integer has its encoding

    private readonly List<uint> _types = [];
    private readonly List<byte> _strings = [0];
    private readonly Dictionary<string, uint> _offsets = new(StringComparer.Ordinal) { [""] = 0 };
    private uint _count;

    /// <summary>The offset of a text; the same again for one that is there.</summary>
    public uint Text(string text)
    {
        if (!_offsets.TryGetValue(text, out uint at))
        {
            _offsets.Add(text, at = (uint)_strings.Count);
            _strings.AddRange(Encoding.UTF8.GetBytes(text));
            _strings.Add(0);
        }
        return at;
    }

    public uint AddInteger(string name, int bytes, bool isSigned) => Add(name, BtfKind.Integer, 0, (uint)bytes, (isSigned ? SignedEncoding : 0) | (uint)(bytes * 8));

    /// <param name="target">The type that it leads to; 0: void.</param>
    public uint AddPointer(uint target) => Add("", BtfKind.Pointer, 0, target);

    /// <param name="result">The type of the result; 0: none.</param>
    /// <param name="parameters">The kernel wants them to have names.</param>
    public uint AddPrototype(uint result, params IReadOnlyList<(string Name, uint Type)> parameters) =>
        Add("", BtfKind.FunctionPrototype, parameters.Count, result, [.. parameters.SelectMany(p => new[] { Text(p.Name), p.Type })]);

    /// <summary>A static function: the kernel takes no other as a callback, and checks it where it is called.</summary>
    /// <param name="name">A C identifier.</param>
    /// <param name="prototype">Its type.</param>
    public uint AddFunction(string name, uint prototype) => Add(name, BtfKind.Function, 0, prototype);

    /// <summary>All of it, as BPF_BTF_LOAD takes it.</summary>
    public byte[] ToArray()
    {
        byte[] blob = new byte[HeaderSize + (_types.Count * sizeof(uint)) + _strings.Count];
        BinaryPrimitives.WriteUInt16LittleEndian(blob, Magic);
        blob[2] = 1;
        // hdr_len, type_off, type_len, str_off, str_len of struct btf_header
        int at = 4;
        foreach (int word in (ReadOnlySpan<int>)[HeaderSize, 0, _types.Count * sizeof(uint), _types.Count * sizeof(uint), _strings.Count])
        {
            BinaryPrimitives.WriteInt32LittleEndian(blob.AsSpan(at), word);
            at += sizeof(int);
        }
        foreach (uint word in _types)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(blob.AsSpan(at), word);
            at += sizeof(uint);
        }
        _strings.CopyTo(blob, at);
        return blob;
    }

    // struct btf_type, and the words behind it.
    private uint Add(string name, BtfKind kind, int members, uint sizeOrType, params ReadOnlySpan<uint> rest)
    {
        _types.Add(Text(name));
        _types.Add(((uint)kind << KindShift) | (uint)members);
        _types.Add(sizeOrType);
        _types.AddRange(rest);
        return ++_count;
    }
}
