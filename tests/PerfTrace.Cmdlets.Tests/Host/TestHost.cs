using PerfTrace.Host;
using PerfTrace.Tests.Host.TestCmdlets;

namespace PerfTrace.Tests.Host;

/// <summary>Runs the cmdlets of this assembly.</summary>
internal static class TestHost
{
    public static HostSession NewSession() => new(typeof(TestHost).Assembly);

    public static HostResult Run(string commandLine) => NewSession().Run(commandLine);

    public static HostResult Run(string[] arguments) => NewSession().Run(arguments);

    /// <summary>What the one recording cmdlet of a line was given; fails with the error if the line does not run.</summary>
    public static BindingResult Bind(string commandLine) => Single(Run(commandLine));

    public static BindingResult Bind(string[] arguments) => Single(Run(arguments));

    /// <summary>The id of the error that makes a line bad usage, without the type of the cmdlet.</summary>
    public static string UsageErrorOf(string commandLine)
    {
        HostResult result = Run(commandLine);
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Objects);
        return Assert.Single(result.Errors).FullyQualifiedErrorId.Split(',')[0];
    }

    private static BindingResult Single(HostResult result)
    {
        Assert.Equal("", result.StdErr);
        Assert.Equal(0, result.ExitCode);
        return Assert.IsType<BindingResult>(Assert.Single(result.Objects));
    }
}
