using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

// What is done outside of the kernel.
internal sealed partial class ProbeGenerator
{
    // The verifier keeps up to 8192 ways that it has yet to go (BPF_COMPLEXITY_LIMIT_JMP_SEQ of kernel/bpf/verifier.c), and room that is reserved adds one each time: there may be none.
    private const long MostReserved = 512;

    // How often the verifier goes through what is being generated.
    private long _rounds = 1;

    /// <summary>What is done outside: the values, in the ring buffer; where that is full, the event is counted as lost.</summary>
    private void Event(CallExpression call, IReadOnlyList<Expression> values) => Event(call, (place, layout) =>
    {
        for (int i = 0; i < layout.Types.Count; i++)
        {
            (int, int) mark = Mark();
            if (i < values.Count)
                Into(values[i], place.At(layout.Offsets[i]), layout.Types[i], isClean: false);
            else
                Zero(place.At(layout.Offsets[i]), layout.Types[i].Size);
            Release(mark);
        }
    });

    private void Event(CallExpression call, Action<IrPlace, EventLayout> write) => Event(call.Action!.Value, write);

    private void Event(int number, Action<IrPlace, EventLayout> write)
    {
        if (_context.Pin is not null)
            return; // a warning of the program's own
        if (_rounds > MostReserved)
        {
            CopiedEvent(number, write);
            return;
        }
        EventLayout layout = _plan.Actions[number].Layout;
        // A reserved record must be given back on every way: what may leave the program early comes before.
        IrValue record = _function.Call(BpfHelper.RingbufReserve, _memory.Events, (long)layout.Size, 0L);
        IrLabel full = _function.NewLabel(), end = _function.NewLabel();
        _function.JumpIf(BpfCondition.Equal, record, 0, full);
        var place = new IrPlace(record, 0);
        WriteEvent(number, place, layout, write);
        _function.Call(BpfHelper.RingbufSubmit, record, 0L);
        _function.Jump(end);
        _function.Mark(full);
        CountLoss(ScriptMemory.EventsLost);
        _function.Mark(end);
    }

    // Made in the program's own memory and copied (bpf_ringbuf_output, Linux 5.8): nothing branches that the verifier would have to come back to in each round of a loop.
    private void CopiedEvent(int number, Action<IrPlace, EventLayout> write)
    {
        (int, int) mark = Mark();
        EventLayout layout = _plan.Actions[number].Layout;
        IrPlace place = Reserve(layout.Size);
        // On the stack nothing may be given to a helper that was not written; a map's value has no such bytes. Numbers without gaps are written whole.
        bool isFilled = layout.Types.All(static t => t.IsScalar) && layout.Types.Sum(static t => t.Size) == layout.Size - EventLayout.HeadSize;
        if (place.Base is null && !isFilled)
            Zero(place.At(EventLayout.HeadSize), layout.Size - EventLayout.HeadSize);
        WriteEvent(number, place, layout, write);
        IrValue error = _function.Call(BpfHelper.RingbufOutput, _memory.Events, place, (long)layout.Size, 0L);
        // The sign of -EAGAIN: 1 is lost.
        AddTo(_memory.Counters, ScriptMemory.EventsLost, _function.Arithmetic(BpfArithmetic.ShiftRight, error, 63));
        Release(mark);
    }

    private void WriteEvent(int number, IrPlace place, EventLayout layout, Action<IrPlace, EventLayout> write)
    {
        _function.Store(BpfSize.Bits32, place, number);
        _function.Store(BpfSize.Bits32, place.At(4), ProbeNumber());
        write(place, layout);
    }

    // It holds although the ring buffer may be full of what was printed before.
    private void Exit(CallExpression call)
    {
        IrValue? status = call.Arguments is [var argument] ? Kept(argument) : null;
        var counters = new IrPlace(_function.MapValue(_memory.Counters, 0), 0);
        if (status is { } number)
            _function.Store(BpfSize.Bits64, counters.At(ScriptMemory.ExitStatus), number);
        _function.Store(BpfSize.Bits64, counters.At(ScriptMemory.ExitAsked), 1);
        Event(call, [.. call.Arguments]);
    }

    // skboutput(path, packet, length, offset): the kernel copies the packet behind what is written here into the buffer of this CPU (bpf_skb_output of net/core/filter.c, Linux 5.5).
    private IrValue OutputPacket(CallExpression call)
    {
        (int, int) mark = Mark();
        _memory.AddPacketFile(call.Text!.Value);
        IrValue length = Kept(call.Arguments[2]);
        IrPlace head = Reserve(PacketHead.Size);
        _function.Store(BpfSize.Bits64, head.At(PacketHead.Path), call.Text!.Value);
        _function.Store(BpfSize.Bits64, head.At(PacketHead.Offset), Scalar(call.Arguments[3]));
        _function.Store(BpfSize.Bits64, head.At(PacketHead.Length), length);
        _function.Store(BpfSize.Bits64, head.At(PacketHead.Time), _function.Call(BpfHelper.KtimeGetBootNs));
        // BPF_F_CURRENT_CPU, and BPF_F_CTXLEN_MASK: how many bytes of the packet.
        IrValue bytes = _function.Arithmetic(BpfArithmetic.ShiftLeft, _function.Arithmetic(BpfArithmetic.And, length, 0xfffff), 32);
        IrValue flags = _function.Arithmetic(BpfArithmetic.Or, bytes, _function.Operand(0xffffffffL));
        IrValue error = _function.Call(BpfHelper.SkbOutput, Scalar(call.Arguments[1]), _memory.Packets, flags, head, (long)PacketHead.Size);
        Release(mark);
        return error;
    }

    // A count, then so many texts, from an array of addresses that a zero ends: the arguments of a program.
    private void Join(CallExpression call)
    {
        IrValue array = Kept(call.Arguments[0]);
        MemorySpace space = call.Arguments[0].Type is PointerType pointer ? pointer.Space : SpaceOf(call.Arguments[0]);
        Event(call, (place, layout) =>
        {
            IrValue count = _function.NewValue();
            IrLabel end = _function.NewLabel();
            _function.Constant(count, 0);
            for (int i = 1; i < layout.Types.Count; i++)
            {
                IrValue text = ReadNumber(new Location(new IrPlace(array, 8 * (i - 1)), space), IntegerType.UInt64);
                _function.JumpIf(BpfCondition.Equal, text, 0, end);
                IrPlace target = place.At(layout.Offsets[i]);
                _function.Store(BpfSize.Bits8, target, 0);
                ReadText(target, new Location(new IrPlace(text, 0), space), (long)layout.Types[i].Size, layout.Types[i].Size, isClean: false);
                _function.Arithmetic(BpfArithmetic.Add, count, count, 1);
            }
            _function.Mark(end);
            _function.Store(BpfSize.Bits64, place.At(layout.Offsets[0]), count);
        });
    }

    /// <summary>A warning that a helper has said no, the first time at this place of the script alone: it may say so at each event.</summary>
    private void Tell(int action, BpfHelper helper, IrValue error)
    {
        IrLabel end = _function.NewLabel();
        var count = new IrPlace(_function.MapValue(_memory.Counters, _memory.AddPlace()), 0);
        _function.JumpIf(BpfCondition.NotEqual, _function.Load(BpfSize.Bits64, count), 0, end);
        _function.Store(BpfSize.Bits64, count, 1);
        Event(action, (place, layout) =>
        {
            _function.Store(BpfSize.Bits32, place.At(layout.Offsets[0]), (int)helper);
            _function.Store(BpfSize.Bits32, place.At(layout.Offsets[1]), error);
        });
        _function.Mark(end);
    }
}
