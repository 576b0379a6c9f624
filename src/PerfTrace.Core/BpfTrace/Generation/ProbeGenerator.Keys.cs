using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

// Functions of a map's keys.
internal sealed partial class ProbeGenerator
{
    // Some 500 come through the verifier of Linux 5.15, whose work grows with their square.
    private const int MostBuckets = 500;

    // delete(@x[1]) and delete(@x, 1) say the same. 1 where there was an entry.
    private IrValue Delete(CallExpression call)
    {
        IrValue error = DeleteEntry(call), result = _function.NewValue();
        IrLabel end = _function.NewLabel();
        _function.Constant(result, 0);
        _function.JumpIf(BpfCondition.NotEqual, error, 0, end);
        _function.Constant(result, 1);
        _function.Mark(end);
        return result;
    }

    // Nobody asks whether there was an entry: where there was none, a warning says so.
    private void DeleteOrTell(CallExpression call)
    {
        IrValue error = DeleteEntry(call);
        IrLabel good = _function.NewLabel();
        _function.JumpIf(BpfCondition.Equal, error, 0, good);
        Tell(call.Action!.Value, BpfHelper.MapDeleteElem, error);
        _function.Mark(good);
    }

    // 0, or the error.
    private IrValue DeleteEntry(CallExpression call)
    {
        (ScriptMap plan, IrMap map, Expression? key, _) = MapOf(call.Arguments[0]);
        if (call.Arguments.Count > 1)
            key = call.Arguments[1];
        (int, int) mark = Mark();
        IrValue error = _function.NewValue();
        IrPlace place = KeyOf(plan, key);
        if (plan.BucketOffset is { } offset)
        {
            // Each bucket is an entry of its own.
            _function.Constant(error, -2);
            OverBuckets(call, plan, place, offset, error, static (function, map, key, error) =>
            {
                IrLabel missing = function.NewLabel();
                function.JumpIf(BpfCondition.NotEqual, function.Call(BpfHelper.MapDeleteElem, map, key), 0, missing);
                function.Constant(error, 0);
                function.Mark(missing);
            });
        }
        else if (plan is { IsPerCpu: true, Key: null })
        {
            // An array's element can not go: it is zero on every CPU.
            _function.Constant(error, 0);
            OverCpus(map, place, value => Zero(value, plan.Value.Size));
        }
        else
        {
            _function.Copy(error, _function.Call(BpfHelper.MapDeleteElem, map, place));
        }
        Release(mark);
        return error;
    }

    private IrValue HasKey(CallExpression call)
    {
        (ScriptMap plan, IrMap map, _, _) = MapOf(call.Arguments[0]);
        (int, int) mark = Mark();
        IrPlace place = KeyOf(plan, call.Arguments[1]);
        IrValue result = _function.NewValue();
        _function.Constant(result, 0);
        static void Look(IrFunction function, IrMap map, IrPlace key, IrValue result)
        {
            IrLabel missing = function.NewLabel();
            function.JumpIf(BpfCondition.Equal, function.Call(BpfHelper.MapLookupElem, map, key), 0, missing);
            function.Constant(result, 1);
            function.Mark(missing);
        }
        if (plan.BucketOffset is { } offset)
            OverBuckets(call, plan, place, offset, result, Look);
        else
            Look(_function, map, place, result);
        Release(mark);
        return result;
    }

    // find(@x, key, $v): where there is an entry, the variable has its value.
    private IrValue Find(CallExpression call)
    {
        (ScriptMap plan, IrMap map, _, _) = MapOf(call.Arguments[0]);
        var variable = (ScratchVariable)call.Arguments[2];
        Storage storage = StorageOf(variable);
        (int, int) mark = Mark();
        IrPlace place = KeyOf(plan, call.Arguments[1]);
        IrValue result = _function.NewValue();
        IrLabel end = _function.NewLabel();
        _function.Constant(result, 0);
        IrValue address = _function.Call(BpfHelper.MapLookupElem, map, place);
        _function.JumpIf(BpfCondition.Equal, address, 0, end);
        if (plan.Value is AggregateType aggregate)
            _function.Copy(storage.Value!.Value, Convert(Total(Countable(call.Arguments[0], aggregate), map, place), TypeRules.ValueOf(aggregate), variable.Variable!.Type!));
        else if (storage.Value is { } own)
            _function.Copy(own, Convert(ReadNumber(new Location(new IrPlace(address, 0), MemorySpace.Program), plan.Value), plan.Value, variable.Variable!.Type!));
        else
            Widen(new IrPlace(address, 0), plan.Value, storage.Place, variable.Variable!.Type!);
        Assigned(variable);
        _function.Constant(result, 1);
        _function.Mark(end);
        Release(mark);
        return result;
    }

