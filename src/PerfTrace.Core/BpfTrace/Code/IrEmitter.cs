using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

/// <summary>Makes the kernel's instructions of a function: values become registers and places on the stack, arguments are brought where calls take them.</summary>
internal sealed class IrEmitter
{
    // Free between instructions: for operands that lie on the stack, and for results on their way there.
    private const BpfRegister First = BpfRegister.R0, Second = BpfRegister.R5;

    private const int SlotSize = 8;

    private readonly BpfAssembler _assembler;
    private readonly IrFunction _function;
    private readonly IrAllocation _allocation;
    private readonly Func<IrFunction, BpfLabel> _functions;
    private readonly BpfLabel[] _labels;

    private IrEmitter(BpfAssembler assembler, IrFunction function, IrAllocation allocation, Func<IrFunction, BpfLabel> functions)
    {
        _assembler = assembler;
        _function = function;
        _allocation = allocation;
        _functions = functions;
        _labels = [.. Enumerable.Range(0, function.Labels).Select(_ => assembler.DefineLabel())];
    }

    /// <summary>Appends a function to a program.</summary>
    /// <param name="function">The function, complete.</param>
    /// <param name="assembler">What it is appended to.</param>
    /// <param name="functions">Where the functions begin that it calls or gives to helpers.</param>
    /// <param name="mark">Hears, before the first instruction and wherever it changes, of which part of the script the next one comes.</param>
    /// <exception cref="ScriptStackException">It needs more than the 512 bytes of stack that a program has.</exception>
    public static void Emit(IrFunction function, BpfAssembler assembler, Func<IrFunction, BpfLabel> functions, Action<SourceSpan> mark)
    {
        IrLiveness liveness = IrLiveness.Of(function);
        IrAllocation allocation = IrAllocation.Of(liveness);
        int stack = function.Frame.LargestDepth + (allocation.Slots * SlotSize);
        if (stack > IrFrame.Limit)
            throw new ScriptStackException(function.Origin, stack);
        var emitter = new IrEmitter(assembler, function, allocation, functions);
        SourceSpan span = function.Origin;
        if (span.Source is not null)
            mark(span);
        emitter.TakeParameters(liveness);
        for (int i = 0; i < liveness.Instructions.Count; i++)
        {
            IrInstruction instruction = liveness.Instructions[i];
            if (instruction.Kind != IrKind.Mark && instruction.Span != span && instruction.Span.Source is not null)
                mark(span = instruction.Span);
            emitter.Emit(instruction, i + 1 < liveness.Instructions.Count ? liveness.Instructions[i + 1] : null, liveness);
        }
    }

    // Parameters come in R1 and up.
    private void TakeParameters(IrLiveness liveness)
    {
        var moves = new List<(BpfRegister To, BpfRegister From)>();
        for (int i = 0; i < _function.Parameters; i++)
        {
            (int first, int last) = liveness.Spans[i];
            if (first > last)
                continue;
            BpfRegister source = BpfRegister.R1 + (byte)i;
            if (_allocation.Register(new IrValue(i)) is { } register)
                moves.Add((register, source));
            else
                _assembler.Store(BpfSize.Bits64, BpfRegister.R10, SlotOffset(new IrValue(i)), source);
        }
        MoveAll(moves);
    }

