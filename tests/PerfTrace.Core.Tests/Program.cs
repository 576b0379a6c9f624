using System.Runtime.Versioning;
using PerfTrace.Tests.Support;
using Xunit.Runner.InProc.SystemConsole;

[assembly: SupportedOSPlatform("linux")]

// Tests count this process's descriptors and children, and change what is machine-wide (sysctl): one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace PerfTrace.Tests;

/// <summary>Runs the tests; with <c>--helper NAME ARGUMENTS</c> what a test wants done in a process of its own.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => args is [Helper.Switch, var name, .. var rest]
        ? Task.FromResult(Helper.Run(name, rest))
        : ConsoleRunner.Run(args);
}
