using PerfTrace.Symbols;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing.Probes;

public sealed class UsdtArgumentTests
{
    [Theory]
    [InlineData("-4@%eax", "%ax:s32", 4, true)]
    [InlineData("8@%rbp", "%bp:u64", 8, false)]
    [InlineData("1@%r11b", "%r11:u8", 1, false)]
    [InlineData("-2@%r8w", "%r8:s16", 2, true)]
    [InlineData("1@%sil", "%si:u8", 1, false)]
    [InlineData("8@-24(%rbp)", "-24(%bp):u64", 8, false)]
    [InlineData("-4@16(%rsp)", "+16(%sp):s32", 4, true)]
    [InlineData("8@0x10(%rsp)", "+16(%sp):u64", 8, false)]
    [InlineData("8@(%rax)", "+0(%ax):u64", 8, false)]
    [InlineData("-4@$5", "\\5:s32", 4, true)]
    [InlineData("-8@$-1", "\\-1:s64", 8, true)]
    [InlineData("%rdi", "%di", 0, false)]
    public void Operands_of_x86_64_become_fetch_arguments(string text, string expected, int size, bool isSigned) =>
        Assert.Equal(new UsdtArgument(text, size, isSigned, expected, null), Translate(ElfMachine.X86_64, text));

    [Theory]
    [InlineData("8@(%rax,%rbx,8)", "index")]
    [InlineData("4@-8(%rax,%rbx)", "index")]
    [InlineData("1@%ah", "register")]
    [InlineData("8f@%xmm0", "floating")]
    [InlineData("16@%xmm0", "size")]
    [InlineData("8@%fs:16", "segment")]
    [InlineData("8@nosuch(%rip)", "nosuch")]
    [InlineData("8@$symbol", "constant")]
    [InlineData("8@", "operand")]
    [InlineData("8@%", "register")]
    [InlineData("8@x(", "operand")]
    [InlineData("8@(rax)", "operand")]
    [InlineData("@%rax", "size")]
    public void What_the_kernel_can_not_fetch_says_why(string text, string reason)
    {
        UsdtArgument argument = Translate(ElfMachine.X86_64, text);

        Assert.Null(argument.FetchArgument);
        Assert.Contains(reason, argument.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-4@w0", "%x0:s32")]
    [InlineData("8@x30", "%x30:u64")]
    [InlineData("8@sp", "%sp:u64")]
    [InlineData("8@[x19]", "+0(%x19):u64")]
    [InlineData("8@[sp, 16]", "+16(%sp):u64")]
    [InlineData("-4@[x29, -20]", "-20(%x29):s32")]
    [InlineData("-4@[x29,#8]", "+8(%x29):s32")]
    [InlineData("-4@5", "\\5:s32")]
    [InlineData("-4@-1", "\\-1:s32")]
    [InlineData("8@xzr", "\\0:u64")]
    [InlineData("8@[x1, x2]", null)]
    [InlineData("8@[x1, w2, sxtw]", null)]
    [InlineData("8@x31", null)]
    [InlineData("8@d0", null)]
    public void Operands_of_ARM64_become_fetch_arguments(string text, string? expected) => Assert.Equal(expected, Translate(ElfMachine.Arm64, text).FetchArgument);

    [Fact]
    public void A_variable_is_read_where_it_is_relative_to_the_code()
    {
        // The kernel adds the offset to where the file would begin in memory if all of it were mapped as the code is.
        ulong delta = ElfBuilder.DataAddress - ElfBuilder.TextAddress + ElfBuilder.TextOffset;

        Assert.Equal($"@+0x{delta + 8:x}:s32", Translate(ElfMachine.X86_64, "-4@counter(%rip)").FetchArgument);
        Assert.Equal($"@+0x{delta + 12:x}:s32", Translate(ElfMachine.X86_64, "-4@counter+4(%rip)").FetchArgument);
        Assert.Equal($"@+0x{delta + 4:x}:s32", Translate(ElfMachine.X86_64, "-4@counter-4(%rip)").FetchArgument);
    }

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("8@%rdx 8@-80(%rbx)", new[] { "8@%rdx", "8@-80(%rbx)" })]
    [InlineData("8@[sp, 16] -4@w0 ", new[] { "8@[sp, 16]", "-4@w0" })]
    [InlineData("8@(%rax", new[] { "8@(%rax" })]
    [InlineData("a) b", new[] { "a)", "b" })]
    public void Arguments_are_words_and_brackets(string text, string[] expected) => Assert.Equal(expected, UsdtArgumentTranslator.Split(text));

    private static UsdtArgument Translate(ElfMachine machine, string text)
    {
        ElfFile file = ElfFile.FromMemory("x", new ElfBuilder(machine: machine).Symbol("counter", ElfBuilder.DataAddress + 8, 4, ElfSymbolType.Object).Build());
        return new UsdtArgumentTranslator(file, ElfBuilder.TextAddress, new(() => ElfSymbolReader.Read([file]))).Translate(text);
    }
}
