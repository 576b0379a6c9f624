using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

internal sealed partial class ProbeGenerator
{
    // BPF_ANY and BPF_NOEXIST of include/uapi/linux/bpf.h; EEXIST.
    private const long Any = 0, OnlyNew = 1;
    private const int Exists = -17;

    private (ScriptMap Plan, IrMap Map, Expression? Key, int Number) MapOf(Expression expression)
    {
        (string name, Expression? key) = expression switch
        {
            MapAccess access => (access.Map.Name, access.Key),
            MapExpression whole => (whole.Name, (Expression?)null),
            _ => throw NotPossible(expression, "this is no map"),
        };
        int number = _plan.Maps.Select(static (m, i) => (m, i)).First(pair => pair.m.Name == name).i;
        return (_plan.Maps[number], _memory.Maps[name], key, number);
    }

    /// <summary>The key of an entry, in memory, with room for a bucket's number where the map has them.</summary>
    private IrPlace KeyOf(ScriptMap map, Expression? key)
    {
        IrPlace place = Reserve(map.TotalKeyBytes);
        if (map.Key is not { } type)
        {
            if (map.KeyBytes > 0)
                _function.Store(BpfSize.Bits32, place, 0);
            return place;
        }
        Into(key!, place, type);
        if (map.KeyBytes > type.Size)
            Zero(place.At(type.Size), map.KeyBytes - type.Size);
        return place;
    }

    private IrValue MapNumber(Expression expression)
    {
        (ScriptMap plan, IrMap map, Expression? key, _) = MapOf(expression);
        if (plan.Value is AggregateType)
            return AggregateNumber(expression, plan, map, key);
        (int, int) mark = Mark();
        IrPlace place = KeyOf(plan, key);
        IrValue result = _function.NewValue();
        _function.Constant(result, 0);
        IrLabel end = _function.NewLabel();
        IrValue address = _function.Call(BpfHelper.MapLookupElem, map, place);
        _function.JumpIf(BpfCondition.Equal, address, 0, end);
        _function.Copy(result, ReadNumber(new Location(new IrPlace(address, 0), MemorySpace.Program), plan.Value));
        _function.Mark(end);
        Release(mark);
        return result;
    }

    private void MapInto(Expression expression, IrPlace target, ScriptType type)
    {
        (ScriptMap plan, IrMap map, Expression? key, _) = MapOf(expression);
        IrPlace place = KeyOf(plan, key);
        IrLabel missing = _function.NewLabel(), end = _function.NewLabel();
        IrValue address = _function.Call(BpfHelper.MapLookupElem, map, place);
        _function.JumpIf(BpfCondition.Equal, address, 0, missing);
        Widen(new IrPlace(address, 0), plan.Value, target, type);
        _function.Jump(end);
        _function.Mark(missing);
        Zero(target, type.Size);
        _function.Mark(end);
    }

    private void AssignMap(AssignStatement assignment)
    {
        (ScriptMap plan, IrMap map, Expression? key, int number) = MapOf(assignment.Target);
        if (assignment.Operator is null && ProbeChecker.Innermost(assignment.Value) is CallExpression { Function: >= ScriptFunction.Count and <= ScriptFunction.TSeries } aggregate)
        {
            InBlocks(assignment.Value, () => Aggregate(aggregate, plan, map, key, number));
            return;
        }
        IrPlace value;
        if (plan.Value.IsScalar)
        {
            // "@x += y" is "@x = @x + y". Otherwise the value first: it may have keys of its own.
            IrValue? before = assignment.Operator is not null && Effects.In(assignment.Value) ? MapNumber(assignment.Target) : null;
            IrValue result = Scalar(assignment.Value);
            if (assignment.Operator is { } operation)
                result = Calculate(operation, before ?? MapNumber(assignment.Target), assignment.Target.Type!, result, assignment.Value.Type!, assignment.Warning);
            value = ReserveValue(plan.Value.Size);
            _function.Store(SizeOf(plan.Value.Size), value, result);
        }
        else
        {
            value = ReserveValue(plan.Value.Size);
            Into(assignment.Value, value, plan.Value);
        }
        Update(map, KeyOf(plan, key), value, number);
    }

    // The values of maps are multiples of 8 bytes, and before Linux 6.3 the verifier wants all of them written.
    private IrPlace ReserveValue(int size)
    {
        IrPlace place = Reserve(ScriptType.AlignUp(size, sizeof(ulong)));
        if (size % sizeof(ulong) != 0)
            _function.Store(BpfSize.Bits64, place.At(size / sizeof(ulong) * sizeof(ulong)), 0);
        return place;
    }

    private void Update(IrMap map, IrPlace key, IrPlace value, int number)
    {
        IrValue error = _function.Call(BpfHelper.MapUpdateElem, map, key, value, Any);
        IrLabel good = _function.NewLabel();
        _function.JumpIf(BpfCondition.Equal, error, 0, good);
        CountLoss(ScriptMemory.MapLost(number));
        _function.Mark(good);
    }

    /// <summary>
    /// Does something with the value of an entry where it lies; where there is none, one is made first, of the value that is given: then nothing else is done. Two CPUs may
    /// make one at a time: who comes second finds it made and does it there. An entry that finds no room is counted.
    /// </summary>
    private void AtEntry(IrMap map, IrPlace key, IrPlace initial, int number, Action<IrPlace> change)
    {
        IrLabel found = _function.NewLabel(), lost = _function.NewLabel(), end = _function.NewLabel();
        IrValue address = _function.NewValue();
        _function.Copy(address, _function.Call(BpfHelper.MapLookupElem, map, key));
        _function.JumpIf(BpfCondition.NotEqual, address, 0, found);
        IrValue error = _function.Call(BpfHelper.MapUpdateElem, map, key, initial, OnlyNew);
        _function.JumpIf(BpfCondition.Equal, error, 0, end);
        _function.JumpIf(BpfCondition.NotEqual, error, Exists, lost);
        _function.Copy(address, _function.Call(BpfHelper.MapLookupElem, map, key));
        _function.JumpIf(BpfCondition.NotEqual, address, 0, found);
        _function.Mark(lost);
        CountLoss(ScriptMemory.MapLost(number));
        _function.Jump(end);
        _function.Mark(found);
        change(new IrPlace(address, 0));
        _function.Mark(end);
    }

    // @x++ adds where the entry lies, so that two CPUs lose nothing.
    private IrValue? StepMap(Expression target, int step, bool isBefore, bool needsValue)
    {
        (ScriptMap plan, IrMap map, Expression? key, int number) = MapOf(target);
        (int, int) mark = Mark();
        IrPlace place = KeyOf(plan, key), initial = Reserve(plan.Value.Size);
        _function.Store(BpfSize.Bits64, initial, step);
        IrValue? result = null;
        if (needsValue)
        {
            result = _function.NewValue();
            _function.Constant(result.Value, isBefore ? step : 0);
        }
        AtEntry(map, place, initial, number, value =>
        {
            if (result is { } read)
            {
                _function.Load(BpfSize.Bits64, read, value);
                if (isBefore)
                    _function.Arithmetic(BpfArithmetic.Add, read, read, step);
            }
            _function.Atomic(BpfAtomic.Add, BpfSize.Bits64, value, _function.Constant(step));
        });
        Release(mark);
        return result;
    }
}
