using PerfTrace.Bpf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.Code;

/// <summary>The list of helpers against the kernel's own.</summary>
public sealed class BpfHelpersTests
{
    [Fact]
    public void NumbersAndNamesAreTheKernels()
    {
        // [92] ENUM 'bpf_func_id' … 'BPF_FUNC_map_lookup_elem' val=1
        string dump = Command.Run("bpftool", ["btf", "dump", "file", "/sys/kernel/btf/vmlinux"]).Output;
        var kernel = System.Text.RegularExpressions.Regex.Matches(dump, @"^\s+'BPF_FUNC_(\w+)' val=(\d+)$", System.Text.RegularExpressions.RegexOptions.Multiline)
            .ToDictionary(m => int.Parse(m.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture), m => $"bpf_{m.Groups[1].Value}");

        Assert.True(kernel.Count > 180, $"The kernel's type information tells of {kernel.Count} helpers.");
        foreach ((int id, string name) in kernel)
        {
            // A kernel of the future has more.
            if (id <= (int)BpfHelper.CgrpStorageDelete)
                Assert.Equal(name, BpfHelpers.NameOf(id));
        }
        Assert.Null(BpfHelpers.NameOf(100_000));
        Assert.Null(BpfHelpers.NameOf(-1));
    }
}
