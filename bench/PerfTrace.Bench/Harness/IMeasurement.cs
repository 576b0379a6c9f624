namespace PerfTrace.Bench;

/// <summary>One subject of the table.</summary>
internal interface IMeasurement
{
    /// <summary>The word that selects it on the command line.</summary>
    string Name { get; }

    IEnumerable<Row> Run(BenchOptions options);
}
