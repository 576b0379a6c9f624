using PerfTrace.Perf;

namespace PerfTrace.Tests.Perf.Catalogue;

public class PmuFormatTests
{
    [Theory]
    [InlineData("config:0-7", 0, 0xff)]
    [InlineData("config:0-7,32-35\n", 0, 0xf000000ff)]
    [InlineData("config:18", 0, 1 << 18)]
    [InlineData("config1:0-63", 1, ulong.MaxValue)]
    [InlineData("config2:63", 2, 1ul << 63)]
    [InlineData("config3:0-63", 3, ulong.MaxValue)]
    [InlineData("config:0-5,9, 11 ,13-14", 0, 0b110_1010_0011_1111)]
    public void Parses(string text, int field, ulong mask)
    {
        PmuFormat? format = PmuFormat.Parse("x", text);

        Assert.Equal(new PmuFormat("x", field, mask), format);
    }

    [Theory]
    [InlineData("")]
    [InlineData("config")]
    [InlineData("config:")]
    [InlineData("config:a")]
    [InlineData("config:7-0")]
    [InlineData("config:0-64")]
    [InlineData("config:-1")]
    [InlineData("config:0--1")]
    [InlineData("config:0-7,")]
    [InlineData("config4:0")]
    [InlineData("configx:0")]
    [InlineData("attr:0-7")]
    public void RefusesWhatItDoesNotKnow(string text) => Assert.Null(PmuFormat.Parse("x", text));

    [Theory]
    [InlineData("config:0-7", 0xab, 0xab)]
    [InlineData("config:8-15", 0xab, 0xab00)]
    [InlineData("config:0-7,32-35", 0xfab, 0xf000000ab)]
    [InlineData("config:1,3,5,7", 0b1011, 0b1000_1010)]
    [InlineData("config:0-63", ulong.MaxValue, ulong.MaxValue)]
    [InlineData("config:63", 1, 1ul << 63)]
    public void SpreadsTheValueOverTheBits(string text, ulong value, ulong config)
    {
        PerfEventAttr attributes = default;

        PmuFormat.Parse("x", text)!.Write(value, ref attributes);

        Assert.Equal((config, 0ul, 0ul, 0ul), (attributes.Config, attributes.Config1, attributes.Config2, attributes.Config3));
    }

    [Fact]
    public void WritesToItsFieldAndKeepsOtherBits()
    {
        PerfEventAttr attributes = new() { Config = 0xf00, Config1 = 1, Config2 = 2, Config3 = 4 };

        PmuFormat.Parse("a", "config:0-3")!.Write(9, ref attributes);
        PmuFormat.Parse("b", "config1:8-15")!.Write(0x12, ref attributes);
        PmuFormat.Parse("c", "config2:4")!.Write(1, ref attributes);
        PmuFormat.Parse("d", "config3:60-63")!.Write(5, ref attributes);

        Assert.Equal((0xf09ul, 0x1201ul, 0x12ul, 0x5000_0000_0000_0004ul), (attributes.Config, attributes.Config1, attributes.Config2, attributes.Config3));
    }

    [Theory]
    [InlineData("config:0-7", 255)]
    [InlineData("config:3", 1)]
    [InlineData("config:0-7,32-35", 4095)]
    [InlineData("config1:0-63", ulong.MaxValue)]
    public void KnowsItsMaximum(string text, ulong maximum) => Assert.Equal(maximum, PmuFormat.Parse("x", text)!.MaximumValue);
}
