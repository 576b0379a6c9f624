using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

// Loops whose body is a function of its own, which the kernel calls for each entry or number. It reaches what lies on the stack of the function around it by that one's frame
// pointer; values that are in registers there are put on that stack before the loop. Those that the body changes are put in the map beside the stack, and taken from it when the
// loop has ended: of what comes out of a map the verifier knows no value, so that it does not follow a counter round by round.
internal sealed partial class ProbeGenerator
{
    // Rounds that the verifier goes through one by one as quickly as it looks at a function.
    private const int MostInline = 32;

    // BPF_MAX_LOOPS of include/linux/bpf.h.
    internal const int MostRounds = 8 << 20;

    private readonly ProbeGenerator? _outer;
    private readonly IrValue _outerFrame;
    private readonly Dictionary<IrValue, IrValue> _captures = [];
    private readonly Dictionary<LocalVariable, Storage> _outerVariables = [];
    private readonly List<(IrValue Outer, IrValue Own, int At)> _changed = [];
    private readonly List<(IrValue Outer, IrPlace Place)> _unchanged = [];

    // Where the function around this one says that the program ends with the loop; null: it does not.
    private IrPlace? _leaves;

    // The body of a loop in another function.
    private ProbeGenerator(ProbeGenerator outer, Node loop, int parameters)
        : this(outer._memory, outer._context, new IrFunction(parameters, $"loop_{loop.Span.Source.Position(loop.Span.Start).Line}", loop.Span))
    {
        _outer = outer;
        // The helpers give what they were given for it last.
        _outerFrame = _function.Parameter(parameters - 1);
        _area = outer._area;
        _rounds = outer._rounds;
        _ownFunctions = outer._ownFunctions;
        _definition = outer._definition;
    }

    private void ForMap(ForMapStatement loop)
    {
        (ScriptMap plan, IrMap map, _, _) = MapOf(loop.Map);
        // long callback(map, const void *key, void *value, void *frame)
        var body = new ProbeGenerator(this, loop, 4);
        body.Round(loop.Body, () => body.Entry(loop.Variable, plan, map));
        Run(body, () => _function.Call(BpfHelper.ForEachMapElem, map, body._function, FramePointer, 0L));
    }

    // ($key, $value) out of the map's own memory.
    private void Entry(ScratchVariable variable, ScriptMap plan, IrMap map)
    {
        IrPlace pair = StorageOf(variable).Place;
        var type = (TupleType)variable.Variable!.Type!;
        IrValue key = _function.Parameter(1);
        if (type.Elements.Sum(static e => e.Size) < type.Size)
            Zero(pair, type.Size);
        WidenElement(new IrPlace(key, 0), plan.Key!, pair, type.Elements[0]);
        IrPlace value = pair.At(type.Offsets[1]);
        if (plan.Value is AggregateType aggregate)
            _function.Store(BpfSize.Bits64, value, Total(aggregate, map, key));
        else
            WidenElement(new IrPlace(_function.Parameter(2), 0), plan.Value, value, type.Elements[1]);
    }

    private void ForRange(ForRangeStatement range)
    {
        Int128? rounds = KnownNumber(range.From) is { } first && KnownNumber(range.To) is { } last ? Int128.Max(last - first, 0) : null;
        if (rounds > MostRounds)
            throw NotPossible(range.To, $"the range has {rounds} numbers; it may have {MostRounds}", "break leaves a loop before its end: write an end that is not so far");
        if (rounds <= MostInline || !_memory.HasLoop)
        {
            ForRangeInline(range, rounds);
            return;
        }
        IrValue start = Kept(range.From), end = Kept(range.To), count = _function.Constant(0);
        IrLabel few = _function.NewLabel();
        SkipIfEmpty(range, start, end, few);
        _function.Arithmetic(BpfArithmetic.Subtract, count, end, start);
        _function.JumpIf(BpfCondition.LessOrEqual, count, MostRounds, few);
        _function.Constant(count, MostRounds);
        CountLoss(ScriptMemory.LoopsCut);
        _function.Mark(few);
        // long callback(u32 index, void *frame)
        var body = new ProbeGenerator(this, range, 2);
        body.Round(range.Body, () =>
        {
            body._function.Arithmetic(BpfArithmetic.Add, body.StorageOf(range.Variable).Value!.Value, body.Capture(start), body._function.Parameter(0));
            body.Assigned(range.Variable);
        });
        Run(body, () => _function.Call(BpfHelper.Loop, count, body._function, FramePointer, 0L));
    }

    /// <summary>Does something so many times, in a function that the verifier looks at once.</summary>
    /// <param name="node">What it is for.</param>
    /// <param name="rounds">How many times.</param>
    /// <param name="round">Adds it: gets the generator of that function and the number of the round, from 0.</param>
    private void Called(Node node, long rounds, Action<ProbeGenerator, IrValue> round)
    {
        var body = new ProbeGenerator(this, node, 2);
        body.Round(() => round(body, body._function.Parameter(0)), static () => { });
        Run(body, () => _function.Call(BpfHelper.Loop, _function.Constant(rounds), body._function, FramePointer, 0L));
    }

    private void ForRangeInline(ForRangeStatement range, Int128? rounds)
    {
        IrValue last = Kept(range.To);
        IrValue counter = Kept(range.From), shown = StorageOf(range.Variable).Value!.Value;
        IrLabel begin = _function.NewLabel(), next = _function.NewLabel(), end = _function.NewLabel();
        _function.Mark(begin);
        SkipIfEmpty(range, counter, last, end);
        // The body may change its variable, not the loop's.
        _function.Copy(shown, counter);
        Assigned(range.Variable);
        _loops.Push((end, next));
        Repeated(rounds is { } known ? Math.Max((long)known, 1) : long.MaxValue, () => Block(range.Body));
        _loops.Pop();
        _function.Mark(next);
        _function.Arithmetic(BpfArithmetic.Add, counter, counter, 1);
        _function.Jump(begin);
        _function.Mark(end);
    }

