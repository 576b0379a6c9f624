using PerfTrace.Bpf;
using PerfTrace.BpfTrace;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Kernel;

public sealed class KernelLockdownTests
{
    [Theory]
    [InlineData("[none] integrity confidentiality\n", null)]
    [InlineData("none [integrity] confidentiality\n", "integrity")]
    [InlineData("none integrity [confidentiality]\n", "confidentiality")]
    [InlineData("", null)]
    public void TheLevelIsBetweenBrackets(string text, string? level)
    {
        using TemporaryTree tree = Tree(text);

        Assert.Equal(level, KernelLockdown.Level(Paths(tree)));
        Assert.Equal(level == "confidentiality", KernelLockdown.IsConfidential(Paths(tree)));
    }

    [Fact]
    public void WithoutTheFileThereIsNone()
    {
        using var tree = new TemporaryTree();

        Assert.Null(KernelLockdown.Level(Paths(tree)));
    }

    // What the verifier says of a helper that lockdown takes away, by version.
    [Theory]
    [InlineData("unknown func bpf_probe_read_kernel#113", "[confidentiality]", true)]
    [InlineData("program of this type cannot use helper bpf_probe_read_kernel_str#115", "[confidentiality]", true)]
    [InlineData("unknown func bpf_probe_read#4", "[confidentiality]", true)]
    [InlineData("unknown func bpf_probe_write_user#36", "[confidentiality]", true)]
    [InlineData("unknown func bpf_probe_write_user#36", "[integrity]", true)]
    [InlineData("unknown func bpf_probe_read_kernel#113", "[integrity]", false)]
    [InlineData("unknown func bpf_probe_read_kernel#113", "[none]", false)]
    [InlineData("unknown func bpf_loop#181", "[confidentiality]", false)]
    public void ARefusedHelperNamesIt(string reason, string lockdown, bool names)
    {
        using TemporaryTree tree = Tree(lockdown);

        string? ofProgram = VerifierLog.Advise(Errno.EINVAL, reason, Paths(tree));
        string? ofScript = ScriptRefusal.Explain("kprobe:vfs_read", reason, Paths(tree)).Advice;

        Assert.Equal(names, ofProgram?.Contains("kernel_lockdown(7)", StringComparison.Ordinal) == true);
        Assert.Equal(names, ofScript?.Contains("kernel_lockdown(7)", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void SoDoRefusalsOfBpfAndOfEvents()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "What root is told.");
        using TemporaryTree tree = Tree("none integrity [confidentiality]");
        File.Copy("/proc/self/status", Directory.CreateDirectory(tree["proc/self"]).FullName + "/status");
        var paths = new SystemPaths(Proc: tree["proc"], Sys: tree["sys"]);

        Assert.Contains("kernel_lockdown(7)", BpfAdvice.For(Errno.EPERM, paths), StringComparison.Ordinal);
        Assert.Contains("kernel_lockdown(7)", PerfAdvice.ToException(Errno.EPERM, "kprobe:vfs_read", paths, isSystemWide: true, countsKernel: true, PerfEventKind.Tracepoint).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesOfTracepointsThatCanNotBeReadNameIt()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "What root is told.");
        using TemporaryTree tree = Tree("none integrity [confidentiality]");
        var paths = new SystemPaths(Sys: tree["sys"], Tracing: Directory.CreateDirectory(tree["tracing"]).FullName);

        Assert.Contains("kernel_lockdown(7)", Assert.Throws<KernelAccessException>(() => new TracepointNames(paths).All()).Advice, StringComparison.Ordinal);
    }

    private static TemporaryTree Tree(string lockdown) => new TemporaryTree().With("sys/kernel/security/lockdown", lockdown);

    private static SystemPaths Paths(TemporaryTree tree) => new(Sys: tree["sys"]);
}
