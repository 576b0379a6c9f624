using PerfTrace.Host.Terminal;

namespace PerfTrace.Host.Rendering;

/// <summary>Objects as lists, <c>Name : value</c> line by line, an empty line between objects.</summary>
internal sealed class ListWriter(HostConsole console, FormatView view) : IViewWriter
{
    private readonly int _labelWidth = view.Fields.Count == 0 ? 0 : view.Fields.Max(field => field.Label.Length);
    private bool _any;

    public void Write(object value)
    {
        console.PrepareToWrite(console.Out);
        if (_any)
            console.Out.WriteLine();
        _any = true;
        foreach (ViewField field in view.Fields)
        {
            string label = field.Label.PadRight(_labelWidth);
            if (console.HasColorOut)
                label = $"\e[32;1m{label}\e[0m";
            // A text of several lines hangs beside its label, as in PowerShell.
            string text = string.Join("\n".PadRight(_labelWidth + 4), CellFormatter.FormatLines(value, field));
            console.Out.WriteLine($"{label} : {text}".TrimEnd());
        }
    }

    public void Complete()
    {
    }
}
