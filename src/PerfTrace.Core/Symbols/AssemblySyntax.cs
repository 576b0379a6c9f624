namespace PerfTrace.Symbols;

/// <summary>How instructions of x86 are written.</summary>
public enum AssemblySyntax
{
    /// <summary>As the GNU tools do: <c>mov %rsp,%rbp</c>, the source first.</summary>
    Att,

    /// <summary>As the processors' manuals do: <c>mov rbp,rsp</c>, the destination first.</summary>
    Intel,
}
