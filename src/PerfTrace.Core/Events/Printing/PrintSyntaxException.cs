namespace PerfTrace.Events.Printing;

/// <summary>A part of a print format that is not interpreted. <see cref="PrintFormat.Compile"/> keeps its message; nobody else sees it.</summary>
internal sealed class PrintSyntaxException(string problem) : Exception(problem);
