using PerfTrace.Access;

namespace PerfTrace.Tests.Access;

/// <summary>What a distribution's kernel has is available to root there.</summary>
[Trait("Machine", "Guest")]
public class AccessFeaturesGuestTests
{
    [Theory]
    [InlineData("KProbes")]
    [InlineData("UProbes")]
    [InlineData("HistogramTriggers")]
    [InlineData("SyntheticEvents")]
    [InlineData("Snapshots")]
    [InlineData("FunctionTracer")]
    [InlineData("FunctionGraphTracer")]
    [InlineData("BpfTracepoint")]
    [InlineData("BpfKProbe")]
    [InlineData("BpfUProbe")]
    [InlineData("BpfPerfEvent")]
    [InlineData("BpfFunctionEntry")]
    [InlineData("BpfIterator")]
    [InlineData("BpfPins")]
    public void A_distributions_kernel_has_it(string feature)
    {
        PerfTraceAccess access = Assert.Single(AccessFeatures.Try((n, _) => n == feature));

        Assert.True(access.IsAvailable, $"{access.Reason} {access.Remedy}");
    }
}
