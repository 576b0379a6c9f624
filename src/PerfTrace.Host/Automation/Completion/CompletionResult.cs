namespace System.Management.Automation;

/// <summary>A proposal: the text to insert, and how it is shown in a list.</summary>
public class CompletionResult
{
    public CompletionResult(string completionText, string listItemText, CompletionResultType resultType, string toolTip)
    {
        ArgumentException.ThrowIfNullOrEmpty(completionText);
        ArgumentException.ThrowIfNullOrEmpty(listItemText);
        ArgumentException.ThrowIfNullOrEmpty(toolTip);
        CompletionText = completionText;
        ListItemText = listItemText;
        ResultType = resultType;
        ToolTip = toolTip;
    }

    public CompletionResult(string completionText)
        : this(completionText, completionText, CompletionResultType.Text, completionText)
    {
    }

    public string CompletionText { get; }

    public string ListItemText { get; }

    public CompletionResultType ResultType { get; }

    public string ToolTip { get; }
}
