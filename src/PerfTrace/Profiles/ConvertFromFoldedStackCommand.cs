using System.Management.Automation;
using PerfTrace.Profiles;

namespace PerfTrace.Commands;

/// <summary>ConvertFrom-FoldedStack: lines as the tools around flame graphs exchange them, as objects.</summary>
[Cmdlet(VerbsData.ConvertFrom, "FoldedStack")]
[OutputType(typeof(FoldedStack))]
public sealed class ConvertFromFoldedStackCommand : PerfTraceCommand
{
    private long _line;

    /// <summary>Lines: frames separated by semicolons, a blank, a number. Empty ones, and those that begin with #, are passed over.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public string[] InputObject { get; set; } = [];

    protected override void ProcessRecord()
    {
        // A text of several lines comes from Get-Content -Raw.
        foreach (string line in InputObject.SelectMany(static text => text.Split('\n')))
        {
            if (StopToken.IsCancellationRequested)
                return;
            _line++;
            if (!string.IsNullOrWhiteSpace(line) && !line.StartsWith('#'))
                Write(line);
        }
    }

    private void Write(string line)
    {
        FoldedStack stack;
        try
        {
            stack = FoldedStack.Parse(line);
        }
        catch (FormatException e)
        {
            WriteProblem(new FormatException($"Line {_line}: {e.Message}", e), line, "InvalidFoldedStack");
            return;
        }
        WriteObject(stack);
    }
}
