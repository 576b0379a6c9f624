using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>Does what the events of a script's programs ask for, one event after the other.</summary>
internal sealed class ScriptActions
{
    private readonly ScriptPlan _plan;
    private readonly ScriptNames _names;
    private readonly ValueReader _values;
    private readonly IReadOnlyDictionary<string, ScriptMapReader> _maps;
    private readonly PrintfFormat?[] _formats;
    private readonly Func<object?[], object>?[] _classes;
    private readonly Dictionary<(uint Action, int Helper, int Error), long> _helperErrors = [];

    /// <param name="plan">The script's.</param>
    /// <param name="names">Names for its values.</param>
    /// <param name="values">Reads its values.</param>
    /// <param name="maps">Its maps, by their names.</param>
    public ScriptActions(ScriptPlan plan, ScriptNames names, ValueReader values, IReadOnlyDictionary<string, ScriptMapReader> maps)
    {
        _plan = plan;
        _names = names;
        _values = values;
        _maps = maps;
        _formats = [.. plan.Actions.Select(static a => HasFormat(a.Kind) ? PrintfFormat.Parse(a.Text) : null)];
        _classes = new Func<object?[], object>?[plan.Actions.Count];
    }

    /// <summary>system() may run commands; else it is an error when it is reached.</summary>
    public bool AllowsCommands { get; init; }

    /// <summary>Text alone is wanted: prints have no values.</summary>
    public bool IsTextOnly { get; init; }

    /// <summary>Ends what takes long: commands that system() runs.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>Takes away the watchpoints of an address, and says how many there were.</summary>
    public Func<ulong, int> Unwatch { get; init; } = static _ => 0;

    /// <summary>Events that were none of the script's: of no action, or too short for its values.</summary>
    public long Damaged { get; private set; }

    /// <summary>How often each helper said no: an error is shown once for each place in the script.</summary>
    public IEnumerable<(ScriptAction Action, string Helper, Errno Error, long Count)> HelperErrors =>
        _helperErrors.Select(e => (_plan.Actions[(int)e.Key.Action], HelperName(e.Key.Helper), (Errno)Math.Abs((long)e.Key.Error), e.Value));

    /// <summary>Does what an event asks for.</summary>
    /// <param name="bytes">The event.</param>
    /// <returns>What is to be written; null: nothing.</returns>
    /// <exception cref="KernelException">A map can not be read or emptied.</exception>
    public ScriptOutput? Do(ReadOnlySpan<byte> bytes)
    {
        uint number = bytes.Length < EventLayout.HeadSize ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (number >= (uint)_plan.Actions.Count || bytes.Length < End(_plan.Actions[(int)number].Layout))
        {
            Damaged++;
            return null;
        }
        ScriptAction action = _plan.Actions[(int)number];
        switch (action.Kind)
        {
            case ScriptActionKind.Printf:
                return Print(bytes, (int)number, action, Format((int)number, action, bytes));
            case ScriptActionKind.PrintValue:
                return Print(bytes, (int)number, action, _values.Text.Of(action.Layout.Types[0], bytes[action.Layout.Offsets[0]..]) + "\n");
            case ScriptActionKind.Errorf or ScriptActionKind.Warnf:
                return Message(action, action.Kind == ScriptActionKind.Errorf ? ScriptSeverity.Error : ScriptSeverity.Warning, Format((int)number, action, bytes));
            case ScriptActionKind.PrintMap:
                return new MapOutput(Reader(action).Read(action.Top, action.Divisor, showsZero: true), IsValueOnly: false);
            case ScriptActionKind.PrintEntry:
                return new MapOutput(Reader(action).ReadEntry(Key(action, bytes)), IsValueOnly: true);
            case ScriptActionKind.Clear:
                Reader(action).Clear();
                return null;
            case ScriptActionKind.Zero:
                Reader(action).Zero();
                return null;
            case ScriptActionKind.Exit:
                return new ExitOutput(action.Layout.Types.Count == 0 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(bytes[action.Layout.Offsets[0]..]));
            case ScriptActionKind.Unwatch:
                ulong address = BinaryPrimitives.ReadUInt64LittleEndian(bytes[action.Layout.Offsets[0]..]);
                return Unwatch(address) > 0 ? null : Message(action, ScriptSeverity.Warning, string.Create(CultureInfo.InvariantCulture, $"unwatch() finds no watchpoint at 0x{address:x}"));
            case ScriptActionKind.Time:
                return Text(bytes, TimeText.Of(action.Text, KernelClock.WallClockNanoseconds));
            case ScriptActionKind.Join:
                return Text(bytes, Join(action, bytes) + "\n");
            case ScriptActionKind.Cat:
                return Cat(bytes, action, Format((int)number, action, bytes));
            case ScriptActionKind.System:
                return Run(bytes, action, Format((int)number, action, bytes));
            default:
                return HelperError(number, action, bytes);
        }
    }

    private static bool HasFormat(ScriptActionKind kind) =>
        kind is ScriptActionKind.Printf or ScriptActionKind.Errorf or ScriptActionKind.Warnf or ScriptActionKind.Cat or ScriptActionKind.System;

    // The last value's end: what fills the event up to 8 bytes need not be there.
    private static int End(EventLayout layout) => layout.Types.Count == 0 ? EventLayout.HeadSize : layout.Offsets[^1] + layout.Types[^1].Size;

