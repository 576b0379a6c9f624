using System.Management.Automation;
using PerfTrace.Host;

namespace PerfTrace.Tests;

/// <summary>Runs cmdlets as the program <c>perftrace</c> does.</summary>
public abstract class CmdletFixture
{
    protected HostSession Host { get; } = new();

    /// <summary>Runs a line that must write no error.</summary>
    protected HostResult Run(string line)
    {
        HostResult result = Host.Run(line);
        Assert.Equal("", result.StdErr);
        return result;
    }

    /// <summary>The one object of a line that must write no error.</summary>
    protected T Single<T>(string line) => Assert.IsType<T>(Assert.Single(Run(line).Objects));

    /// <summary>Runs a line that must write this error and no other, and no object.</summary>
    protected ErrorRecord Fail(string line, string id, ErrorCategory category)
    {
        HostResult result = Host.Run(line);
        Assert.Equal(1, result.ExitCode);
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Empty(result.Objects);
        return error;
    }
}
