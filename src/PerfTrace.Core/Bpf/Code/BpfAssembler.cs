using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>
/// Puts a program together: instructions one behind the other, jumps and calls to labels that may be marked later, functions, maps by their descriptors. It allocates nothing
/// per instruction but its lists. Used once: <see cref="Assemble"/> ends it. One thread at a time.
/// </summary>
internal sealed class BpfAssembler
{
    private const int Unmarked = -1;

    private readonly List<BpfInstruction> _instructions = [];
    private readonly List<int> _labels = [];
    private readonly List<(int Instruction, BpfLabel Label)> _references = [];
    private readonly List<BpfFunctionInfo> _functions = [];
    private readonly List<BpfLineInfo> _lines = [];
    private readonly List<FileDescriptor> _descriptors = [];

    /// <summary>The number of the next instruction.</summary>
    public int Position => _instructions.Count;

    /// <summary>A place that is not known yet.</summary>
    public BpfLabel DefineLabel()
    {
        _labels.Add(Unmarked);
        return new BpfLabel(_labels.Count - 1);
    }

    /// <summary>The label is the next instruction.</summary>
    public void Mark(BpfLabel label)
    {
        if (_labels[label.Number] != Unmarked)
            throw new InvalidOperationException($"The label {label.Number} is marked twice.");
        _labels[label.Number] = Position;
    }

    /// <summary>A label at the next instruction.</summary>
    public BpfLabel MarkLabel()
    {
        BpfLabel label = DefineLabel();
        Mark(label);
        return label;
    }

    /// <summary>The next instruction is the first of a function. The main function needs it only with type information.</summary>
    /// <param name="typeId">The function's type; the kernel wants it for every function or for none.</param>
    public void BeginFunction(uint typeId)
    {
        // A type for the same place twice: the kernel refuses that with no more than EINVAL.
        if (_functions.Count > 0 && _functions[^1].Instruction == Position)
            throw new InvalidOperationException("A function has no instruction.");
        _functions.Add(new BpfFunctionInfo((uint)Position, typeId));
    }

    /// <summary>From the next instruction on, code is of this source line. Names are offsets in the strings of the type information.</summary>
    public void MarkLine(uint fileName, uint text, uint line, uint column)
    {
        var info = new BpfLineInfo((uint)Position, fileName, text, line, column);
        // The kernel wants them in order, one for an instruction.
        if (_lines.Count > 0 && _lines[^1].Instruction == info.Instruction)
            _lines[^1] = info;
        else
            _lines.Add(info);
    }

    public void Emit(BpfInstruction instruction) => _instructions.Add(instruction);

    public void Alu64(BpfArithmetic operation, BpfRegister destination, BpfRegister source) => Emit(BpfInstruction.Alu64(operation, destination, source));

    public void Alu64(BpfArithmetic operation, BpfRegister destination, int immediate) => Emit(BpfInstruction.Alu64(operation, destination, immediate));

    public void Alu32(BpfArithmetic operation, BpfRegister destination, BpfRegister source) => Emit(BpfInstruction.Alu32(operation, destination, source));

    public void Alu32(BpfArithmetic operation, BpfRegister destination, int immediate) => Emit(BpfInstruction.Alu32(operation, destination, immediate));

    public void Move(BpfRegister destination, BpfRegister source) => Alu64(BpfArithmetic.Move, destination, source);

    // Of its own: a literal 0 would fit a register as well as a long.
    public void Move(BpfRegister destination, int number) => Alu64(BpfArithmetic.Move, destination, number);

    /// <summary>One instruction where the number has 32 bits with its sign or is below 2^32, two otherwise.</summary>
    public void Move(BpfRegister destination, long number)
    {
        if (number == (int)number)
            Alu64(BpfArithmetic.Move, destination, (int)number);
        else if (number == (uint)number)
            Alu32(BpfArithmetic.Move, destination, (int)number);
        else
            LoadWide(BpfWideSource.Number, destination, (int)number, (int)(number >> 32));
    }

    public void Load(BpfSize size, BpfRegister destination, BpfRegister address, int offset = 0) => Emit(BpfInstruction.Load(size, destination, address, Distance(offset)));

    public void LoadSigned(BpfSize size, BpfRegister destination, BpfRegister address, int offset = 0) => Emit(BpfInstruction.LoadSigned(size, destination, address, Distance(offset)));

    public void Store(BpfSize size, BpfRegister address, int offset, BpfRegister source) => Emit(BpfInstruction.Store(size, address, Distance(offset), source));

    public void Store(BpfSize size, BpfRegister address, int offset, int immediate) => Emit(BpfInstruction.Store(size, address, Distance(offset), immediate));

    public void Atomic(BpfAtomic operation, BpfSize size, BpfRegister address, int offset, BpfRegister source) =>
        Emit(BpfInstruction.Atomic(operation, size, address, Distance(offset), source));

