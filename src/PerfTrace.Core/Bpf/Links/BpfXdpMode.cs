namespace PerfTrace.Bpf;

/// <summary>Who runs an XDP program: XDP_FLAGS_* of <c>include/uapi/linux/if_link.h</c>.</summary>
public enum BpfXdpMode
{
    /// <summary>The driver where it can, otherwise the kernel.</summary>
    Any = 0,

    /// <summary>The kernel, behind the driver: works on every interface, slower.</summary>
    Generic = 2,

    /// <summary>The interface's driver.</summary>
    Driver = 4,

    /// <summary>The network card.</summary>
    Hardware = 8,
}
