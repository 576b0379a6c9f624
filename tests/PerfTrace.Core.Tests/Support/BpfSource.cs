using System.Text;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tests.Support;

/// <summary>Type information for programs of tests: functions with their C types, and source lines.</summary>
internal sealed unsafe class BpfSource
{
    private readonly List<byte> _types = [];
    private readonly List<byte> _strings = [0];
    private uint _count;

    public BpfSource()
    {
        Integer = Add("int", 0x0100_0000, 4, 0x0100_0020);
        uint context = Add("__sk_buff", 0x0700_0000, 0);
        ContextPointer = Add("", 0x0200_0000, context);
    }

    public uint Integer { get; }

    public uint ContextPointer { get; }

    /// <summary>Offset of a string.</summary>
    public uint Text(string text)
    {
        if (text.Length == 0)
            return 0;
        uint at = (uint)_strings.Count;
        _strings.AddRange(Encoding.UTF8.GetBytes(text + "\0"));
        return at;
    }

    /// <summary>A function that returns an int; static ones are functions within the program.</summary>
    public uint Function(string name, bool isGlobal, params (string Name, uint Type)[] parameters)
    {
        uint prototype = Add("", 0x0d00_0000u | (uint)parameters.Length, Integer, [.. parameters.SelectMany(p => new[] { Text(p.Name), p.Type })]);
        return Add(name, 0x0c00_0000u | (isGlobal ? 1u : 0), prototype);
    }

    /// <summary>BPF_BTF_LOAD.</summary>
    public FileDescriptor Load()
    {
        byte[] blob = [0x9f, 0xeb, 1, 0, .. Word(24), .. Word(0), .. Word(_types.Count), .. Word(_types.Count), .. Word(_strings.Count), .. _types, .. _strings];
        // u64 btf, btf_log_buf; u32 btf_size, btf_log_size, btf_log_level
        ulong* attributes = stackalloc ulong[4];
        new Span<ulong>(attributes, 4).Clear();
        fixed (byte* place = blob)
        {
            attributes[0] = (ulong)place;
            attributes[2] = (uint)blob.Length;
            return new FileDescriptor(BpfCalls.Call(BpfCommand.BtfLoad, attributes, 28, "types of a test"));
        }
    }

    // struct btf_type { __u32 name_off; __u32 info; __u32 size or type; } and what follows it.
    private uint Add(string name, uint info, uint sizeOrType, params uint[] rest)
    {
        foreach (uint word in (uint[])[Text(name), info, sizeOrType, .. rest])
            _types.AddRange(Word((int)word));
        return ++_count;
    }

    private static byte[] Word(int value) => BitConverter.GetBytes(value);
}
