using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.Objects;

public sealed class BpfUnprivilegedTests
{
    [Fact]
    public void ARefusalSaysWhichCapabilitiesItTakes()
    {
        string[] lines = Helper.RunAsNobody("bpf-unprivileged");
        Assert.Equal(5, lines.Length);
        bool mayCreate = File.ReadAllText("/proc/sys/kernel/unprivileged_bpf_disabled").Trim() == "0";
        foreach (string line in lines)
        {
            if (mayCreate && line.StartsWith("create:", StringComparison.Ordinal))
                Assert.Equal("create: allowed", line);
            else
                Assert.Matches("^[a-z]+: KernelAccessException: Run as root, .*CAP_BPF.*CAP_SYS_ADMIN \\(kernel.unprivileged_bpf_disabled is [012]\\)\\.$", line);
        }
    }
}