    private void Emit(IrInstruction instruction, IrInstruction? next, IrLiveness liveness)
    {
        switch (instruction.Kind)
        {
            case IrKind.Mark:
                _assembler.Mark(_labels[instruction.Label.Number]);
                break;
            case IrKind.Copy:
                Define(instruction.Destination!.Value, target => Move(target, Use(instruction.Left!.Value, target)));
                break;
            case IrKind.Constant:
                Define(instruction.Destination!.Value, target => _assembler.Move(target, instruction.Number));
                break;
            case IrKind.Arithmetic:
                Define(instruction.Destination!.Value, target => Calculate(instruction, target));
                break;
            case IrKind.Negate:
                Define(instruction.Destination!.Value, target =>
                {
                    Move(target, Use(instruction.Left!.Value, target));
                    _assembler.Emit(BpfInstruction.Negate64(target));
                });
                break;
            case IrKind.BigEndian:
                Define(instruction.Destination!.Value, target =>
                {
                    Move(target, Use(instruction.Left!.Value, target));
                    _assembler.Emit(BpfInstruction.BigEndian(target, (int)instruction.Number));
                });
                break;
            case IrKind.Load:
                Define(instruction.Destination!.Value, target => _assembler.Load(instruction.Size, target, Base(instruction.Place), instruction.Place.Offset));
                break;
            case IrKind.Store:
                Store(instruction);
                break;
            case IrKind.Atomic:
                _assembler.Atomic(instruction.Atomic, instruction.Size, Base(instruction.Place), instruction.Place.Offset, Use(instruction.Right.Value, Second));
                break;
            case IrKind.Address:
                Define(instruction.Destination!.Value, target => Address(target, Base(instruction.Place), instruction.Place.Offset));
                break;
            case IrKind.MapValue:
                Define(instruction.Destination!.Value, target => _assembler.LoadMapValue(target, instruction.Map!.Descriptor, (int)instruction.Number));
                break;
            case IrKind.Call:
                Call(instruction, liveness);
                break;
            case IrKind.Jump:
                if (next is not { Kind: IrKind.Mark } || next.Label != instruction.Label)
                    _assembler.Goto(_labels[instruction.Label.Number]);
                break;
            case IrKind.JumpIf:
                JumpIf(instruction);
                break;
            case IrKind.Return:
                if (instruction.Right.IsValue)
                    Move(First, Use(instruction.Right.Value, First));
                else
                    _assembler.Move(First, instruction.Right.Number);
                _assembler.Exit();
                break;
            default:
                throw new InvalidOperationException($"{instruction.Kind} is not known.");
        }
    }

    private void Calculate(IrInstruction instruction, BpfRegister target)
    {
        IrValue left = instruction.Left!.Value;
        if (!instruction.Right.IsValue)
        {
            Move(target, Use(left, target));
            if (instruction.IsNarrow)
                _assembler.Alu32(instruction.Operation, target, instruction.Right.Number);
            else
                _assembler.Alu64(instruction.Operation, target, instruction.Right.Number);
            return;
        }
        BpfRegister right = Use(instruction.Right.Value, Second);
        // The target is what is taken away or divided by: it must not be overwritten before.
        BpfRegister place = right == target && instruction.Right.Value != left ? First : target;
        Move(place, Use(left, place));
        if (instruction.IsNarrow)
            _assembler.Alu32(instruction.Operation, place, right);
        else
            _assembler.Alu64(instruction.Operation, place, right);
        Move(target, place);
    }

    private void Store(IrInstruction instruction)
    {
        BpfRegister address = Base(instruction.Place);
        if (instruction.Right.IsValue)
            _assembler.Store(instruction.Size, address, instruction.Place.Offset, Use(instruction.Right.Value, Second));
        else
            _assembler.Store(instruction.Size, address, instruction.Place.Offset, instruction.Right.Number);
    }

    private void JumpIf(IrInstruction instruction)
    {
        BpfRegister left = Use(instruction.Left!.Value, First);
        BpfLabel label = _labels[instruction.Label.Number];
        if (instruction.Right.IsValue)
        {
            BpfRegister right = Use(instruction.Right.Value, Second);
            if (instruction.IsNarrow)
                _assembler.JumpIf32(instruction.Condition, left, right, label);
            else
                _assembler.JumpIf64(instruction.Condition, left, right, label);
        }
        else if (instruction.IsNarrow)
        {
            _assembler.JumpIf32(instruction.Condition, left, instruction.Right.Number, label);
        }
        else
        {
            _assembler.JumpIf64(instruction.Condition, left, instruction.Right.Number, label);
        }
    }

