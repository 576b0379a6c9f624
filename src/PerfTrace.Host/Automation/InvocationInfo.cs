#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>How a cmdlet was called.</summary>
public class InvocationInfo
{
    internal InvocationInfo(string commandName, string invocationName)
    {
        MyCommand = new CommandInfo(commandName);
        InvocationName = invocationName;
    }

    public CommandInfo MyCommand { get; }

    /// <summary>The name as it was typed, an alias perhaps.</summary>
    public string InvocationName { get; }

    /// <summary>Parameters bound on the command line and, for the object at hand, from the pipeline; defaults are not among them.</summary>
    public Dictionary<string, object> BoundParameters { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>True if the cmdlet has another one before it in the pipeline.</summary>
    public bool ExpectingInput { get; internal set; }

    /// <summary>The number of cmdlets in the pipeline.</summary>
    public int PipelineLength { get; internal set; } = 1;

    /// <summary>This cmdlet's place in the pipeline, from 1.</summary>
    public int PipelinePosition { get; internal set; } = 1;
}
