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
    private readonly IrFunction _function;
    private readonly ScratchArea _area;
    private readonly Dictionary<LocalVariable, Storage> _variables = [];
    private readonly Stack<(IrLabel Break, IrLabel Continue)> _loops = [];
    // The addresses of an iterator's elements that the block reads, by their offsets in the context.
    private readonly SortedDictionary<int, IrValue> _iterated = [];
    private readonly IrLabel _end;
    private IrValue? _scratch, _dispatched;

    private ProbeGenerator(ScriptMemory memory, ProbeContext context, IrFunction function)
    {
        _memory = memory;
        _plan = memory.Plan;
        _context = context;
        _function = function;
        _area = new ScratchArea();
        _end = _function.NewLabel();
    }

    // A program at a tracepoint that returns 0 keeps the event from everybody who counts or records it with perf (perf_trace_run_bpf_submit() of kernel/events/core.c).
    private int Passed => _definition is null && _outer is null && _context.ProgramType == BpfProgramType.Tracepoint ? 1 : 0;

    private IrValue Context => _outer is null ? _function.Parameter(0) : Capture(_outer.Context);

    // The address of the memory that this program has beside its stack.
    private IrValue Scratch => _scratch ??= _outer is null ? _function.NewValue() : Capture(_outer.Scratch);

    /// <summary>The function of a probe.</summary>
    /// <param name="probe">The probe, as the checker noted it for this context.</param>
    /// <param name="context">What it is attached to.</param>
    /// <param name="memory">The script's maps.</param>
    /// <exception cref="ScriptException">Something that the kernel's machine can not do.</exception>
    public static IrFunction Generate(Probe probe, ProbeContext context, ScriptMemory memory)
    {
        var generator = new ProbeGenerator(memory, context, new IrFunction(1, memory.Plan.ProbeNames[context.ProbeNumbers[0]], probe.Span));
        if (probe.Predicate is { } predicate)
            generator.At(predicate, () => generator.Branch(predicate, generator._end, when: false));
        generator.Block(probe.Body);
        generator._function.Mark(generator._end);
        generator.ReturnResult();
        generator.AddPrologue();
        generator.ClearResult();
        return generator._function;
    }

    // Scratch memory and variables that a path may read before it has assigned them.
    private void AddPrologue()
    {
        _function.AtBegin(() =>
        {
            if (_context.Dispatch is { } dispatch)
                Dispatch(dispatch);
            foreach ((int field, IrValue address) in _iterated)
            {
                IrLabel there = _function.NewLabel();
                _function.Copy(address, _function.Load(BpfSize.Bits64, new IrPlace(Context, field)));
                _function.JumpIf(BpfCondition.NotEqual, address, 0, there);
                _function.Return(Passed);
                _function.Mark(there);
            }
            foreach ((LocalVariable _, Storage storage) in _variables)
            {
                if (storage.Value is { } value)
                    _function.Constant(value, 0);
            }
            if (_scratch is not { } scratch)
                return;
            IrPlace key = _function.Frame.Allocate(sizeof(uint));
            _function.Store(BpfSize.Bits32, key, _memory.AddScratch(_area.Largest));
            _function.Copy(scratch, _function.Call(BpfHelper.MapLookupElem, _memory.Scratch, key));
            IrLabel found = _function.NewLabel();
            _function.JumpIf(BpfCondition.NotEqual, scratch, 0, found);
            _function.Return(Passed);
            _function.Mark(found);
        });
    }

    // Behind its last element an iterator runs once more, with nothing; that is no run for a block that reads the element. Read once: the verifier takes an address for one where it was compared.
    private IrValue Iterated(int field)
    {
        if (_outer is not null)
            return Capture(_outer.Iterated(field));
        if (!_iterated.TryGetValue(field, out IrValue address))
            _iterated.Add(field, address = _function.NewValue());
        return address;
    }

    // What is added meanwhile comes of a part of the script.
    private void At(Node node, Action add)
    {
        SourceSpan before = _function.Span;
        _function.Span = node.Span;
        add();
        _function.Span = before;
    }

    /// <summary>Memory until the statement or block that it is for has ended.</summary>
    private IrPlace Reserve(int size) => size <= _plan.Settings.OnStackLimit ? _function.Frame.Allocate(size) : new IrPlace(Scratch, _area.Allocate(size));

    private (int Frame, int Scratch) Mark() => (_function.Frame.Depth, _area.Depth);

    private void Release((int Frame, int Scratch) mark)
    {
        _function.Frame.Release(mark.Frame);
        _area.Release(mark.Scratch);
    }

    private Storage StorageOf(ScratchVariable variable)
    {
        LocalVariable local = variable.Variable!;
        if (Find(local) is { } found)
            return found;
        Storage storage = !local.Type!.IsScalar ? new Storage(null, Reserve(local.Type.Size))
            : local.IsAddressed ? new Storage(_function.NewValue(), Reserve(sizeof(ulong)), IsAddressed: true)
            : new Storage(_function.NewValue(), default);
        if (storage.IsAddressed)
            _function.Store(BpfSize.Bits64, storage.Place, 0);
        _variables.Add(local, storage);
        return storage;
    }

    // A variable has got a value.
    private void Assigned(ScratchVariable variable)
    {
        if (StorageOf(variable) is { IsAddressed: true, Value: { } value, Place: var place })
            _function.Store(SizeOf(variable.Variable!.Type!.Size), place, value);
    }

    private static ScriptException NotPossible(Node node, string message, string? hint = null) => new(node.Span, message, hint);
}
