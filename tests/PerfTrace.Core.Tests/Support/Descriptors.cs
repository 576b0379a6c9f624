namespace PerfTrace.Tests.Support;

/// <summary>This process's descriptors: what a test opened must be closed again.</summary>
internal static class Descriptors
{
    public static int Count() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    /// <summary>Runs twice (the first run may load assemblies and start threads) and asserts that the second left nothing open.</summary>
    public static void AssertNoneLeaked(Action action)
    {
        action();
        Settle();
        string[] before = Names();
        action();
        Settle();
        string[] after = Names();
        Assert.True(after.Length <= before.Length, $"Left open: {string.Join(", ", after.Except(before))}");
    }

    // A child's waiting thread closes its own descriptors just after the child's end was told.
    private static void Settle()
    {
        for (int i = 0; i < 5; i++)
            Thread.Sleep(4);
    }

    private static string[] Names() =>
        [.. Directory.GetFileSystemEntries("/proc/self/fd").Select(static fd => $"{Path.GetFileName(fd)} -> {TargetOf(fd)}")];

    private static string? TargetOf(string fd)
    {
        try
        {
            return new FileInfo(fd).LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
