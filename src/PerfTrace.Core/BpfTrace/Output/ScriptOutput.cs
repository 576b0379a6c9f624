namespace PerfTrace.BpfTrace;

/// <summary>What is to be written because a program asked for it.</summary>
internal abstract record ScriptOutput;

/// <summary>Text with its values: of printf, print, time, join, cat and system.</summary>
internal sealed record PrintOutput(BpfTracePrint Print) : ScriptOutput;

/// <summary>The entries of a map, and the text that bpftrace prints for them.</summary>
/// <param name="Content">What was read.</param>
/// <param name="IsValueOnly">The text is of one entry's value, without its key.</param>
internal sealed record MapOutput(ScriptMapContent Content, bool IsValueOnly) : ScriptOutput
{
    public string Text => IsValueOnly ? $"{Content.ValueText}\n" : Content.Text;
}

/// <summary>A message for the error stream, of the script or of what it asked for.</summary>
internal sealed record MessageOutput(ScriptDiagnostic Message) : ScriptOutput;

/// <summary>The script ends.</summary>
internal sealed record ExitOutput(int Status) : ScriptOutput;
