namespace PerfTrace.Symbols;

/// <summary>How the names of C++ and Rust compilers are shown.</summary>
internal enum SymbolNameForm
{
    /// <summary>As perf prints them, without parameters and return types: <c>ns::spin&lt;long&gt;</c>.</summary>
    Short,

    /// <summary>As bpftrace prints them: <c>long ns::spin&lt;long&gt;(long)</c>.</summary>
    Whole,

    /// <summary>As they are in the file: <c>_ZN2ns4spinIlEET_S1_</c>.</summary>
    Raw,
}
