namespace PerfTrace.Symbols;

/// <summary>Where a register of the caller is.</summary>
internal enum UnwindRuleKind : byte
{
    /// <summary>In the register itself.</summary>
    Same,

    /// <summary>Nowhere; of the return address: nothing called this.</summary>
    Undefined,

    /// <summary>In memory, so far from the frame's address.</summary>
    AtOffset,

    /// <summary>It is the frame's address and so much.</summary>
    IsOffset,

    /// <summary>In another register, with so much added.</summary>
    Register,

    /// <summary>An expression gives where in memory it is, or it itself.</summary>
    Expression,
}

/// <summary>How to find a register of the caller (DWARF 5, 6.4.1).</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Number">The register, where there is another.</param>
/// <param name="Offset">The offset.</param>
/// <param name="Operations">The expression.</param>
internal readonly record struct UnwindRule(UnwindRuleKind Kind, int Number = 0, long Offset = 0, LibDw.Operation[]? Operations = null)
{
    private const byte CallFrameAddress = 0x9c, PlusConstant = 0x23, StackValue = 0x9f, AnyRegister = 0x90, AnyBasedRegister = 0x92, FirstRegister = 0x50, FirstBased = 0x70;

    /// <summary>Makes one of what libdw returns: the usual forms are told apart, so that they need no interpreter.</summary>
    public static unsafe UnwindRule Of(LibDw.Operation* operations, int count)
    {
        if (operations == null)
            return new UnwindRule(UnwindRuleKind.Same);
        if (count == 0)
            return new UnwindRule(UnwindRuleKind.Undefined);
        ref readonly LibDw.Operation first = ref operations[0];
        if (first.Code == CallFrameAddress)
        {
            bool hasOffset = count > 1 && operations[1].Code == PlusConstant;
            long offset = hasOffset ? (long)operations[1].Number : 0;
            int rest = count - (hasOffset ? 2 : 1);
            if (rest == 0)
                return new UnwindRule(UnwindRuleKind.AtOffset, 0, offset);
            if (rest == 1 && operations[count - 1].Code == StackValue)
                return new UnwindRule(UnwindRuleKind.IsOffset, 0, offset);
        }
        else if (count == 1)
        {
            switch (first.Code)
            {
                case AnyRegister:
                    return new UnwindRule(UnwindRuleKind.Register, (int)Math.Min(first.Number, int.MaxValue));
                case >= FirstRegister and < FirstRegister + 32:
                    return new UnwindRule(UnwindRuleKind.Register, first.Code - FirstRegister);
                case AnyBasedRegister:
                    return new UnwindRule(UnwindRuleKind.Register, (int)Math.Min(first.Number, int.MaxValue), (long)first.Second);
                case >= FirstBased and < FirstBased + 32:
                    return new UnwindRule(UnwindRuleKind.Register, first.Code - FirstBased, (long)first.Number);
                default:
                    break;
            }
        }
        return new UnwindRule(UnwindRuleKind.Expression, 0, 0, new ReadOnlySpan<LibDw.Operation>(operations, count).ToArray());
    }
}
