using PerfTrace.Symbols;

namespace PerfTrace.Tests.Symbols;

public sealed class UnwindStateTests
{
    private const byte Deref = 0x06, Const8 = 0x0e, Dup = 0x12, Drop = 0x13, And = 0x1a, Plus = 0x22, PlusConstant = 0x23, Shift = 0x24, AtLeast = 0x2a, Literal = 0x30, Based = 0x70, Frame = 0x9c, Value = 0x9f;

    [Fact]
    public void Rules_give_values()
    {
        var known = new SomeMappings();
        var state = new UnwindState(UnwindMachine.X86_64, known, [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0], 0x1000, stackalloc ulong[17]);
        state.Set(6, 77);

        Assert.True(state.TryApply(new UnwindRule(UnwindRuleKind.AtOffset, 0, -8), 3, 0x1010, out ulong value));
        Assert.Equal(2UL, value);
        Assert.True(state.TryApply(new UnwindRule(UnwindRuleKind.IsOffset, 0, 4), 3, 0x1010, out value));
        Assert.Equal(0x1014UL, value);
        Assert.True(state.TryApply(new UnwindRule(UnwindRuleKind.Same), 6, 0, out value));
        Assert.Equal(77UL, value);
        Assert.True(state.TryApply(new UnwindRule(UnwindRuleKind.Register, 6, 3), 3, 0, out value));
        Assert.Equal(80UL, value);
        Assert.False(state.TryApply(new UnwindRule(UnwindRuleKind.Same), 5, 0, out _));
        Assert.False(state.TryApply(new UnwindRule(UnwindRuleKind.Register, 99), 3, 0, out _));
        Assert.False(state.TryApply(new UnwindRule(UnwindRuleKind.AtOffset, 0, 0), 3, 0x9000, out _)); // nothing is mapped there
        Assert.False(state.TryApply(new UnwindRule(UnwindRuleKind.AtOffset, 0, 0), 3, 0xfff, out _));
    }

    [Fact]
    public void Expressions_are_calculated()
    {
        // What linkers write for the linkage table: rsp + 8 + ((rip & 15) >= 11) * 8.
        LibDw.Operation[] stub =
        [
            Op(Based + 7, 8), Op(Based + 16, 0), Op(Literal + 15), Op(And), Op(Literal + 11), Op(AtLeast), Op(Literal + 3), Op(Shift), Op(Plus),
        ];
        Assert.Equal(0x1008UL, Frame0(stub, 0x1000, 0x402a));
        Assert.Equal(0x1010UL, Frame0(stub, 0x1000, 0x402b));
        Assert.Equal(0x1004UL, Frame0([Op(Based + 7, 0), Op(PlusConstant, 4), Op(Dup), Op(Drop)], 0x1000, 0));
    }

    [Fact]
    public void What_is_no_expression_gives_nothing()
    {
        Assert.Null(Frame0([], 0, 0));
        Assert.Null(Frame0([Op(Plus)], 0, 0));
        Assert.Null(Frame0([Op(Deref)], 0, 0));
        Assert.Null(Frame0([Op(Literal), Op(0xff)], 0, 0));
        Assert.Null(Frame0([Op(Literal), Op(Drop)], 0, 0));
        Assert.Null(Frame0([.. Enumerable.Repeat(Op(Literal), 100)], 0, 0));
        Assert.Null(Frame0([Op(Const8, 0x9000), Op(Deref)], 0, 0));
    }

    [Fact]
    public void Whatever_an_expression_is_it_ends()
    {
        var random = new Random(20261121);
        int given = 0;
        for (int i = 0; i < 200_000; i++)
        {
            var operations = new LibDw.Operation[random.Next(1, 20)];
            for (int n = 0; n < operations.Length; n++)
                operations[n] = new LibDw.Operation { Code = (byte)random.Next(256), Number = (ulong)random.NextInt64(), Second = (ulong)random.NextInt64() };
            given += Frame0(operations, 0x1000, 1) is null ? 0 : 1;
        }
        Assert.True(given > 100);
    }

    [Fact]
    public unsafe void Usual_forms_are_told_apart()
    {
        Assert.Equal(UnwindRuleKind.Same, UnwindRule.Of(null, 0).Kind);
        Assert.Equal(new UnwindRule(UnwindRuleKind.AtOffset, 0, -16), Of(Op(Frame), Op(PlusConstant, unchecked((ulong)-16))));
        Assert.Equal(new UnwindRule(UnwindRuleKind.AtOffset), Of(Op(Frame)));
        Assert.Equal(new UnwindRule(UnwindRuleKind.IsOffset, 0, 8), Of(Op(Frame), Op(PlusConstant, 8), Op(Value)));
        Assert.Equal(new UnwindRule(UnwindRuleKind.Register, 7, 16), Of(new LibDw.Operation { Code = 0x92, Number = 7, Second = 16 }));
        Assert.Equal(new UnwindRule(UnwindRuleKind.Register, 3), Of(Op(0x53)));
        Assert.Equal(UnwindRuleKind.Expression, Of(Op(Frame), Op(Deref)).Kind);

        static UnwindRule Of(params LibDw.Operation[] operations)
        {
            fixed (LibDw.Operation* first = operations)
                return UnwindRule.Of(first, operations.Length);
        }
    }

    private static LibDw.Operation Op(int code, ulong number = 0) => new() { Code = (byte)code, Number = number };

    private static ulong? Frame0(LibDw.Operation[] operations, ulong stackPointer, ulong instructionPointer)
    {
        var state = new UnwindState(UnwindMachine.X86_64, new SomeMappings(), new byte[64], 0x1000, stackalloc ulong[17]);
        state.Set(7, stackPointer);
        state.Set(16, instructionPointer);
        return state.TryGetFrame(new UnwindRule(UnwindRuleKind.Expression, 0, 0, operations), out ulong frame) ? frame : null;
    }

    private sealed class SomeMappings : IUnwindMappings
    {
        public (CodeModule Module, ulong Place)? Find(ulong address) => null;
    }
}
