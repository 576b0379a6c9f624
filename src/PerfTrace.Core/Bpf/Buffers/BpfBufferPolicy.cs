namespace PerfTrace.Bpf;

/// <summary>What happens to records when a buffer is full.</summary>
public enum BpfBufferPolicy
{
    /// <summary>The kernel refuses new ones; those that are there stay.</summary>
    DropNewest,
}
