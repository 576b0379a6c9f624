namespace PerfTrace.Bench;

/// <summary>What a user of PowerShell waits for: importing the module, and the first measurement of a session.</summary>
internal sealed class ShellCost : IMeasurement
{
    private const int Processes = 15;

    private static readonly Goal Import = new(200, "≤ 200 ms");
    private static readonly Goal First = new(300, "≤ 300 ms");

    public string Name => "shell";

    public IEnumerable<Row> Run(BenchOptions options)
    {
        if (!Pwsh.TryRun("first.ps1", options, out _, out string? problem)) // and the files are in the page cache after it
            return [Row.NotMeasured("Import-Module and the first Get-PerfCounter", problem)];
        Samples import = new(), first = new(), second = new();
        for (int i = 0; i < Processes; i++)
        {
            if (!Pwsh.TryRun("first.ps1", options, out IReadOnlyList<double> figures, out problem))
                return [Row.NotMeasured("Import-Module and the first Get-PerfCounter", problem)];
            import.Add(figures[0]);
            first.Add(figures[1]);
            second.Add(figures[2]);
        }
        return
        [
            Row.Absolute("Import-Module in a fresh pwsh", import.Median, "ms", Import),
            Row.Absolute("first Get-PerfCounter of a session, beyond the command", first.Median, "ms", First),
            Row.Information("second Get-PerfCounter of a session, beyond the command", Figures.Text(second.Median, "ms"), ""),
        ];
    }
}
