namespace PerfTrace.Host.Terminal;

/// <summary>Standard input, opened when first read: most runs never ask anything, and opening it costs time.</summary>
internal sealed class LazyStandardInput : TextReader
{
    public override string? ReadLine() => Console.In.ReadLine();
}
