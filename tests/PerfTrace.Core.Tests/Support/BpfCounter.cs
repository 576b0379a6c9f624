using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tests.Support;

/// <summary>An array map of one number, and programs that count in it how often they ran.</summary>
internal sealed unsafe class BpfCounter : IDisposable
{
    public FileDescriptor Map { get; } = CreateArray(sizeof(ulong), 1, "test_counter");

    /// <summary>How often the programs ran.</summary>
    public ulong Value
    {
        get
        {
            uint key = 0;
            ulong value = 0;
            // struct { __u32 map_fd; __aligned_u64 key, value, flags; } of union bpf_attr
            ulong* attributes = stackalloc ulong[4];
            attributes[0] = (uint)Map.Number;
            attributes[1] = (ulong)&key;
            attributes[2] = (ulong)&value;
            attributes[3] = 0;
            BpfCalls.Call(BpfCommand.MapLookup, attributes, 32, "counter");
            return value;
        }
    }

    /// <summary>Instructions that add one and end with a result.</summary>
    public BpfCode Code(int result = 0)
    {
        var assembler = new BpfAssembler();
        EmitCount(assembler);
        assembler.Move(BpfRegister.R0, result);
        assembler.Exit();
        return assembler.Assemble();
    }

    /// <summary>Adds one, without a branch and without losing any register but 1 and 2.</summary>
    public void EmitCount(BpfAssembler assembler)
    {
        assembler.LoadMapValue(BpfRegister.R1, Map, 0);
        assembler.Move(BpfRegister.R2, 1);
        assembler.Atomic(BpfAtomic.Add, BpfSize.Bits64, BpfRegister.R1, 0, BpfRegister.R2);
    }

    /// <summary>A program of the type that counts.</summary>
    public FileDescriptor Load(BpfProgramType type, string name = "test_counting", BpfAttachType attachType = default, uint attachTypeId = 0, int result = 0) =>
        BpfProgramLoader.Load(new BpfProgramRequest(type, Code(result)) { Name = name, ExpectedAttachType = attachType, AttachTypeId = attachTypeId });

    public static FileDescriptor CreateArray(int valueSize, int entries, string name) => CreateMap(BpfMapType.Array, sizeof(uint), valueSize, entries, name);

    public static FileDescriptor CreateMap(BpfMapType type, int keySize, int valueSize, int entries, string name)
    {
        // struct { __u32 map_type, key_size, value_size, max_entries, map_flags, inner_map_fd, numa_node; char map_name[16]; } of union bpf_attr
        uint* attributes = stackalloc uint[11];
        new Span<uint>(attributes, 11).Clear();
        attributes[0] = (uint)type;
        attributes[1] = (uint)keySize;
        attributes[2] = (uint)valueSize;
        attributes[3] = (uint)entries;
        System.Text.Encoding.ASCII.GetBytes(name, new Span<byte>(attributes + 7, 15));
        return new FileDescriptor(BpfCalls.Call(BpfCommand.MapCreate, attributes, 44, name));
    }

    public void Dispose() => Map.Dispose();
}
