using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

// count(), sum(), hist() and the like: each CPU adds to a value of its own, atomically, as a program may be interrupted by another on the same CPU.
internal sealed partial class ProbeGenerator
{
    private void Aggregate(CallExpression call, ScriptMap plan, IrMap map, Expression? key, int number)
    {
        var type = (AggregateType)plan.Value;
        // The number first: it may have calls and maps of its own.
        IrValue? amount = type.Kind == AggregateKind.Count ? null : Kept(call.Arguments[0]);
        IrValue weight = _function.Constant(1);
        IrPlace place = KeyOf(plan, key), initial = _function.Frame.Allocate(type.Size);
        switch (type.Kind)
        {
            case AggregateKind.Count:
                _function.Store(BpfSize.Bits64, initial, weight);
                AtEntry(map, place, initial, number, value => _function.Atomic(BpfAtomic.Add, BpfSize.Bits64, value, weight));
                break;
            case AggregateKind.Sum:
                _function.Store(BpfSize.Bits64, initial, amount!.Value);
                AtEntry(map, place, initial, number, value => _function.Atomic(BpfAtomic.Add, BpfSize.Bits64, value, amount.Value));
                break;
            case AggregateKind.Average or AggregateKind.Statistics:
                _function.Store(BpfSize.Bits64, initial, amount!.Value);
                _function.Store(BpfSize.Bits64, initial.At(8), weight);
                AtEntry(map, place, initial, number, value =>
                {
                    _function.Atomic(BpfAtomic.Add, BpfSize.Bits64, value, amount.Value);
                    _function.Atomic(BpfAtomic.Add, BpfSize.Bits64, value.At(8), weight);
                });
                break;
            case AggregateKind.Minimum or AggregateKind.Maximum:
                _function.Store(BpfSize.Bits64, initial, amount!.Value);
                _function.Store(BpfSize.Bits64, initial.At(8), weight);
                AtEntry(map, place, initial, number, value => Extreme(type, value, amount.Value));
                break;
            case AggregateKind.Histogram or AggregateKind.LinearHistogram:
                IrValue bucket = type.Kind == AggregateKind.Histogram ? PowerBucket(amount!.Value, type) : LinearBucket(amount!.Value, type);
                if (call.Arguments.Count > (type.Kind == AggregateKind.Histogram ? 2 : 4))
                    weight = Scalar(call.Arguments[^1]);
                _function.Store(BpfSize.Bits64, place.At(plan.BucketOffset!.Value), bucket);
                _function.Store(BpfSize.Bits64, initial, weight);
                AtEntry(map, place, initial, number, value => _function.Atomic(BpfAtomic.Add, BpfSize.Bits64, value, weight));
                break;
            case AggregateKind.TimeSeries:
                TimeSeries(type, map, place, place.At(plan.BucketOffset!.Value), initial, amount!.Value, number);
                break;
            default:
                throw new InvalidOperationException($"{type.Kind} is not known.");
        }
    }

    // What an interval has is that of the entry whose place it takes in turn: an entry that is of an older one begins anew.
    private void TimeSeries(AggregateType type, IrMap map, IrPlace key, IrPlace bucket, IrPlace initial, IrValue amount, int number)
    {
        const int valueAt = 8, extraAt = 16;
        IrValue epoch = _function.Load(BpfSize.Bits64, new IrPlace(_function.MapValue(_memory.Counters, ScriptMemory.Epoch), 0));
        IrValue now = _function.Arithmetic(BpfArithmetic.Add, _function.Call(BpfHelper.KtimeGetBootNs), epoch);
        IrValue interval = _function.Arithmetic(BpfArithmetic.Divide, now, _function.Operand(type.Interval));
        _function.Store(BpfSize.Bits64, bucket, _function.Arithmetic(BpfArithmetic.Modulo, interval, type.Intervals));
        // Of a last value when it was, of an average how many.
        IrOperand extra = type.Each switch { null => now, AggregateKind.Average => 1, _ => 0 };
        void Begin(IrPlace place)
        {
            _function.Store(BpfSize.Bits64, place, interval);
            _function.Store(BpfSize.Bits64, place.At(valueAt), amount);
            _function.Store(BpfSize.Bits64, place.At(extraAt), extra);
        }
        Begin(initial);
        AtEntry(map, key, initial, number, place =>
        {
            IrLabel same = _function.NewLabel(), end = _function.NewLabel();
            _function.JumpIf(BpfCondition.Equal, _function.Load(BpfSize.Bits64, place), interval, same);
            Begin(place);
            _function.Jump(end);
            _function.Mark(same);
            switch (type.Each)
            {
                case null:
                    Begin(place);
                    break;
                case AggregateKind.Minimum or AggregateKind.Maximum:
                    _function.JumpIf(KeepsExtreme(type.Each.Value, type.IsSigned), _function.Load(BpfSize.Bits64, place.At(valueAt)), amount, end);
                    _function.Store(BpfSize.Bits64, place.At(valueAt), amount);
                    break;
                default:
                    _function.Atomic(BpfAtomic.Add, BpfSize.Bits64, place.At(valueAt), amount);
                    if (type.Each == AggregateKind.Average)
                        _function.Atomic(BpfAtomic.Add, BpfSize.Bits64, place.At(extraAt), _function.Constant(1));
                    break;
            }
            _function.Mark(end);
        });
    }

