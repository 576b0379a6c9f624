using System.Management.Automation;
using System.Reflection;
using PerfTrace.Commands;
using PerfTrace.Host;

namespace PerfTrace.Tests.Common;

[Collection(CmdletCollection.Name)]
public sealed class ValidateWildcardsAttributeTests
{
    private readonly HostSession _host = new();

    [Theory]
    [InlineData("Get-Tracer '[a'", "'[a'")]
    [InlineData("Get-KernelFunction 'vfs_[b-a]'", "'vfs_[b-a]'")]
    [InlineData("Get-Tracepoint sched:*,'[a'", "'[a'")]
    [InlineData("Get-Tracepoint 'sched[:]x'", "'sched[:]x'")]
    [InlineData("Get-PerfEvent '[a'", "'[a'")]
    [InlineData("Get-UProbe '*:[a'", "'*:[a'")]
    public void What_is_no_pattern_is_refused_before_anything_is_done(string line, string pattern)
    {
        HostResult result = _host.Run(line);

        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith("ParameterArgumentValidationError,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains($"{pattern} is no pattern", error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(result.Objects);
    }

    [Fact]
    public void A_property_that_is_null_binds_as_before()
    {
        HostResult result = _host.Run("Get-KernelFunction vfs_read -Module '' | Get-KernelFunction");

        Assert.Empty(result.Errors);
        Assert.Single(result.Objects);
    }

    [Fact]
    public void Every_parameter_that_takes_wildcards_has_it()
    {
        PropertyInfo[] taking = [.. typeof(GetTracepointCommand).Assembly.GetTypes()
            .Where(static t => t.GetCustomAttribute<CmdletAttribute>() is not null)
            .SelectMany(static t => t.GetProperties())
            .Where(static p => p.GetCustomAttribute<SupportsWildcardsAttribute>() is not null)];

        Assert.True(taking.Length > 20);
        Assert.All(taking, static p => Assert.NotNull(p.GetCustomAttribute<ValidateWildcardsAttribute>()));
    }
}
