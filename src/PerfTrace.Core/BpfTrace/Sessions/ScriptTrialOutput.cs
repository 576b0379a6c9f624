namespace PerfTrace.BpfTrace;

/// <summary>What came of one run of a <c>test</c> or <c>bench</c> probe.</summary>
/// <param name="Text">What it printed, its messages between.</param>
/// <param name="Errors">Its errors.</param>
/// <param name="ExitStatus">What <c>exit()</c> was given; 0 without.</param>
internal sealed record ScriptTrialOutput(string Text, string[] Errors, int ExitStatus);
