namespace PerfTrace.Bench;

/// <summary>A flood in ftrace's buffers, taken out by the cmdlet.</summary>
internal sealed class TraceBufferShell : IMeasurement
{
    public string Name => "pipe-shell";

    public IEnumerable<Row> Run(BenchOptions options)
    {
        if (Pwsh.TryRun("pipe.ps1", options, out IReadOnlyList<double> f, out string? problem, CallFlood.Command(0, 1)))
            yield return Row.Information($"an event out of Watch-TracePipe | Out-Null, of {f[0]:0} (as many as the kernel says are there)", Figures.Text(f[1] * 1e9 / f[0], "ns"), "");
        else
            yield return Row.NotMeasured("Watch-TracePipe in pwsh", problem);
    }
}