    public void LoadWide(BpfWideSource kind, BpfRegister destination, int low, int high)
    {
        Emit(BpfInstruction.Wide(kind, destination, low));
        Emit(BpfInstruction.WideRest(high));
    }

    /// <summary>The address of a map, as helpers take it.</summary>
    public void LoadMap(BpfRegister destination, FileDescriptor map) => LoadWide(BpfWideSource.Map, destination, Remember(map), 0);

    /// <summary>The address of a place in the value of an array of one (a global variable).</summary>
    public void LoadMapValue(BpfRegister destination, FileDescriptor map, int offset) => LoadWide(BpfWideSource.MapValue, destination, Remember(map), offset);

    /// <summary>The address of a variable of the kernel (a ksym), by its number in the kernel's types.</summary>
    /// <param name="destination">Gets the address.</param>
    /// <param name="typeId">The variable.</param>
    /// <param name="module">The types of the module that has it; null: the kernel itself.</param>
    public void LoadKernelVariable(BpfRegister destination, uint typeId, FileDescriptor? module = null) =>
        LoadWide(BpfWideSource.KernelVariable, destination, (int)typeId, module is null ? 0 : Remember(module));

    /// <summary>A function of this program as a callback, for helpers such as <see cref="BpfHelper.ForEachMapElem"/>.</summary>
    public void LoadFunction(BpfRegister destination, BpfLabel function)
    {
        _references.Add((Position, function));
        LoadWide(BpfWideSource.Function, destination, 0, 0);
    }

    /// <summary>A distance of more than 16 bits becomes the long jump of Linux 6.6.</summary>
    public void Goto(BpfLabel target) => Refer(BpfInstruction.Goto(0), target);

    public void MayGoto(BpfLabel target) => Refer(BpfInstruction.MayGoto(0), target);

    public void JumpIf64(BpfCondition condition, BpfRegister left, BpfRegister right, BpfLabel target) => Refer(BpfInstruction.JumpIf64(condition, left, right, 0), target);

    public void JumpIf64(BpfCondition condition, BpfRegister left, int right, BpfLabel target) => Refer(BpfInstruction.JumpIf64(condition, left, right, 0), target);

    public void JumpIf32(BpfCondition condition, BpfRegister left, BpfRegister right, BpfLabel target) => Refer(BpfInstruction.JumpIf32(condition, left, right, 0), target);

    public void JumpIf32(BpfCondition condition, BpfRegister left, int right, BpfLabel target) => Refer(BpfInstruction.JumpIf32(condition, left, right, 0), target);

    public void Call(BpfHelper helper) => Emit(BpfInstruction.Call(helper));

    /// <summary>A function of this program.</summary>
    public void Call(BpfLabel function) => Refer(BpfInstruction.CallSubprogram(0), function);

    public void Exit() => Emit(BpfInstruction.Exit());

    /// <summary>The program, with all distances filled in.</summary>
    /// <exception cref="BpfAssemblyException">A jump is longer than its instruction can have it.</exception>
    public BpfCode Assemble()
    {
        BpfInstruction[] instructions = [.. _instructions];
        foreach ((int at, BpfLabel label) in _references)
        {
            int target = _labels[label.Number];
            if (target == Unmarked)
                throw new InvalidOperationException($"The label {label.Number} is marked nowhere.");
            instructions[at] = Resolve(instructions[at], at, target);
        }
        return new BpfCode(instructions, [.. _functions], [.. _lines], [.. _descriptors]);
    }

    private static BpfInstruction Resolve(BpfInstruction instruction, int at, int target)
    {
        int distance = target - (at + 1);
        // A wide load counts from itself, bpf_pseudo_func() in kernel/bpf/verifier.c: from its first half's next.
        if (instruction.IsWide || instruction is { Class: BpfInstruction.Jump, Operation: BpfInstruction.CallOperation })
            return instruction with { Immediate = distance };
        if (distance == (short)distance)
            return instruction with { Offset = (short)distance };
        return instruction is { Class: BpfInstruction.Jump, Operation: BpfInstruction.AlwaysOperation }
            ? BpfInstruction.GotoLong(distance)
            : throw new BpfAssemblyException($"The jump at instruction {at} goes to {target}: a conditional jump has 16 bits for its distance.");
    }

    private void Refer(BpfInstruction instruction, BpfLabel label)
    {
        _references.Add((Position, label));
        Emit(instruction);
    }

    private int Remember(FileDescriptor descriptor)
    {
        if (!_descriptors.Contains(descriptor))
            _descriptors.Add(descriptor);
        return descriptor.Number;
    }

    private static short Distance(int offset) =>
        offset == (short)offset ? (short)offset : throw new BpfAssemblyException($"The offset {offset} does not fit the 16 bits that an instruction has for it.");
}
