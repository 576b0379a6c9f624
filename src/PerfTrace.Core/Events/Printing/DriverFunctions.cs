namespace PerfTrace.Events.Printing;

/// <summary>Functions of single drivers that print formats call: small, and the same in all kernels of these years.</summary>
internal static class DriverFunctions
{
    // include/xen/interface/xen.h and its x86 part, __HYPERVISOR_*; arch/x86/xen/trace.c
    private static readonly string[] XenCalls =
    [
        "set_trap_table", "mmu_update", "set_gdt", "stack_switch", "set_callbacks", "fpu_taskswitch", "sched_op_compat", "platform_op",
        "set_debugreg", "get_debugreg", "update_descriptor", "", "memory_op", "multicall", "update_va_mapping", "set_timer_op",
        "event_channel_op_compat", "xen_version", "console_io", "physdev_op_compat", "grant_table_op", "vm_assist",
        "update_va_mapping_otherdomain", "iret", "vcpu_op", "set_segment_base", "mmuext_op", "xsm_op", "nmi_op", "sched_op", "callback_op",
        "xenoprof_op", "event_channel_op", "physdev_op", "hvm_op", "sysctl", "domctl", "kexec_op", "tmem_op", "xc_reserved_op", "xenpmu_op",
        "dm_op", "", "", "", "", "", "", "arch_0", "arch_1", "arch_2", "arch_3", "arch_4", "arch_5", "arch_6", "arch_7",
    ];

    private static readonly Dictionary<string, KernelFunction> Table = new(StringComparer.Ordinal)
    {
        // include/linux/edac.h
        ["mc_event_error_type"] = new(CType.Text, 1, static (ref c, a) => KernelFunctions.Text(ref c,
            (uint)a[0].Bits switch { 0 => "Corrected", 1 => "Uncorrected", 2 => "Deferred", 3 => "Fatal", _ => "Info" })),
        ["xen_hypercall_name"] = new(CType.Text, 1, static (ref c, a) => KernelFunctions.Text(ref c,
            (uint)a[0].Bits is var call && call < XenCalls.Length ? XenCalls[call] : "")),
        // drivers/iommu/intel/iommu.h; the first two arguments are the buffer, which is not needed here.
        ["decode_prq_descriptor"] = new(CType.Text, 6, static (ref c, a) => KernelFunctions.Text(ref c, PageRequest(a[2].Bits, a[3].Bits, a[4].Bits, a[5].Bits))),
        // drivers/ata/libata-trace.c: bits of ATA's status register, and AC_ERR_* of include/linux/libata.h
        ["libata_trace_parse_status"] = new(CType.Text, 2, static (ref c, a) => KernelFunctions.Text(ref c,
            BitNames((byte)a[1].Bits, ["ERR", "SENSE", "CORR", "DRQ", "DSC", "DF", "DRDY", "BUSY"], highestFirst: true))),
        ["libata_trace_parse_eh_err_mask"] = new(CType.Text, 2, static (ref c, a) => KernelFunctions.Text(ref c, $"{(uint)a[1].Bits:x}" + ((uint)a[1].Bits == 0 ? ""
            : BitNames((uint)a[1].Bits, ["DEV", "HSM", "TIMEOUT", "MEDIA", "ATA_BUS", "HOST_BUS", "SYSTEM", "INVALID", "OTHER", "NODEV_HINT", "NCQ"], highestFirst: false)))),
        // drivers/nvme/host/trace.c; what its other functions print has changed from version to version.
        ["nvme_trace_disk_name"] = new(CType.Text, 2, static (ref c, a) =>
        {
            string name = System.Text.Encoding.UTF8.GetString(c.TextAt(a[1]));
            return KernelFunctions.Text(ref c, name.Length == 0 ? "" : $"disk={name}, ");
        }),
    };

    public static KernelFunction? Find(string name) => Table.GetValueOrDefault(name);

    private static string BitNames(uint bits, string[] names, bool highestFirst)
    {
        IEnumerable<string> set = names.Where((_, i) => (bits >> i & 1) != 0);
        return "{ " + string.Concat((highestFirst ? set.Reverse() : set).Select(static n => n + " ")) + "}";
    }

    private static string PageRequest(ulong w0, ulong w1, ulong w2, ulong w3)
    {
        static char Flag(ulong word, int bit, char letter) => (word >> bit & 1) != 0 ? letter : '-';
        string flags = new([Flag(w1, 0, 'r'), Flag(w1, 1, 'w'), Flag(w0, 52, 'x'), Flag(w0, 53, 'p'), Flag(w1, 2, 'l')]);
        string text = $"rid=0x{w0 >> 16 & 0xffff:x} addr=0x{w1 >> 12:x} {flags} pasid=0x{w0 >> 32 & 0xfffff:x} index=0x{w1 >> 3 & 0x1ff:x}";
        return (w0 >> 9 & 1) != 0 ? $"{text} private=0x{w2:x}/0x{w3:x}\n" : text;
    }
}
