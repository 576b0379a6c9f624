using PerfTrace.Bpf;
using PerfTrace.BpfTrace;
using PerfTrace.Interop;

namespace PerfTrace.Tests.BpfTrace.Code;

/// <summary>Runs functions: in the kernel, over a map whose value is what they write to, and in a plain interpreter of our own.</summary>
internal sealed class IrMachine : IDisposable
{
    private readonly int _words;
    private readonly BpfMap _map;
    private readonly BpfMapAccess _access;

    public IrMachine(int words)
    {
        _words = words;
        _map = BpfMapCreation.Create(new BpfMapRequest { Type = BpfMapType.Array, Name = "ir_machine", KeySize = 4, ValueSize = words * 8, MaximumEntries = 1 });
        _access = BpfMapAccess.Open(_map);
        Map = new IrMap("ir_machine") { Descriptor = _access.Descriptor };
    }

    /// <summary>The map that the function writes to.</summary>
    public IrMap Map { get; }

    public void Dispose()
    {
        _access.Dispose();
        _map.Dispose();
    }

    public static BpfCode Compile(IrFunction function) => IrProgram.Assemble(function, new IrTypes()).Code;

    /// <summary>What the words of the map are after one run.</summary>
    public ulong[] Run(IrFunction function)
    {
        byte[] value = new byte[_words * 8];
        Assert.Equal(Errno.None, _access.TryUpdate(new byte[4], value));
        using BpfProgram program = BpfProgram.FromDescriptor(BpfProgramLoader.Load(new BpfProgramRequest(BpfProgramType.SocketFilter, Compile(function)) { Name = "ir_machine" }));
        BpfTestRunner.Run(program, new(), CancellationToken.None);
        Assert.Equal(Errno.None, _access.TryLookup(new byte[4], value));
        return [.. Enumerable.Range(0, _words).Select(i => BitConverter.ToUInt64(value, i * 8))];
    }

    /// <summary>What they would be: the same function, step by step. A call gives 0; the map's address is 0.</summary>
    public static ulong[] Interpret(IrFunction function, int words)
    {
        ulong[] memory = new ulong[words], frame = new ulong[IrFrame.Limit / 8], values = new ulong[function.Values];
        Dictionary<int, int> labels = [];
        for (int i = 0; i < function.Instructions.Count; i++)
        {
            if (function.Instructions[i].Kind == IrKind.Mark)
                labels.Add(function.Instructions[i].Label.Number, i);
        }
        for (int at = 0; ; at++)
        {
            IrInstruction instruction = function.Instructions[at];
            ulong left = instruction.Left is { } value ? values[value.Number] : 0;
            ulong right = instruction.Right.IsValue ? values[instruction.Right.Value.Number] : (ulong)instruction.Right.Number;
            ref ulong place = ref instruction.Place.Base is null ? ref frame[(IrFrame.Limit + instruction.Place.Offset) / 8 % frame.Length] : ref memory[instruction.Place.Offset / 8];
            ulong? result = null;
            switch (instruction.Kind)
            {
                case IrKind.Copy:
                    result = left;
                    break;
                case IrKind.Constant:
                    result = (ulong)instruction.Number;
                    break;
                case IrKind.Arithmetic:
                    result = instruction.IsNarrow ? Calculate(instruction.Operation, (uint)left, (uint)right, 32) : Calculate(instruction.Operation, left, right, 64);
                    break;
                case IrKind.Negate:
                    result = 0 - left;
                    break;
                case IrKind.BigEndian:
                    result = instruction.Number switch
                    {
                        16 => System.Buffers.Binary.BinaryPrimitives.ReverseEndianness((ushort)left),
                        32 => System.Buffers.Binary.BinaryPrimitives.ReverseEndianness((uint)left),
                        _ => System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(left),
                    };
                    break;
                case IrKind.Load:
                    result = place;
                    break;
                case IrKind.Store:
                    place = right;
                    break;
                case IrKind.Atomic:
                    place += right;
                    break;
                case IrKind.MapValue or IrKind.Call:
                    result = 0;
                    break;
                case IrKind.Jump:
                    at = labels[instruction.Label.Number];
                    break;
                case IrKind.JumpIf when Holds(instruction.Condition, left, right):
                    at = labels[instruction.Label.Number];
                    break;
                case IrKind.Return:
                    return memory;
            }
            if (result is { } given)
                values[instruction.Destination!.Value.Number] = given;
        }
    }

    // In so many bits: of 32 the operands have no more, and the result is cut.
    private static ulong Calculate(BpfArithmetic operation, ulong left, ulong right, int bits)
    {
        int shift = (int)right & (bits - 1);
        ulong result = operation switch
        {
            BpfArithmetic.Add => left + right,
            BpfArithmetic.Subtract => left - right,
            BpfArithmetic.Multiply => left * right,
            BpfArithmetic.Divide => right == 0 ? 0 : left / right,
            BpfArithmetic.Modulo => right == 0 ? left : left % right,
            BpfArithmetic.Or => left | right,
            BpfArithmetic.And => left & right,
            BpfArithmetic.ExclusiveOr => left ^ right,
            BpfArithmetic.ShiftLeft => left << shift,
            BpfArithmetic.ShiftRight => left >> shift,
            _ => (ulong)(bits == 32 ? (int)left >> shift : (long)left >> shift),
        };
        return bits == 32 ? (uint)result : result;
    }

    private static bool Holds(BpfCondition condition, ulong left, ulong right) => condition switch
    {
        BpfCondition.Equal => left == right,
        BpfCondition.NotEqual => left != right,
        BpfCondition.Greater => left > right,
        BpfCondition.GreaterOrEqual => left >= right,
        BpfCondition.Less => left < right,
        BpfCondition.LessOrEqual => left <= right,
        BpfCondition.SignedGreater => (long)left > (long)right,
        BpfCondition.SignedGreaterOrEqual => (long)left >= (long)right,
        BpfCondition.SignedLess => (long)left < (long)right,
        BpfCondition.SignedLessOrEqual => (long)left <= (long)right,
        _ => (left & right) != 0,
    };
}
