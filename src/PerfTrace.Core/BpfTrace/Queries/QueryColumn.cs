namespace PerfTrace.BpfTrace;

/// <summary>A value by which events are told apart.</summary>
/// <param name="Name">The property that shows it.</param>
/// <param name="Value">What it is.</param>
public sealed record QueryColumn(string Name, QueryExpression Value);