    // An array of one for each CPU has an entry from the beginning, without a number.
    private void Extreme(AggregateType type, IrPlace value, IrValue amount)
    {
        IrLabel take = _function.NewLabel(), end = _function.NewLabel();
        _function.JumpIf(BpfCondition.Equal, _function.Load(BpfSize.Bits64, value.At(8)), 0, take);
        _function.JumpIf(KeepsExtreme(type.Kind, type.IsSigned), _function.Load(BpfSize.Bits64, value), amount, end);
        _function.Mark(take);
        _function.Store(BpfSize.Bits64, value, amount);
        _function.Store(BpfSize.Bits64, value.At(8), 1);
        _function.Mark(end);
    }

    // How the least or greatest until now compares with a number that does not replace it.
    private static BpfCondition KeepsExtreme(AggregateKind kind, bool isSigned) => (kind, isSigned) switch
    {
        (AggregateKind.Minimum, true) => BpfCondition.SignedLessOrEqual,
        (AggregateKind.Minimum, false) => BpfCondition.LessOrEqual,
        (_, true) => BpfCondition.SignedGreaterOrEqual,
        _ => BpfCondition.GreaterOrEqual,
    };

    /// <summary>
    /// The number of a bucket between powers of two, each cut into 2^k (HistogramBuckets says the same for readers): 0 below zero; n + 1 for n &lt; 2^k; else, with l the highest
    /// bit of n and s = l - k, ((s + 1) &lt;&lt; k) + (n >> s) - 2^k + 1.
    /// </summary>
    private IrValue PowerBucket(IrValue amount, AggregateType type)
    {
        int bits = type.Bits;
        IrValue bucket = _function.NewValue();
        IrLabel end = _function.NewLabel();
        if (type.IsSigned)
        {
            _function.Constant(bucket, 0);
            _function.JumpIf(BpfCondition.SignedLess, amount, 0, end);
        }
        _function.Arithmetic(BpfArithmetic.Add, bucket, amount, 1);
        _function.JumpIf(BpfCondition.Less, amount, 1 << bits, end);
        IrValue highest = HighestBit(amount);
        IrValue shift = _function.Arithmetic(BpfArithmetic.Subtract, highest, bits);
        IrValue within = _function.Arithmetic(BpfArithmetic.ShiftRight, amount, shift);
        IrValue group = _function.Arithmetic(BpfArithmetic.ShiftLeft, _function.Arithmetic(BpfArithmetic.Add, shift, 1), bits);
        _function.Arithmetic(BpfArithmetic.Add, bucket, group, within);
        _function.Arithmetic(BpfArithmetic.Add, bucket, bucket, 1 - (1 << bits));
        _function.Mark(end);
        return bucket;
    }

    // The number of the highest bit that is set, by halves.
    private IrValue HighestBit(IrValue number)
    {
        IrValue left = _function.NewValue(), highest = _function.NewValue();
        _function.Copy(left, number);
        _function.Constant(highest, 0);
        for (int half = 32; half > 0; half /= 2)
        {
            IrLabel low = _function.NewLabel();
            IrValue top = _function.Arithmetic(BpfArithmetic.ShiftRight, left, half);
            _function.JumpIf(BpfCondition.Equal, top, 0, low);
            _function.Copy(left, top);
            _function.Arithmetic(BpfArithmetic.Add, highest, highest, half);
            _function.Mark(low);
        }
        return highest;
    }

