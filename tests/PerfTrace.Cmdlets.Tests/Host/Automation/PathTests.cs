using System.Management.Automation;

namespace PerfTrace.Tests.Host.Automation;

public sealed class PathTests
{
    [Fact]
    public void AreResolvedAgainstTheCurrentDirectoryAndHome()
    {
        PathIntrinsics path = new SessionState().Path;
        string here = Environment.CurrentDirectory;
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        Assert.Equal(here, path.CurrentFileSystemLocation.Path);
        Assert.Equal(Path.Combine(here, "a", "b"), path.GetUnresolvedProviderPathFromPSPath("a/./c/../b"));
        Assert.Equal("/etc/x", path.GetUnresolvedProviderPathFromPSPath("/etc/x"));
        Assert.Equal(home, path.GetUnresolvedProviderPathFromPSPath("~"));
        Assert.Equal(Path.Combine(home, "perf.data"), path.GetUnresolvedProviderPathFromPSPath("~/perf.data"));
    }
}
