using System.Buffers.Binary;

namespace PerfTrace.Symbols;

/// <summary>The registers of a frame, as far as they are known, and the piece of stack that was sampled.</summary>
internal ref struct UnwindState(UnwindMachine machine, IUnwindMappings mappings, ReadOnlySpan<byte> stack, ulong stackStart, Span<ulong> values)
{
    private const int MostOperations = 256, DeepestStack = 32;

    private readonly ReadOnlySpan<byte> _stack = stack;
    private readonly Span<ulong> _values = values;

    /// <summary>The registers that are known, as bits.</summary>
    public ulong Known { get; set; }

    /// <summary>A register's value; false when it is not known.</summary>
    public readonly bool TryGet(int register, out ulong value)
    {
        bool isKnown = (uint)register < (uint)_values.Length && (Known >> register & 1) != 0;
        value = isKnown ? _values[register] : 0;
        return isKnown;
    }

    public void Set(int register, ulong value)
    {
        _values[register] = value;
        Known |= 1UL << register;
    }

    public void Forget(int register) => Known &= ~(1UL << register);

    /// <summary>Takes over all registers of another frame.</summary>
    public void CopyFrom(in UnwindState other)
    {
        other._values.CopyTo(_values);
        Known = other.Known;
    }

    /// <summary>Reads a word of the process's memory.</summary>
    public readonly bool TryRead(ulong address, out ulong value)
    {
        int size = machine.WordSize;
        ulong offset = address - stackStart;
        // The last word of the sample is not taken, as perf does not take it.
        if (address >= stackStart && _stack.Length > size && offset < (ulong)(_stack.Length - size))
        {
            ReadOnlySpan<byte> at = _stack[(int)offset..];
            value = size == 8 ? BinaryPrimitives.ReadUInt64LittleEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at);
            return true;
        }
        // Memory of the process that was not sampled: perf takes it for zeros.
        value = 0;
        return mappings.Find(address) is var (module, _) && module.Kind != CodeModuleKind.File;
    }

    /// <summary>The value that a rule gives to a register of the caller; false when it is not known.</summary>
    public readonly bool TryApply(in UnwindRule rule, int register, ulong frame, out ulong value)
    {
        switch (rule.Kind)
        {
            case UnwindRuleKind.Same:
                return TryGet(register, out value);
            case UnwindRuleKind.AtOffset:
                return TryRead(frame + (ulong)rule.Offset, out value);
            case UnwindRuleKind.IsOffset:
                value = frame + (ulong)rule.Offset;
                return true;
            case UnwindRuleKind.Register:
                bool isKnown = TryGet(rule.Number, out value);
                value += (ulong)rule.Offset;
                return isKnown;
            case UnwindRuleKind.Expression:
                return TryEvaluate(rule.Operations!, frame, out value, out bool isValue) && (isValue || TryRead(value, out value));
            default:
                value = 0;
                return false;
        }
    }

    /// <summary>The frame's address.</summary>
    public readonly bool TryGetFrame(in UnwindRule rule, out ulong frame) => rule.Kind == UnwindRuleKind.Expression
        ? TryEvaluate(rule.Operations!, 0, out frame, out _)
        : TryApply(rule, rule.Number, 0, out frame);

    // DWARF 5, 2.5: what call frame information uses of it.
    private readonly bool TryEvaluate(LibDw.Operation[] operations, ulong frame, out ulong result, out bool isValue)
    {
        Span<ulong> stack = stackalloc ulong[DeepestStack];
        int depth = 0;
        result = 0;
        isValue = false;
        if (operations.Length > MostOperations)
            return false;
        foreach (ref readonly LibDw.Operation operation in operations.AsSpan())
        {
            byte code = operation.Code;
            ulong number = operation.Number;
            if (depth >= DeepestStack - 1 || depth < Needed(code))
                return false;
            switch (code)
            {
                case 0x06: // deref
                    if (!TryRead(stack[depth - 1], out stack[depth - 1]))
                        return false;
                    break;
                case 0x03 or >= 0x08 and <= 0x11: // addr, const1u to consts
                    stack[depth++] = number;
                    break;
                case 0x12: // dup
                    stack[depth] = stack[depth - 1];
                    depth++;
                    break;
                case 0x13: // drop
                    depth--;
                    break;
                case 0x14: // over
                    stack[depth] = stack[depth - 2];
                    depth++;
                    break;
                case 0x16: // swap
                    (stack[depth - 1], stack[depth - 2]) = (stack[depth - 2], stack[depth - 1]);
                    break;
                case 0x1f: // neg
                    stack[depth - 1] = 0 - stack[depth - 1];
                    break;
                case 0x23: // plus_uconst
                    stack[depth - 1] += number;
                    break;
                case >= 0x30 and <= 0x4f: // lit0 to lit31
                    stack[depth++] = (ulong)(code - 0x30);
                    break;
                case >= 0x70 and <= 0x8f or 0x92: // breg0 to breg31, bregx
                    if (!TryGet(code == 0x92 ? (int)Math.Min(number, int.MaxValue) : code - 0x70, out ulong register))
                        return false;
                    stack[depth++] = register + (code == 0x92 ? operation.Second : number);
                    break;
                case 0x9c: // call_frame_cfa
                    stack[depth++] = frame;
                    break;
                case 0x9f: // stack_value
                    isValue = true;
                    break;
                default:
                    if (!TryCombine(code, stack[depth - 2], stack[depth - 1], out stack[depth - 2]))
                        return false;
                    depth--;
                    break;
            }
        }
        if (depth == 0)
            return false;
        result = stack[depth - 1];
        return true;
    }

    private static int Needed(byte code) => code switch
    {
        0x06 or 0x12 or 0x13 or 0x1f or 0x23 or 0x9f => 1,
        0x03 or >= 0x08 and <= 0x11 or >= 0x30 and <= 0x4f or >= 0x70 and <= 0x8f or 0x92 or 0x9c => 0,
        _ => 2,
    };

    private static bool TryCombine(byte code, ulong left, ulong right, out ulong result)
    {
        long a = (long)left, b = (long)right;
        switch (code)
        {
            case 0x1a:
                result = left & right;
                return true;
            case 0x1c:
                result = left - right;
                return true;
            case 0x1e:
                result = left * right;
                return true;
            case 0x21:
                result = left | right;
                return true;
            case 0x22:
                result = left + right;
                return true;
            case 0x24:
                result = right < 64 ? left << (int)right : 0;
                return true;
            case 0x25:
                result = right < 64 ? left >> (int)right : 0;
                return true;
            case 0x26:
                result = (ulong)(a >> (int)Math.Min(right, 63));
                return true;
            case 0x27:
                result = left ^ right;
                return true;
            case >= 0x29 and <= 0x2e: // eq, ge, gt, le, lt, ne
                result = (code switch { 0x29 => a == b, 0x2a => a >= b, 0x2b => a > b, 0x2c => a <= b, 0x2d => a < b, _ => a != b }) ? 1UL : 0;
                return true;
            default:
                result = 0;
                return false;
        }
    }
}