    private void Call(IrInstruction instruction, IrLiveness liveness)
    {
        var moves = new List<(BpfRegister To, BpfRegister From)>();
        for (int i = 0; i < instruction.Arguments.Length; i++)
        {
            if (instruction.Arguments[i].Used is { } used && _allocation.Register(used) is { } register)
                moves.Add((BpfRegister.R1 + (byte)i, register));
        }
        MoveAll(moves);
        for (int i = 0; i < instruction.Arguments.Length; i++)
            Bring(instruction.Arguments[i], BpfRegister.R1 + (byte)i);
        if (instruction.Function is { } function)
            _assembler.Call(_functions(function));
        else
            _assembler.Call(instruction.Helper);
        IrValue result = instruction.Destination!.Value;
        if (liveness.Spans[result.Number].First > liveness.Spans[result.Number].Last)
            return;
        if (_allocation.Register(result) is { } place)
            Move(place, BpfRegister.R0);
        else
            _assembler.Store(BpfSize.Bits64, BpfRegister.R10, SlotOffset(result), BpfRegister.R0);
    }

    // What registers have is in its place already.
    private void Bring(IrArgument argument, BpfRegister target)
    {
        switch (argument.Kind)
        {
            case IrArgumentKind.Value:
                if (_allocation.Register(argument.Value) is null)
                    Use(argument.Value, target);
                break;
            case IrArgumentKind.Number:
                _assembler.Move(target, argument.Number);
                break;
            case IrArgumentKind.Address:
                Address(target, argument.Place.Base is not { } address ? BpfRegister.R10 : _allocation.Register(address) is null ? Use(address, target) : target, argument.Place.Offset);
                break;
            case IrArgumentKind.Map:
                _assembler.LoadMap(target, argument.Map!.Descriptor);
                break;
            default:
                _assembler.LoadFunction(target, _functions(argument.Function!));
                break;
        }
    }

    // All at once: a register that is still to be read is not written. A ring of them is opened with the first scratch register.
    private void MoveAll(List<(BpfRegister To, BpfRegister From)> moves)
    {
        moves.RemoveAll(static m => m.To == m.From);
        while (moves.Count > 0)
        {
            int free = moves.FindIndex(m => moves.TrueForAll(other => other.From != m.To));
            if (free >= 0)
            {
                Move(moves[free].To, moves[free].From);
                moves.RemoveAt(free);
                continue;
            }
            BpfRegister blocked = moves[0].From;
            Move(First, blocked);
            for (int i = 0; i < moves.Count; i++)
            {
                if (moves[i].From == blocked)
                    moves[i] = (moves[i].To, First);
            }
        }
    }

    private void Address(BpfRegister target, BpfRegister from, int offset)
    {
        Move(target, from);
        if (offset != 0)
            _assembler.Alu64(BpfArithmetic.Add, target, offset);
    }

    private BpfRegister Base(IrPlace place) => place.Base is { } address ? Use(address, First) : BpfRegister.R10;

    // The register that has a value; from the stack it is brought to the one that is given.
    private BpfRegister Use(IrValue value, BpfRegister scratch)
    {
        if (_allocation.Register(value) is { } register)
            return register;
        _assembler.Load(BpfSize.Bits64, scratch, BpfRegister.R10, SlotOffset(value));
        return scratch;
    }

    private void Define(IrValue value, Action<BpfRegister> make)
    {
        if (_allocation.Register(value) is { } register)
        {
            make(register);
            return;
        }
        make(First);
        _assembler.Store(BpfSize.Bits64, BpfRegister.R10, SlotOffset(value), First);
    }

    private int SlotOffset(IrValue value)
    {
        int slot = _allocation.Slot(value);
        return slot > 0 ? -(_function.Frame.LargestDepth + (slot * SlotSize)) : throw new InvalidOperationException($"{value} is read before it has been given a value.");
    }

    private void Move(BpfRegister target, BpfRegister source)
    {
        if (target != source)
            _assembler.Move(target, source);
    }
}