    // Numbers of 64 bits without a sign may be larger than those with one ever are, and those with one less than all without.
    private void SkipIfEmpty(ForRangeStatement range, IrValue from, IrValue to, IrLabel end)
    {
        if (!MayBeLarge(range.From) && !MayBeLarge(range.To))
        {
            _function.JumpIf(BpfCondition.SignedGreaterOrEqual, from, to, end);
            return;
        }
        IrLabel some = _function.NewLabel();
        if (MayBeNegative(range.From))
            _function.JumpIf(BpfCondition.SignedLess, from, 0, some);
        if (MayBeNegative(range.To))
            _function.JumpIf(BpfCondition.SignedLess, to, 0, end);
        _function.JumpIf(BpfCondition.GreaterOrEqual, from, to, end);
        _function.Mark(some);
    }

    private static bool MayBeLarge(Expression number) => KnownNumber(number) is { } known ? known > long.MaxValue : number.Type!.Size == 8 && !IsSigned(number.Type);

    private static bool MayBeNegative(Expression number) => KnownNumber(number) is { } known ? known < 0 : IsSigned(number.Type!);

    private static Int128? KnownNumber(Expression number) => number.Constant is not { } known ? null : IsSigned(number.Type!) ? known : (ulong)known;

    private static IrPlace FramePointer => new(null, 0);

    // One round of a loop, as a function that returns 0 for the next one and 1 for no more.
    private void Round(BlockExpression body, Action begin) => Round(() => Block(body), begin);

    private void Round(Action body, Action begin)
    {
        (int, int) mark = Mark();
        IrLabel next = _function.NewLabel(), stop = _function.NewLabel(), exit = _function.NewLabel();
        IrValue result = _function.NewValue();
        begin();
        _loops.Push((stop, next));
        body();
        _loops.Pop();
        _function.Mark(next);
        _function.Constant(result, 0);
        _function.Jump(exit);
        // A return ends the functions around this one, too.
        _function.Mark(_end);
        if (_function.Instructions.Any(i => i.Label == _end && i.Kind is IrKind.Jump or IrKind.JumpIf))
        {
            _leaves = _outer!._function.Frame.Allocate(8);
            _function.Store(BpfSize.Bits64, Outside(_leaves.Value), 1);
        }
        _function.Mark(stop);
        _function.Constant(result, 1);
        _function.Mark(exit);
        foreach ((IrValue outer, IrValue own) in _captures.Where(c => _function.Instructions.Any(i => i.Destination == c.Value)))
            _changed.Add((outer, own, _area.AllocateApart(8)));
        foreach ((_, IrValue own, int at) in _changed)
            _function.Store(BpfSize.Bits64, new IrPlace(Scratch, at), own);
        _function.Return(result);
        Release(mark);
        foreach (IrValue outer in _captures.Keys.Except(_changed.Select(static c => c.Outer)))
            _unchanged.Add((outer, _outer!._function.Frame.Allocate(8)));
        _function.AtBegin(() =>
        {
            foreach ((IrValue outer, IrPlace place) in _unchanged)
                _function.Load(BpfSize.Bits64, _captures[outer], Outside(place));
            foreach ((_, IrValue own, int at) in _changed)
                _function.Load(BpfSize.Bits64, own, new IrPlace(Scratch, at));
            foreach (Storage storage in _variables.Values)
            {
                if (storage.Value is { } value)
                    _function.Constant(value, 0);
            }
        });
    }

    // The loop, in the function around its body.
    private void Run(ProbeGenerator body, Action call)
    {
        foreach ((IrValue outer, IrPlace place) in body._unchanged)
            _function.Store(BpfSize.Bits64, place, outer);
        foreach ((IrValue outer, _, int at) in body._changed)
            _function.Store(BpfSize.Bits64, new IrPlace(Scratch, at), outer);
        if (body._leaves is { } leaves)
            _function.Store(BpfSize.Bits64, leaves, 0);
        call();
        foreach ((IrValue outer, _, int at) in body._changed)
            _function.Load(BpfSize.Bits64, outer, new IrPlace(Scratch, at));
        if (body._leaves is { } left)
            _function.JumpIf(BpfCondition.NotEqual, _function.Load(BpfSize.Bits64, left), 0, _end);
    }

    /// <summary>A value of the function around this one.</summary>
    private IrValue Capture(IrValue outer)
    {
        if (!_captures.TryGetValue(outer, out IrValue own))
            _captures.Add(outer, own = _function.NewValue());
        return own;
    }

    // A place on the stack of the function around this one, or behind an address that it has.
    private IrPlace Outside(IrPlace place) => place.Base is { } address ? new IrPlace(Capture(address), place.Offset) : new IrPlace(_outerFrame, place.Offset);

    // A variable that this function has, or one around it.
    private Storage? Find(LocalVariable local)
    {
        if (_variables.TryGetValue(local, out Storage own) || _outerVariables.TryGetValue(local, out own))
            return own;
        if (_outer?.Find(local) is not { } outer)
            return null;
        Storage found = outer.Value is { } value ? new Storage(Capture(value), outer.IsAddressed ? Outside(outer.Place) : default, outer.IsAddressed) : new Storage(null, Outside(outer.Place));
        _outerVariables.Add(local, found);
        return found;
    }
}
