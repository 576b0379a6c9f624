using System.Runtime.InteropServices;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>The BPF programs that were loaded when the recording began, as records of their functions and as sections of the file.</summary>
internal sealed class BpfSections
{
    // enum perf_record_ksymbol_type and perf_bpf_event_type of include/uapi/linux/perf_event.h.
    private const ushort KernelMode = 1, BpfSymbol = 1, ProgramLoaded = 1;

    private readonly List<LoadedBpfProgram> _programs = [];
    private readonly SortedDictionary<uint, BtfObject> _types = [];

    /// <summary>Reads what is loaded, and writes a record for each function and program.</summary>
    /// <param name="buffer">Gets the records.</param>
    /// <param name="trailer">The size of struct sample_id.</param>
    /// <param name="stop">Ends it with an <see cref="OperationCanceledException"/>.</param>
    public void Write(RecordBuffer buffer, int trailer, CancellationToken stop = default)
    {
        foreach (LoadedBpfProgram program in LoadedBpfProgram.ReadAll())
        {
            stop.ThrowIfCancellationRequested();
            BtfObject? types = program.BtfId == 0 ? null : _types.GetValueOrDefault(program.BtfId) ?? BtfObject.Read(program.BtfId);
            IReadOnlyList<BpfFunction> functions = program.Functions(Parse(types));
            if (functions.Count == 0)
                continue; // interpreted: its time is that of the interpreter
            _programs.Add(program);
            if (types is not null)
                _types[program.BtfId] = types;
            foreach (BpfFunction function in functions)
            {
                // struct { header; u64 addr; u32 len; u16 ksym_type, flags; char name[]; sample_id }
                buffer.Begin((uint)PerfRecordType.KernelSymbol, KernelMode).Word64(function.Start).Word32(function.Length).Word16(BpfSymbol).Word16(0)
                    .Text(function.Name, 8).End(trailer);
            }
            // struct { header; u16 type, flags; u32 id; u8 tag[8]; sample_id }
            buffer.Begin((uint)PerfRecordType.BpfEvent, KernelMode).Word16(ProgramLoaded).Word16(0).Word32(program.Id).Bytes(program.Tag).End(trailer);
        }
    }

    /// <summary>u32 count; each: struct perf_bpil of tools/perf/util/bpf-utils.h { u32 info_len, data_len; u64 arrays; struct bpf_prog_info; u8 data[] }. Null without programs.</summary>
    public byte[]? Programs()
    {
        if (_programs.Count == 0)
            return null;
        RecordBuffer buffer = new RecordBuffer().Word32((uint)_programs.Count);
        foreach (LoadedBpfProgram program in _programs)
        {
            buffer.Word32(BpfProgramInfo.StructureSize).Word32((uint)program.Data.Length).Word64(LoadedBpfProgram.Arrays)
                .Bytes(MemoryMarshal.AsBytes(new ReadOnlySpan<BpfProgramInfo>(in program.Info))).Bytes(program.Data);
        }
        return buffer.ToArray();
    }

    /// <summary>u32 count; each: u32 id, u32 size, the type information. Null without.</summary>
    public byte[]? Types()
    {
        if (_types.Count == 0)
            return null;
        RecordBuffer buffer = new RecordBuffer().Word32((uint)_types.Count);
        foreach ((uint id, BtfObject types) in _types)
            buffer.Word32(id).Word32((uint)types.Data.Length).Bytes(types.Data);
        return buffer.ToArray();
    }

    // A kernel may have kinds of types that are newer than this: then the functions have no names, and the file has the types all the same.
    private static BtfTypes? Parse(BtfObject? types)
    {
        try
        {
            return types is null ? null : BtfTypes.Parse(types.Data, "BPF program");
        }
        catch (BtfException)
        {
            return null;
        }
    }
}
