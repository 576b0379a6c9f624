using PerfTrace.Bench;

if (args is ["make-calls", .. var flood])
    return CallFlood.Run(flood);
IMeasurement[] all = [new Accuracy(), new Listing(), new OpenReadClose(), new IntervalCost(), new ShellCost(), new EventCost(), new TracepointFlood(), new TraceBufferFlood(), new TraceBufferShell(), new SampleReading(), new SampleRecording(), new MapEntries(), new TypeLookup(), new RingBufferFlood(), new ScriptCost()];
if (args is [TypeLookup.Verb])
    return TypeLookup.RunOnce();
BenchOptions options;
try
{
    options = BenchOptions.Parse(args, [.. all.Select(static m => m.Name)]);
}
catch (FormatException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}

Environment.SetEnvironmentVariable("LC_ALL", "C");
var rows = new List<Row>();
foreach (IMeasurement measurement in all)
{
    if (options.Names.Count > 0 && !options.Names.Contains(measurement.Name))
        continue;
    Console.Error.WriteLine($"bench: {measurement.Name} ...");
    rows.AddRange(measurement.Run(options));
}
ResultTable.Print(rows, Console.Out);
return options.Check && rows.Any(static r => r.Verdict == Verdict.Missed) ? 1 : 0;