    // len(@x): the kernel tells how many entries it has gone through (bpf_for_each_map_elem, Linux 5.13). It calls a function for each, which does nothing.
    private IrValue MapLength(CallExpression call)
    {
        (ScriptMap plan, IrMap map, _, _) = MapOf(call.Arguments[0]);
        if (plan.BucketOffset is not null)
            throw NotPossible(call, $"the entries of {plan.Name} can not be counted: each part of a histogram is one to the kernel");
        var each = new IrFunction(4, "each", call.Span);
        each.Return(0);
        return _function.Call(BpfHelper.ForEachMapElem, map, each, FramePointer, 0L);
    }

    // Does something with the key of each bucket that a histogram can have, which notes its result.
    private void OverBuckets(CallExpression call, ScriptMap plan, IrPlace key, int offset, IrValue result, Action<IrFunction, IrMap, IrPlace, IrValue> act)
    {
        var type = (AggregateType)plan.Value;
        IrMap map = MapOf(call.Arguments[0]).Map;
        long count = type.Kind switch
        {
            AggregateKind.Histogram => ((64L - type.Bits) << type.Bits) + (1 << type.Bits) + 1,
            AggregateKind.LinearHistogram => ((type.Maximum - type.Minimum) / type.Step) + 2,
            AggregateKind.TimeSeries => type.Intervals,
            _ => throw NotPossible(call, $"{type.Name} has no buckets"),
        };
        if (count > MostInline && _memory.HasLoop)
        {
            Called(call, count, (round, number) =>
            {
                IrPlace own = round.Outside(key);
                round._function.Store(BpfSize.Bits64, own.At(offset), number);
                act(round._function, map, own, round.Capture(result));
            });
            return;
        }
        // Before Linux 5.17 the verifier goes through each.
        if (count > MostBuckets)
            throw NotPossible(call, $"the {count} parts of an entry of {plan.Name} can not be gone through: this kernel's verifier takes {MostBuckets}");
        IrValue at = _function.NewValue();
        IrLabel begin = _function.NewLabel(), end = _function.NewLabel();
        _function.Constant(at, 0);
        _function.Mark(begin);
        _function.JumpIf(BpfCondition.GreaterOrEqual, at, (int)count, end);
        _function.Store(BpfSize.Bits64, key.At(offset), at);
        act(_function, map, key, result);
        _function.Arithmetic(BpfArithmetic.Add, at, at, 1);
        _function.Jump(begin);
        _function.Mark(end);
    }

    // Does something with the value that each CPU has of an entry, since Linux 5.19 (bpf_map_lookup_percpu_elem).
    private void OverCpus(IrMap map, IrPlace key, Action<IrPlace> act)
    {
        IrValue cpu = _function.NewValue();
        IrLabel begin = _function.NewLabel(), end = _function.NewLabel();
        _function.Constant(cpu, 0);
        _function.Mark(begin);
        _function.JumpIf(BpfCondition.GreaterOrEqual, cpu, BpfMapShape.PossibleCpus, end);
        IrValue address = _function.Call(BpfHelper.MapLookupPercpuElem, map, key, cpu);
        _function.JumpIf(BpfCondition.Equal, address, 0, end);
        act(new IrPlace(address, 0));
        _function.Arithmetic(BpfArithmetic.Add, cpu, cpu, 1);
        _function.Jump(begin);
        _function.Mark(end);
    }
}
