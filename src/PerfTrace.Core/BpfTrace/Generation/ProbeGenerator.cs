using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

/// <summary>
/// Makes the function of one probe for one kind of attach point, out of a tree that the checker has noted the types in. Numbers are values of the function; what is larger lies in
/// memory: on the stack while it is small, else in a map's value for this CPU.
/// </summary>
internal sealed partial class ProbeGenerator
{
    private readonly ScriptMemory _memory;
    private readonly ScriptPlan _plan;
    private readonly ProbeContext _context;
    private readonly IrFunction _function = new();
    private readonly Dictionary<LocalVariable, Storage> _variables = [];
    private readonly Stack<(IrLabel Break, IrLabel Continue)> _loops = [];
    private readonly IrLabel _end;
    private IrValue? _scratch;
    private int _scratchDepth, _largestScratchDepth;

    private ProbeGenerator(ScriptMemory memory, ProbeContext context)
    {
        _memory = memory;
        _plan = memory.Plan;
        _context = context;
        _end = _function.NewLabel();
    }

    private IrValue Context => _function.Parameter(0);

    /// <summary>The function of a probe.</summary>
    /// <param name="probe">The probe, as the checker noted it for this context.</param>
    /// <param name="context">What it is attached to.</param>
    /// <param name="memory">The script's maps.</param>
    /// <exception cref="ScriptException">Something that the kernel's machine can not do.</exception>
    public static IrFunction Generate(Probe probe, ProbeContext context, ScriptMemory memory)
    {
        var generator = new ProbeGenerator(memory, context);
        if (probe.Predicate is { } predicate)
            generator.Branch(predicate, generator._end, when: false);
        generator.Block(probe.Body);
        generator._function.Mark(generator._end);
        generator._function.Return(0);
        generator.AddPrologue();
        return generator._function;
    }

    // Scratch memory and variables that a path may read before it has assigned them.
    private void AddPrologue()
    {
        _function.AtBegin(() =>
        {
            foreach ((LocalVariable _, Storage storage) in _variables)
            {
                if (storage.Value is { } value)
                    _function.Constant(value, 0);
            }
            if (_scratch is not { } scratch)
                return;
            IrPlace key = _function.Frame.Allocate(sizeof(uint));
            _function.Store(BpfSize.Bits32, key, _memory.AddScratch(_largestScratchDepth));
            _function.Copy(scratch, _function.Call(BpfHelper.MapLookupElem, _memory.Scratch, key));
            IrLabel found = _function.NewLabel();
            _function.JumpIf(BpfCondition.NotEqual, scratch, 0, found);
            _function.Return(0);
            _function.Mark(found);
        });
    }

    /// <summary>Memory until the statement or block that it is for has ended.</summary>
    private IrPlace Reserve(int size)
    {
        int aligned = ScriptType.AlignUp(Math.Max(size, 1), 8);
        if (size <= _plan.Settings.OnStackLimit)
            return _function.Frame.Allocate(size);
        _scratch ??= _function.NewValue();
        var place = new IrPlace(_scratch, _scratchDepth);
        _scratchDepth += aligned;
        _largestScratchDepth = Math.Max(_largestScratchDepth, _scratchDepth);
        return place;
    }

    private (int Frame, int Scratch) Mark() => (_function.Frame.Depth, _scratchDepth);

    private void Release((int Frame, int Scratch) mark)
    {
        _function.Frame.Release(mark.Frame);
        _scratchDepth = mark.Scratch;
    }

    private Storage StorageOf(ScratchVariable variable)
    {
        LocalVariable local = variable.Variable!;
        if (!_variables.TryGetValue(local, out Storage storage))
        {
            storage = local.Type!.IsScalar ? new Storage(_function.NewValue(), default) : new Storage(null, Reserve(local.Type.Size));
            _variables.Add(local, storage);
        }
        return storage;
    }

    private static ScriptException NotPossible(Node node, string message, string? hint = null) => new(node.Span, message, hint);
}
