namespace PerfTrace.Bpf;

/// <summary>The kinds of things that bpf(2) gives descriptors of.</summary>
public enum BpfObjectKind
{
    Program,
    Map,
    Link,

    /// <summary>Type information.</summary>
    Btf,
}
