using PerfTrace.Host.Binding;

namespace PerfTrace.Tests.Host.Binding;

public sealed class NumberParserTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("42", 42)]
    [InlineData("-42", -42)]
    [InlineData("+7", 7)]
    [InlineData("007", 7)]
    [InlineData("2147483647", int.MaxValue)]
    [InlineData("2147483648", 2147483648L)]
    [InlineData("-2147483648", int.MinValue)]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    [InlineData("5L", 5L)]
    [InlineData("0x10", 16)]
    [InlineData("0XfF", 255)]
    [InlineData("-0x10", -16)]
    [InlineData("0xFFFFFFFF", 4294967295L)]
    [InlineData("0xffffffff81000000", 0xffffffff81000000UL)]
    [InlineData("0b101", 5)]
    [InlineData("1KB", 1024)]
    [InlineData("64kb", 65536)]
    [InlineData("16MB", 16777216)]
    [InlineData("4GB", 4294967296L)]
    [InlineData("2tb", 2199023255552L)]
    [InlineData("1PB", 1125899906842624L)]
    [InlineData("0x10KB", 16384)]
    [InlineData("0.5", 0.5)]
    [InlineData(".5", 0.5)]
    [InlineData("-1.25", -1.25)]
    [InlineData("1e3", 1000.0)]
    [InlineData("1.5KB", 1536.0)]
    [InlineData("18446744073709551616", 18446744073709551616.0)]
    public void ReadsPowerShellLiterals(string text, object expected)
    {
        Assert.True(NumberParser.TryParse(text, out object number));
        Assert.Equal(expected, number);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("abc")]
    [InlineData("r1a8")]
    [InlineData("1a8")]
    [InlineData("1,5")]
    [InlineData("0x")]
    [InlineData("0xfg")]
    [InlineData("0x1b8:u")]
    [InlineData("KB")]
    [InlineData("1XB")]
    [InlineData("250ms")]
    [InlineData("1.5L")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("--5")]
    [InlineData("0x1ffffffffffffffff")]
    public void LeavesOtherTextAlone(string text) => Assert.False(NumberParser.TryParse(text, out _));

    [Fact]
    public void HexadecimalDigitsAreNoMultiplier()
    {
        Assert.True(NumberParser.TryParse("0x1B", out object number));
        Assert.Equal(27, number);
    }
}
