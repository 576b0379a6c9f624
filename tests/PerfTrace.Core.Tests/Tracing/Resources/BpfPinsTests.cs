using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing.Resources;

public sealed class BpfPinsTests
{
    [Fact]
    public void Pins_are_found_in_every_bpffs_and_removed_with_what_is_in_them()
    {
        using TemporaryTree tree = new TemporaryTree()
            .With("bpf/perftrace_7_8_map", "").With("bpf/others/perftrace_7_8_dir/prog", "").With("bpf/others/perftrace_7_8_dir/sub/link", "").With("bpf/kept", "").With("bpf/others/kept", "");
        Directory.CreateSymbolicLink(tree["bpf/loop"], tree["bpf"]);
        tree.With("self/mountinfo", $"30 1 0:30 / {tree["bpf"]} rw - bpf bpf rw\n31 1 0:31 / {tree["not"]} rw - tmpfs tmpfs rw\n");

        (string Path, TraceOwner Owner)[] pins = [.. BpfPins.List(new SystemPaths(Proc: tree.Root))];

        Assert.Equal([tree["bpf/others/perftrace_7_8_dir"], tree["bpf/perftrace_7_8_map"]], pins.Select(p => p.Path));
        Assert.All(pins, p => Assert.Equal(new TraceOwner(7, 8), p.Owner));
        foreach ((string path, _) in pins)
            BpfPins.Remove(path);
        Assert.Equal(["kept", "loop", "others", "others/kept"],
            Directory.GetFileSystemEntries(tree["bpf"]).Concat(Directory.GetFileSystemEntries(tree["bpf/others"])).Select(e => Path.GetRelativePath(tree["bpf"], e)).Order(StringComparer.Ordinal));
        BpfPins.Remove(tree["bpf/perftrace_7_8_map"]); // gone already
    }

    [Fact]
    public void A_pin_that_can_not_be_removed_says_so()
    {
        using TemporaryTree tree = new TemporaryTree().With("file", "");

        Assert.Equal(Errno.ENOTDIR, Assert.Throws<KernelException>(() => BpfPins.Remove(tree["file/below"])).Errno);
    }
}
