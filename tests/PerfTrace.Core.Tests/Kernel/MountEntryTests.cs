using PerfTrace.Kernel;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Kernel;

public class MountEntryTests
{
    [Theory]
    [InlineData("36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue", "/mnt1", "/mnt2", "ext3", "rw,errors=continue")]
    [InlineData("36 35 98:0 / /mnt2 rw - tracefs tracefs rw", "/", "/mnt2", "tracefs", "rw")]
    [InlineData("36 35 98:0 / /mnt2 rw shared:1 master:2 propagate_from:3 unbindable - cgroup2 none rw", "/", "/mnt2", "cgroup2", "rw")]
    [InlineData(@"36 35 98:0 /a\040b /c\011d\012e\134f rw - tmpfs none rw", "/a b", "/c\td\ne\\f", "tmpfs", "rw")]
    [InlineData(@"36 35 98:0 /\9 /x\04 rw - tmpfs none rw", @"/\9", @"/x\04", "tmpfs", "rw")]
    [InlineData("36 35 98:0 / /- rw - tmpfs - rw", "/", "/-", "tmpfs", "rw")]
    public void Parses(string line, string root, string mountPoint, string type, string options) =>
        Assert.Equal(new MountEntry(root, mountPoint, type, options), MountEntry.Parse(line));

    [Theory]
    [InlineData("")]
    [InlineData("36 35 98:0 / /mnt rw")]
    [InlineData("36 35 98:0 / /mnt rw -")]
    [InlineData("36 35 98:0 / /mnt rw - tmpfs none")]
    [InlineData("- - - - - - ")]
    public void RefusesWhatIsNoMount(string line) => Assert.Null(MountEntry.Parse(line));

    [Fact]
    public void ThisMachinesMountsAreRead()
    {
        IReadOnlyList<MountEntry> mounts = MountEntry.ReadAll(SystemPaths.Default);

        Assert.Contains(mounts, static m => m is { MountPoint: "/proc", Type: "proc" });
        Assert.Equal(File.ReadAllLines("/proc/self/mountinfo").Length, mounts.Count);
    }

    [Fact]
    public void TracefsIsFoundWhereItIsMountedWhole()
    {
        Assert.Null(Find("22 1 0:21 / /proc rw - proc proc rw"));
        Assert.Equal("/sys/kernel/debug/tracing", Find("22 1 0:21 / /sys/kernel/debug/tracing rw - tracefs tracefs rw"));
        // The conventional place before the automount, whichever comes first; an instance's bind mount is none.
        Assert.Equal("/sys/kernel/tracing", Find("1 1 0:1 / /sys/kernel/debug/tracing rw - tracefs t rw", "2 1 0:1 / /sys/kernel/tracing rw - tracefs t rw"));
        Assert.Equal("/sys/kernel/tracing", Find("2 1 0:1 / /sys/kernel/tracing rw - tracefs t rw", "1 1 0:1 / /sys/kernel/debug/tracing rw - tracefs t rw"));
        Assert.Equal("/my tracing", Find("1 1 0:1 /instances/x /bind rw - tracefs t rw", @"2 1 0:1 / /my\040tracing rw - tracefs t rw"));

        static string? Find(params string[] lines)
        {
            using TemporaryTree tree = new TemporaryTree().With("self/mountinfo", string.Join('\n', lines) + "\n");
            return TraceFileSystem.Find(new SystemPaths(Proc: tree.Root));
        }
    }

    [Fact]
    public void TracefsOfThisMachineHasEvents()
    {
        string root = TraceFileSystem.Require(SystemPaths.Default);

        Assert.True(File.Exists(Path.Combine(root, "available_events")));
        Assert.Equal("/given", TraceFileSystem.Find(new SystemPaths(Tracing: "/given")));
        Assert.Throws<PerfTrace.Interop.KernelException>(() => TraceFileSystem.Require(new SystemPaths(Tracing: "/no/such/tracefs")));
    }
}
