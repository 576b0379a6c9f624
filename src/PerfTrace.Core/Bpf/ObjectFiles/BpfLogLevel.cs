namespace PerfTrace.Bpf;

/// <summary>How much a message of libbpf's matters (enum libbpf_print_level).</summary>
public enum BpfLogLevel
{
    Warning = 0,
    Information = 1,
    Debug = 2,
}