    private static ReadOnlySpan<byte> Key(ScriptAction action, ReadOnlySpan<byte> bytes) =>
        action.Layout.Types.Count == 0 ? [] : bytes.Slice(action.Layout.Offsets[0], action.Layout.Types[0].Size);

    private static MessageOutput Message(ScriptAction action, ScriptSeverity severity, string text, string? hint = null) =>
        new(new ScriptDiagnostic(severity, action.Span, text.TrimEnd('\n'), hint));

    private static string HelperName(int number) => BpfHelpers.NameOf(number) ?? $"helper {number.ToString(CultureInfo.InvariantCulture)}";

    private ScriptMapReader Reader(ScriptAction action) => _maps[action.Map?.Name ?? throw new InvalidOperationException($"The action {action.Kind} has no map.")];

    private string Format(int number, ScriptAction action, ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        _formats[number]!.Append(text, action.Layout, bytes, _values.Text);
        return text.ToString();
    }

    private PrintOutput Text(ReadOnlySpan<byte> bytes, string text) => new(new BpfTracePrint([]) { Text = text, Probe = ProbeOf(bytes) });

    private string ProbeOf(ReadOnlySpan<byte> bytes) => _names.Probe(BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]));

    private PrintOutput Print(ReadOnlySpan<byte> bytes, int number, ScriptAction action, string text)
    {
        if (IsTextOnly)
            return Text(bytes, text);
        object?[] values = new object?[action.Layout.Types.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = _values.Read(action.Layout.Types[i], bytes[action.Layout.Offsets[i]..]);
        var print = (BpfTracePrint)(_classes[number] ??= ClassOf(number, action))(values);
        print.Text = text;
        print.Probe = ProbeOf(bytes);
        return new PrintOutput(print);
    }

    private Func<object?[], object> ClassOf(int number, ScriptAction action)
    {
        string?[] names = _formats[number]?.PropertyNames ?? [];
        if (Array.TrueForAll(names, static n => n is null))
            return static values => new BpfTracePrint(values);
        (string?, Type)[] properties = [.. action.Layout.Types.Select((t, i) => (i < names.Length ? names[i] : null, ValueReader.TypeOf(t)))];
        return GeneratedClasses.Class("print", typeof(BpfTracePrint), properties).Create;
    }

    private static string Join(ScriptAction action, ReadOnlySpan<byte> bytes)
    {
        long count = BinaryPrimitives.ReadInt64LittleEndian(bytes[action.Layout.Offsets[0]..]);
        var texts = new List<string>();
        for (int i = 1; i < action.Layout.Types.Count && i <= count; i++)
        {
            string text = ValueReader.String(bytes.Slice(action.Layout.Offsets[i], action.Layout.Types[i].Size));
            if (text.Length == 0)
                break;
            texts.Add(text);
        }
        return string.Join(action.Text, texts);
    }

    private ScriptOutput Cat(ReadOnlySpan<byte> bytes, ScriptAction action, string path)
    {
        try
        {
            return Text(bytes, FileHead.Read(path, _plan.Settings.MaximumCatBytes));
        }
        catch (KernelException e)
        {
            return Message(action, ScriptSeverity.Error, $"cat() can not read '{path}': {KernelException.TextOf(e.Errno)}");
        }
    }

    private ScriptOutput Run(ReadOnlySpan<byte> bytes, ScriptAction action, string command) => AllowsCommands
        ? Text(bytes, ShellCommand.Run(command, Stop))
        : Message(action, ScriptSeverity.Error, $"system() does not run '{command}'", "Commands are run only when that was allowed.");

    private MessageOutput? HelperError(uint number, ScriptAction action, ReadOnlySpan<byte> bytes)
    {
        int helper = BinaryPrimitives.ReadInt32LittleEndian(bytes[action.Layout.Offsets[0]..]), error = BinaryPrimitives.ReadInt32LittleEndian(bytes[action.Layout.Offsets[1]..]);
        ref long count = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_helperErrors, (number, helper, error), out bool isKnown);
        count++;
        if (isKnown)
            return null;
        if (helper == 0)
            return Message(action, ScriptSeverity.Warning, "a division by 0: 1 is taken for its result");
        string text = ((BpfHelper)helper, (Errno)Math.Abs((long)error)) switch
        {
            (BpfHelper.MapUpdateElem, Errno.E2BIG) => "the map is full, and this element was not stored",
            (BpfHelper.MapDeleteElem, Errno.ENOENT) => "there is no element with this key to delete",
            (BpfHelper.MapLookupElem, _) => "there is no element with this key",
            // copy_from_kernel_nofault() of mm/maccess.c
            (BpfHelper.ProbeReadKernel or BpfHelper.ProbeReadKernelStr, Errno.ERANGE) => "can not be read, 0 is taken for it: this is no address of the kernel's",
            (BpfHelper.ProbeReadUser or BpfHelper.ProbeReadUserStr or BpfHelper.ProbeReadKernel or BpfHelper.ProbeReadKernelStr, var errno) => $"can not be read, 0 is taken for it: {KernelException.TextOf(errno)}",
            (_, var errno) => KernelException.TextOf(errno),
        };
        return Message(action, ScriptSeverity.Warning, string.Create(CultureInfo.InvariantCulture, $"{text} ({HelperName(helper)}: {error})"),
            text.StartsWith("the map is full", StringComparison.Ordinal) ? "max_map_keys in the config block makes maps larger."
            : text.StartsWith("can not be read", StringComparison.Ordinal) ? "uptr() and kptr() say whose memory an address is in; what a process has not touched yet can not be read from here." : null);
    }
}
