using System.Collections;
using System.Management.Automation;
using PerfTrace.Tests.Host.TestCmdlets;

namespace PerfTrace.Tests.Host.Automation;

public sealed class LanguagePrimitivesTests
{
    [Fact]
    public void ConvertsOrThrows()
    {
        Assert.Equal(16, LanguagePrimitives.ConvertTo<int>("0x10"));
        Assert.Equal("1.5", LanguagePrimitives.ConvertTo<string>(1.5));
        Assert.Equal(TestColor.Blue, LanguagePrimitives.ConvertTo<TestColor>("blue"));
        Assert.Throws<PSInvalidCastException>(() => LanguagePrimitives.ConvertTo<int>("x"));
    }

    [Fact]
    public void TriesToConvert()
    {
        Assert.True(LanguagePrimitives.TryConvertTo("7", out long number));
        Assert.Equal(7, number);
        Assert.False(LanguagePrimitives.TryConvertTo("seven", typeof(long), out _));
    }

    [Fact]
    public void TakesCollectionsApartButNotTextsOrDictionaries()
    {
        Assert.NotNull(LanguagePrimitives.GetEnumerable(new[] { 1 }));
        Assert.NotNull(LanguagePrimitives.GetEnumerable(PSObject.AsPSObject(new List<int>())));
        Assert.Null(LanguagePrimitives.GetEnumerable("text"));
        Assert.Null(LanguagePrimitives.GetEnumerable(new Hashtable()));
        Assert.Null(LanguagePrimitives.GetEnumerable(5));
    }
}