    /// <summary>The number of a bucket of one width: 0 below the least, 1 for the first, one more than the last for the greatest and above.</summary>
    private IrValue LinearBucket(IrValue amount, AggregateType type)
    {
        IrValue bucket = _function.NewValue();
        IrLabel end = _function.NewLabel();
        _function.Constant(bucket, 0);
        (BpfCondition less, BpfCondition notLess) = type.IsSigned
            ? (BpfCondition.SignedLess, BpfCondition.SignedGreaterOrEqual) : (BpfCondition.Less, BpfCondition.GreaterOrEqual);
        _function.JumpIf(less, amount, _function.Operand(type.Minimum), end);
        _function.Constant(bucket, ((type.Maximum - type.Minimum) / type.Step) + 1);
        _function.JumpIf(notLess, amount, _function.Operand(type.Maximum), end);
        IrValue distance = _function.Arithmetic(BpfArithmetic.Subtract, amount, _function.Operand(type.Minimum));
        _function.Arithmetic(BpfArithmetic.Divide, bucket, distance, _function.Operand(type.Step));
        _function.Arithmetic(BpfArithmetic.Add, bucket, bucket, 1);
        _function.Mark(end);
        return bucket;
    }

    private IrValue AggregateNumber(Expression expression, ScriptMap plan, IrMap map, Expression? key)
    {
        AggregateType type = Countable(expression, (AggregateType)plan.Value);
        (int, int) mark = Mark();
        IrValue total = Total(type, map, KeyOf(plan, key));
        Release(mark);
        return total;
    }

    private static AggregateType Countable(Expression expression, AggregateType type) =>
        TypeRules.IsCountable(type) ? type : throw NotPossible(expression, $"a value of {type} is no number");

    /// <summary>The number of an entry over all CPUs, since Linux 5.19 (bpf_map_lookup_percpu_elem); 0 where there is none.</summary>
    private IrValue Total(AggregateType type, IrMap map, IrArgument key)
    {
        IrValue total = _function.NewValue(), count = _function.NewValue(), cpu = _function.NewValue();
        _function.Constant(total, 0);
        _function.Constant(count, 0);
        _function.Constant(cpu, 0);
        IrLabel begin = _function.NewLabel(), next = _function.NewLabel(), end = _function.NewLabel();
        _function.Mark(begin);
        _function.JumpIf(BpfCondition.GreaterOrEqual, cpu, BpfMapShape.PossibleCpus, end);
        IrValue address = _function.Call(BpfHelper.MapLookupPercpuElem, map, key, cpu);
        _function.JumpIf(BpfCondition.Equal, address, 0, end);
        var place = new IrPlace(address, 0);
        IrValue value = _function.Load(BpfSize.Bits64, place);
        if (type.Kind is AggregateKind.Minimum or AggregateKind.Maximum)
        {
            // What this CPU has, if any, where no other had one or it is beyond theirs.
            IrLabel take = _function.NewLabel();
            _function.JumpIf(BpfCondition.Equal, _function.Load(BpfSize.Bits64, place.At(8)), 0, next);
            _function.JumpIf(BpfCondition.Equal, count, 0, take);
            _function.JumpIf(KeepsExtreme(type.Kind, type.IsSigned), total, value, next);
            _function.Mark(take);
            _function.Copy(total, value);
            _function.Constant(count, 1);
        }
        else
        {
            _function.Arithmetic(BpfArithmetic.Add, total, total, value);
            if (type.Kind == AggregateKind.Average)
                _function.Arithmetic(BpfArithmetic.Add, count, count, _function.Load(BpfSize.Bits64, place.At(8)));
        }
        _function.Mark(next);
        _function.Arithmetic(BpfArithmetic.Add, cpu, cpu, 1);
        _function.Jump(begin);
        _function.Mark(end);
        // A division by zero is zero.
        return type.Kind != AggregateKind.Average ? total : type.IsSigned ? SignedDivide(total, count, isModulo: false) : _function.Arithmetic(BpfArithmetic.Divide, total, count);
    }
}
