using System.Net;
using PerfTrace.Tests.Host.TestCmdlets;

namespace PerfTrace.Tests.Host.Rendering;

/// <summary>A property of each kind.</summary>
public sealed class SampleValues : SampleBase
{
    public string Text => "a \"b\" <c> ü";

    public int Number => -5;

    public ulong Big => ulong.MaxValue;

    public double Real => 0.1;

    public double NotANumber => double.NaN;

    public string? Nothing => null;

    public bool Yes => true;

    public TestColor Color => TestColor.Green;

    public TestAccess Access => TestAccess.Read | TestAccess.Write;

    public TimeSpan Duration => new(1, 2, 3, 4, 500);

    public DateTimeOffset Moment => new(2026, 5, 1, 12, 0, 0, 250, TimeSpan.FromHours(2));

    public int[] Numbers => [1, 2];

    public Dictionary<string, int> Map => new() { ["k"] = 1 };

    public byte[] Bytes => [1, 2];

    public TestThing Child => new() { Key = "k", Quantity = 7 };

    public IPAddress Address => IPAddress.Parse("10.0.0.1");

    public int Failing => throw new InvalidOperationException("cannot be read");
}
