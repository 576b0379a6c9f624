namespace System.Management.Automation.Host;

/// <summary>What cmdlets write beside their output: here the terminal.</summary>
public sealed class PSHostUserInterface(TextWriter writer)
{
    public void Write(string value)
    {
        writer.Write(value);
        writer.Flush();
    }

    public void WriteWarningLine(string message) => Write($"WARNING: {message}\n");
}
