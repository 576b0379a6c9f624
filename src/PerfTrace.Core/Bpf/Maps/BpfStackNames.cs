using System.Globalization;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>Names for the addresses in maps of stacks (struct of BPF_MAP_TYPE_STACK_TRACE: addresses, the innermost first, with zeros behind).</summary>
internal sealed class BpfStackNames(IKernelSymbols kernel)
{
    // struct bpf_stack_build_id { __s32 status; unsigned char build_id[20]; union { __u64 offset; __u64 ip; }; }
    private const int BuildIdEntry = 32, BuildIdSize = 20, StatusValid = 1, StatusAddress = 2;

    /// <summary>The frames: functions of the kernel with their offset, else addresses.</summary>
    public string[] Read(ReadOnlySpan<byte> value, bool hasBuildIds)
    {
        var frames = new List<string>();
        if (hasBuildIds)
        {
            for (; value.Length >= BuildIdEntry; value = value[BuildIdEntry..])
            {
                int status = BitConverter.ToInt32(value);
                ulong place = BitConverter.ToUInt64(value[24..]);
                if (status is not (StatusValid or StatusAddress))
                    break;
                frames.Add(status == StatusValid ? $"{Convert.ToHexStringLower(value.Slice(4, BuildIdSize))}+0x{place:x}" : Name(place));
            }
            return [.. frames];
        }
        for (; value.Length >= sizeof(ulong) && BitConverter.ToUInt64(value) is var address and not 0; value = value[sizeof(ulong)..])
            frames.Add(Name(address));
        return [.. frames];
    }

    private string Name(ulong address) =>
        kernel.TryFind(address, out string? name, out ulong offset, out _, out string? module)
            ? string.Create(CultureInfo.InvariantCulture, $"{name}+0x{offset:x}{(module is null ? "" : $" [{module}]")}")
            : $"0x{address:x}";
}
