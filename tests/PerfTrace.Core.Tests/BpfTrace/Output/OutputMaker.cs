using PerfTrace.BpfTrace;
using PerfTrace.Symbols;

namespace PerfTrace.Tests.BpfTrace.Output;

/// <summary>Types, bytes and names for tests of what scripts print.</summary>
internal sealed class OutputMaker : IScriptSymbols, IScriptStacks
{
    public static readonly IntegerType Signed8 = new(1, true), Unsigned8 = new(1, false), Signed16 = new(2, true), Unsigned16 = new(2, false);

    private readonly CodeModule _kernel = new("[kernel.kallsyms]", CodeModuleKind.Kernel, new Table("kernel_function", 0xffffffff81000000));
    private readonly CodeModule _program = new("/usr/bin/program", CodeModuleKind.File, new Table("main", 0x401000));
    private readonly CodeModule _unknown = new("[unknown]", CodeModuleKind.Unknown, new Table("", 0x7fff_0000_0000));

    public OutputMaker(ScriptPlan? plan = null)
    {
        Plan = plan ?? MakePlan();
        Names = new ScriptNames(Plan, this, this);
        Values = new ValueReader(Names);
    }

    public ScriptPlan Plan { get; }

    public ScriptNames Names { get; }

    public ValueReader Values { get; }

    public Dictionary<long, byte[]> Stacks { get; } = [];

    public IReadOnlyList<(ulong Bits, string Name)> AllocationFlags { get; } = [(0xcc0, "GFP_KERNEL"), (0x1, "GFP_DMA"), (0x40, "__GFP_IO")];

    public static ScriptPlan MakePlan(params ScriptAction[] actions) => new()
    {
        Maps = [],
        Actions = [.. actions],
        Texts = ["%Y", "%f", "*"],
        ProbeNames = ["BEGIN", "interval:s:1"],
        Settings = new ScriptSettings(),
    };

    public static byte[] Bytes(params object[] values)
    {
        var bytes = new List<byte>();
        foreach (object value in values)
        {
            bytes.AddRange(value switch
            {
                byte b => [b],
                sbyte b => [(byte)b],
                short s => BitConverter.GetBytes(s),
                ushort s => BitConverter.GetBytes(s),
                int i => BitConverter.GetBytes(i),
                uint i => BitConverter.GetBytes(i),
                long l => BitConverter.GetBytes(l),
                ulong l => BitConverter.GetBytes(l),
                string text => System.Text.Encoding.UTF8.GetBytes(text),
                byte[] all => all,
                _ => throw new ArgumentException($"{value.GetType()} has no bytes here.", nameof(values)),
            });
        }
        return [.. bytes];
    }

    /// <summary>Values at their places in an event.</summary>
    public static byte[] Event(EventLayout layout, int action, int probe, params byte[][] values)
    {
        byte[] bytes = new byte[layout.Size];
        BitConverter.TryWriteBytes(bytes, action);
        BitConverter.TryWriteBytes(bytes.AsSpan(4), probe);
        for (int i = 0; i < values.Length; i++)
            values[i].CopyTo(bytes.AsSpan(layout.Offsets[i]));
        return bytes;
    }

    public string Text(ScriptType type, params object[] values) => Values.Text.Of(type, Pad(type, Bytes(values)));

    public object? Value(ScriptType type, params object[] values) => Values.Read(type, Pad(type, Bytes(values)));

    public StackFrame[] Frames(ReadOnlySpan<byte> value, bool hasBuildIds, int? processId)
    {
        var frames = new List<StackFrame>();
        if (hasBuildIds)
            return [];
        for (; value.Length >= 8 && BitConverter.ToUInt64(value) is var address and not 0; value = value[8..])
        {
            CodeModule module = (long)address < 0 ? _kernel : address is >= 0x401000 and < 0x402000 && processId == 7 ? _program : _unknown;
            frames.Add(new StackFrame(address, module, address, (long)address < 0, isCaller: false));
        }
        return [.. frames];
    }

    public string? ProcessName(int id) => id == 1 ? "init" : null;

    public string? UserName(ulong id) => id == 0 ? "root" : null;

    public IEnumerable<(string Hierarchy, string Path)> ControlGroupPaths(ulong id, string pattern) => [("unified", $"/group{id}"), ("memory", ""), ("pids", pattern)];

    public ReadOnlySpan<byte> Read(StackType type, long number) => Stacks.GetValueOrDefault(number);

    private static byte[] Pad(ScriptType type, byte[] bytes)
    {
        Assert.True(bytes.Length <= type.Size, $"{type} has {type.Size} bytes, not {bytes.Length}.");
        Array.Resize(ref bytes, type.Size);
        return bytes;
    }

    private sealed class Table(string name, ulong start) : CodeSymbols
    {
        public override CodeSymbol? Find(ulong place) => place - start < 0x1000 ? new CodeSymbol(name, start, 0x1000) : null;
    }
}
