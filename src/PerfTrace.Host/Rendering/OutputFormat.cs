namespace PerfTrace.Host.Rendering;

/// <summary>The forms in which objects leave the program.</summary>
public enum OutputFormat
{
    /// <summary>The object's own view, as PowerShell would choose it, on a terminal; JSON lines otherwise, in which what is text and no object is a line as it is.</summary>
    Auto,
    Table,
    List,
    Json,
    JsonLines,
    Csv,
}
