using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

/// <summary>
/// A function while it is put together: steps over as many values as are wanted, labels, and memory on the stack. <see cref="IrEmitter"/> gives the values registers and makes
/// the kernel's instructions of it.
/// </summary>
internal sealed class IrFunction
{
    // The kernel takes a program of a million instructions: what is longer ends in a message, and not in all of the machine's memory.
    private const int MostInstructions = 1 << 20;

    private readonly List<IrInstruction> _instructions = [];
    private int? _insertion;

    /// <param name="parameters">How many arguments it is called with: 1 for a program, whose argument is its context.</param>
    /// <param name="name">For listings.</param>
    /// <param name="span">The part of the script that it is made of; without a source: none.</param>
    public IrFunction(int parameters = 1, string name = "main", SourceSpan span = default)
    {
        Parameters = parameters;
        Name = name;
        Origin = Span = span;
        Values = parameters;
    }

    public int Parameters { get; }

    public string Name { get; }

    /// <summary>The part of the script that it is made of.</summary>
    public SourceSpan Origin { get; }

    /// <summary>The part of the script that what is added comes of.</summary>
    public SourceSpan Span { get; set; }

    /// <summary>How many values there are.</summary>
    public int Values { get; private set; }

    public int Labels { get; private set; }

    public IrFrame Frame { get; } = new();

    public IReadOnlyList<IrInstruction> Instructions => _instructions;

    public IrValue Parameter(int number) => number < Parameters ? new IrValue(number) : throw new ArgumentOutOfRangeException(nameof(number));

    public IrValue NewValue() => new(Values++);

    public IrLabel NewLabel() => new(Labels++);

    public void Mark(IrLabel label) => Add(new IrInstruction(IrKind.Mark) { Label = label });

    public void Copy(IrValue destination, IrValue source) => Add(new IrInstruction(IrKind.Copy) { Destination = destination, Left = source });

    public void Constant(IrValue destination, long number) => Add(new IrInstruction(IrKind.Constant) { Destination = destination, Number = number });

    public IrValue Constant(long number)
    {
        IrValue value = NewValue();
        Constant(value, number);
        return value;
    }

    /// <summary>A number as an operand: in the instruction where it fits, else a value of its own.</summary>
    public IrOperand Operand(long number) => number == (int)number ? (IrOperand)(int)number : Constant(number);

    public void Arithmetic(BpfArithmetic operation, IrValue destination, IrValue left, IrOperand right, bool isNarrow = false)
    {
        // Zero changes nothing, and comes of sizes and offsets that happen to be none.
        if (!isNarrow && right is { IsValue: false, Number: 0 } && operation is not (BpfArithmetic.Multiply or BpfArithmetic.And or BpfArithmetic.Divide or BpfArithmetic.Modulo
            or BpfArithmetic.Move or BpfArithmetic.SignedDivide or BpfArithmetic.SignedModulo))
        {
            Copy(destination, left);
            return;
        }
        Add(new IrInstruction(IrKind.Arithmetic) { Operation = operation, Destination = destination, Left = left, Right = right, IsNarrow = isNarrow });
    }

    public IrValue Arithmetic(BpfArithmetic operation, IrValue left, IrOperand right, bool isNarrow = false)
    {
        IrValue value = NewValue();
        Arithmetic(operation, value, left, right, isNarrow);
        return value;
    }

    public IrValue Negate(IrValue source)
    {
        IrValue value = NewValue();
        Add(new IrInstruction(IrKind.Negate) { Destination = value, Left = source });
        return value;
    }

    /// <summary>To or from the order of the network, 16, 32 or 64 bits; what is above them is zero.</summary>
    public IrValue BigEndian(IrValue source, int bits)
    {
        IrValue value = NewValue();
        Add(new IrInstruction(IrKind.BigEndian) { Destination = value, Left = source, Number = bits });
        return value;
    }

    public void Load(BpfSize size, IrValue destination, IrPlace place) => Add(new IrInstruction(IrKind.Load) { Size = size, Destination = destination, Place = place });

    public IrValue Load(BpfSize size, IrPlace place)
    {
        IrValue value = NewValue();
        Load(size, value, place);
        return value;
    }

    public void Store(BpfSize size, IrPlace place, IrOperand operand) => Add(new IrInstruction(IrKind.Store) { Size = size, Place = place, Right = operand });

    /// <summary>An atomic operation that leaves nothing behind: add, or, and, exclusive or.</summary>
    public void Atomic(BpfAtomic operation, BpfSize size, IrPlace place, IrValue operand) =>
        Add(new IrInstruction(IrKind.Atomic) { Atomic = operation, Size = size, Place = place, Right = operand });

    public IrValue Address(IrPlace place)
    {
        IrValue value = NewValue();
        Add(new IrInstruction(IrKind.Address) { Destination = value, Place = place });
        return value;
    }

    /// <summary>The address of a place in the only value of an array.</summary>
    public IrValue MapValue(IrMap map, int offset)
    {
        map.IsUsed = true;
        IrValue value = NewValue();
        Add(new IrInstruction(IrKind.MapValue) { Destination = value, Map = map, Number = offset });
        return value;
    }

    public IrValue Call(BpfHelper helper, params IrArgument[] arguments)
    {
        foreach (IrArgument argument in arguments)
        {
            if (argument.Map is { } map)
                map.IsUsed = true;
        }
        IrValue value = NewValue();
        Add(new IrInstruction(IrKind.Call) { Helper = helper, Destination = value, Arguments = arguments });
        return value;
    }

    /// <summary>Calls a function of the program.</summary>
    public IrValue Call(IrFunction function, params IrArgument[] arguments)
    {
        IrValue value = NewValue();
        Add(new IrInstruction(IrKind.Call) { Function = function, Destination = value, Arguments = arguments });
        return value;
    }

    public void Jump(IrLabel label) => Add(new IrInstruction(IrKind.Jump) { Label = label });

    public void JumpIf(BpfCondition condition, IrValue left, IrOperand right, IrLabel label, bool isNarrow = false) =>
        Add(new IrInstruction(IrKind.JumpIf) { Condition = condition, Left = left, Right = right, Label = label, IsNarrow = isNarrow });

    public void Return(IrOperand result) => Add(new IrInstruction(IrKind.Return) { Right = result });

    /// <summary>Puts what the action adds before all that is there: what turned out to be needed from the beginning.</summary>
    public void AtBegin(Action add)
    {
        (_insertion, Span) = (0, Origin);
        add();
        _insertion = null;
    }

    private void Add(IrInstruction instruction)
    {
        if (_instructions.Count == MostInstructions)
            throw new ScriptException(Span, "the program is too large here", "unroll fewer times, or use a loop");
        instruction.Span = Span;
        if (_insertion is { } at)
        {
            _instructions.Insert(at, instruction);
            _insertion = at + 1;
        }
        else
        {
            _instructions.Add(instruction);
        }
    }
}
