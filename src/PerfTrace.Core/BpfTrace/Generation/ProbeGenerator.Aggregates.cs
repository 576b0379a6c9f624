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
            default:
                throw NotPossible(call, $"{call.Name}() can not be compiled yet");
        }
    }

    // An array of one for each CPU has an entry from the beginning, without a number.
    private void Extreme(AggregateType type, IrPlace value, IrValue amount)
    {
        IrLabel take = _function.NewLabel(), end = _function.NewLabel();
        _function.JumpIf(BpfCondition.Equal, _function.Load(BpfSize.Bits64, value.At(8)), 0, take);
        BpfCondition keeps = (type.Kind, type.IsSigned) switch
        {
            (AggregateKind.Minimum, true) => BpfCondition.SignedLessOrEqual,
            (AggregateKind.Minimum, false) => BpfCondition.LessOrEqual,
            (_, true) => BpfCondition.SignedGreaterOrEqual,
            _ => BpfCondition.GreaterOrEqual,
        };
        _function.JumpIf(keeps, _function.Load(BpfSize.Bits64, value), amount, end);
        _function.Mark(take);
        _function.Store(BpfSize.Bits64, value, amount);
        _function.Store(BpfSize.Bits64, value.At(8), 1);
        _function.Mark(end);
    }

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

    // The sum over all CPUs, since Linux 5.19 (bpf_map_lookup_percpu_elem).
    private IrValue AggregateNumber(Expression expression, ScriptMap plan, IrMap map, Expression? key)
    {
        if (((AggregateType)plan.Value).Kind is not (AggregateKind.Count or AggregateKind.Sum))
            throw NotPossible(expression, $"a value of {plan.Value} can not be read as a number yet");
        (int, int) mark = Mark();
        IrPlace place = KeyOf(plan, key);
        IrValue sum = _function.NewValue(), cpu = _function.NewValue();
        _function.Constant(sum, 0);
        _function.Constant(cpu, 0);
        IrLabel begin = _function.NewLabel(), end = _function.NewLabel();
        _function.Mark(begin);
        _function.JumpIf(BpfCondition.GreaterOrEqual, cpu, Environment.ProcessorCount, end);
        IrValue address = _function.Call(BpfHelper.MapLookupPercpuElem, map, place, cpu);
        _function.JumpIf(BpfCondition.Equal, address, 0, end);
        _function.Arithmetic(BpfArithmetic.Add, sum, sum, _function.Load(BpfSize.Bits64, new IrPlace(address, 0)));
        _function.Arithmetic(BpfArithmetic.Add, cpu, cpu, 1);
        _function.Jump(begin);
        _function.Mark(end);
        Release(mark);
        return sum;
    }
}
