using PerfTrace.Symbols;

namespace PerfTrace.Perf;

/// <summary>The kernel of a recording: where it and its modules were, and the code that it made while it ran.</summary>
internal sealed class RecordedKernel(RecordedModules modules)
{
    private const string MainName = "[kernel.kallsyms]";

    private readonly MappingTable _table = new();
    private CodeModule? _main;

    /// <summary>The frame of an address; null where no code of the kernel is known to be.</summary>
    public StackFrame? Frame(ulong address, bool isCaller)
    {
        if (_table.Frame(address, isKernel: true, isCaller) is { } frame)
            return frame;
        // The record tells of the kernel's text alone: its code for starting up lies behind. A recording may also tell nothing of the kernel.
        _main ??= modules.OfKernel(MainName, null, CodeModuleKind.Kernel);
        if (_main.Symbols.Find(address) is not { } function)
            return null;
        _table.Add(function.Start, function.Size, 0, _main);
        return _table.Frame(address, isKernel: true, isCaller);
    }

    /// <summary>A record of the kernel's own mappings: <c>[kernel.kallsyms]_text</c>, whose offset is where that symbol was; a module's file or <c>[name]</c>.</summary>
    public void Map(string name, ulong start, ulong length, ulong offset, string? buildId)
    {
        if (name.StartsWith(MainName, StringComparison.Ordinal) || name.StartsWith("[kernel", StringComparison.Ordinal))
        {
            CodeModule kernel = modules.OfKernel(MainName, buildId, CodeModuleKind.Kernel);
            kernel.RecordedText = offset;
            _main = kernel;
            _table.Add(start, length, 0, kernel);
            return;
        }
        _table.Add(start, length, 0, modules.OfKernel(ModuleName(name), buildId ?? modules.BuildIdOf(name), CodeModuleKind.KernelModule));
    }

    /// <summary>PERF_RECORD_KSYMBOL: struct { header; u64 addr; u32 len; u16 type; u16 flags; char name[]; sample_id }.</summary>
    public void Symbol(PerfDataBytes record, int trailer)
    {
        const int Unregistered = 1, NameOffset = 24;
        ulong start = record.Word64(8), length = record.Word32(16);
        if ((record.Word16(22) & Unregistered) != 0)
        {
            _table.Remove(start, start + length);
            return;
        }
        string name = record.Text(NameOffset, Math.Max(0, record.Length - NameOffset - trailer));
        _table.Add(start, length, 0, new CodeModule(name, CodeModuleKind.KernelModule, new OneSymbol(new CodeSymbol(name, start, length))));
    }

    // "/lib/modules/6.12/kernel/fs/ext4/ext4.ko.xz" is "[ext4]", with the kernel's own spelling.
    private static string ModuleName(string path)
    {
        if (path.StartsWith('['))
            return path;
        string name = Path.GetFileName(path);
        int end = name.IndexOf(".ko", StringComparison.Ordinal);
        return $"[{(end > 0 ? name[..end] : name).Replace('-', '_')}]";
    }

    private sealed class OneSymbol(CodeSymbol symbol) : CodeSymbols
    {
        public override CodeSymbol? Find(ulong place) => place - symbol.Start < symbol.Size ? symbol : null;
    }
}
