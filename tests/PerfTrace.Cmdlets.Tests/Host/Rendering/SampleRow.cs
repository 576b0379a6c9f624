namespace PerfTrace.Tests.Host.Rendering;

public sealed record SampleRow(string Name, long? Value, double Share = 0, string Group = "");
