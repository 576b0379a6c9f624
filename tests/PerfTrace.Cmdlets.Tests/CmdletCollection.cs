using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

namespace PerfTrace.Tests;

/// <summary>Tests that run real cmdlets: one after another, because some count this process's descriptors.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class CmdletCollection
{
    public const string Name = "Cmdlets";
}
