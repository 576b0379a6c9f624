namespace PerfTrace.Tests.Support;

/// <summary>What tests want done in a process of its own: with another user, with fewer descriptors.</summary>
internal static class Helper
{
    public const string Switch = "--helper";

    /// <summary>Runs in the helper process.</summary>
    public static int Run(string name, string[] arguments) => name switch
    {
        _ => throw new ArgumentException($"There is no helper '{name}'.", nameof(name)),
    };
}
