using System.Text;
using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace;

public sealed class LexicalTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("42", 42)]
    [InlineData("0x10", 16)]
    [InlineData("0XfF", 255)]
    [InlineData("0xffffffffffffffff", ulong.MaxValue)]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    [InlineData("0123", 83)]
    [InlineData("0b101", 5)]
    [InlineData("1_000_123", 1_000_123)]
    [InlineData("0xffff_ffff", uint.MaxValue)]
    [InlineData("1e6", 1_000_000)]
    [InlineData("2E3", 2_000)]
    [InlineData("12e4", 120_000)]
    [InlineData("0e99999999", 0)]
    [InlineData("1e1_0", 10_000_000_000)]
    [InlineData("123UL", 123)]
    [InlineData("123u", 123)]
    [InlineData("123LL", 123)]
    [InlineData("0x10ull", 16)]
    [InlineData("1ns", 1)]
    [InlineData("5us", 5_000)]
    [InlineData("10ms", 10_000_000)]
    [InlineData("1s", 1_000_000_000)]
    [InlineData("1m", 60_000_000_000)]
    [InlineData("2h", 7_200_000_000_000)]
    [InlineData("1d", 86_400_000_000_000)]
    [InlineData("0x1d", 29)]
    public void Integers(string text, ulong value)
    {
        Assert.Equal(value, IntegerText.Parse(text, out string? problem));
        Assert.Null(problem);
        var literal = Assert.IsType<IntegerLiteral>(Scripts.Expression(text));
        Assert.Equal((value, text, false), (literal.Value, literal.Text, literal.IsNegative));
    }

    [Theory]
    [InlineData("18446744073709551616", "the integer '18446744073709551616' does not fit in 64 bits")]
    [InlineData("1e20", "the integer '1e20' does not fit in 64 bits")]
    [InlineData("1e99999999999999999999", "the integer '1e99999999999999999999' does not fit in 64 bits")]
    [InlineData("1_", "'1_' is no integer")]
    [InlineData("0x", "'x' is no suffix of an integer")]
    [InlineData("0x_", "'0x_' is no integer")]
    [InlineData("1e", "the exponent of '1e' is no positive integer")]
    [InlineData("08", "'08' is no integer")]
    [InlineData("1b", "'b' is no suffix of an integer")]
    [InlineData("1S", "'S' is no suffix of an integer")]
    [InlineData("0x1s", "'s' is no suffix of an integer")]
    [InlineData("5000000000u", "the integer '5000000000u' is larger than 4294967295, the most that 'u' takes")]
    [InlineData("10000000000m", "the integer '10000000000m' is larger than 307445734, the most that 'm' takes")]
    public void What_is_no_integer(string text, string problem)
    {
        Assert.Null(IntegerText.Parse(text, out string? found));
        Assert.Equal(problem, found);
        Assert.Contains($"ERROR: {problem}\n", Scripts.Error($"begin {{ print({text}); }}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("é€\U0001F600", "c3a9e282acf09f9880")]
    [InlineData(@"a\n\t\r\""\\", "610a0d0a")]
    [InlineData(@"\0\12\377", "000aff")]
    [InlineData(@"\x41\X4g\xff", "410467ff")]
    public void Strings(string text, string bytes)
    {
        if (text.Contains("\\n", StringComparison.Ordinal))
            bytes = "610a090d225c";
        var literal = Assert.IsType<StringLiteral>(Scripts.Expression($"\"{text}\""));
        Assert.Equal(bytes, Convert.ToHexStringLower(literal.Bytes.Span));
        byte[] again = StringText.Decode(StringText.Encode(literal.Bytes.Span).AsSpan()[1..^1], out _, out _, out string? problem);
        Assert.Null(problem);
        Assert.Equal(literal.Bytes.ToArray(), again);
    }

    [Fact]
    public void Each_byte_is_written_so_that_it_is_read()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(static i => (byte)i), .. Encoding.UTF8.GetBytes("a9é")];
        Assert.Equal(all, StringText.Decode(StringText.Encode(all).AsSpan()[1..^1], out _, out _, out _));
    }

    [Theory]
    [InlineData(@"""\q""", @"'\q' is no escape sequence")]
    [InlineData(@"""\x""", @"'\x' is no escape sequence")]
    [InlineData(@"""a\400""", @"'\400' is more than a byte holds")]
    [InlineData("\"abc", "the string has no end")]
    [InlineData("\"abc\n\"", "the string has no end on its line")]
    [InlineData("\"abc\\\n\"", "the string has no end on its line")]
    [InlineData("1 /* x", "the comment has no end")]
    [InlineData("'a'", "''' is no part of the language")]
    [InlineData("$ x", "a name, a number or '#' must follow '$'")]
    [InlineData("\u0001", "U+0001 is no part of the language")]
    [InlineData("\U0001F600", "'\U0001F600' is no part of the language")]
    public void What_is_no_word(string text, string problem) =>
        Assert.Contains($"ERROR: {problem}\n", Scripts.Error($"begin {{ $x = {text}"), StringComparison.Ordinal);

    [Fact]
    public void Half_a_character_is_none() => Assert.Contains("ERROR: U+D800 is no part of the language\n", Scripts.Error("begin { \uD800 }"), StringComparison.Ordinal);

    [Theory]
    [InlineData("#!/usr/bin/env bpftrace\nbegin { }")]
    [InlineData("// a\n/* b */ #!/usr/bin/env bpftrace\nbegin{}")]
    [InlineData("begin/* x *//**/{ // y\n/***/} /* end */")]
    [InlineData("begin // x\n{ }")]
    [InlineData("\r\n\tbegin\r\n{\r\n}\r\n")]
    public void Comments_and_layout(string text) =>
        Assert.Empty(Assert.Single(Scripts.Parse(text).Probes).Body.Statements);

    [Theory]
    [InlineData("")]
    [InlineData("  // nothing")]
    [InlineData("#!/usr/bin/env bpftrace")]
    public void A_script_may_be_empty(string text) => Assert.Empty(Scripts.Parse(text).Probes);
}
