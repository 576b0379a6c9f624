using PerfTrace.Host.Terminal;

namespace PerfTrace.Host.Rendering;

/// <summary>Objects as their own text, which may have several lines.</summary>
internal sealed class ObjectTextWriter(HostConsole console) : IViewWriter
{
    public void Write(object value)
    {
        console.PrepareToWrite(console.Out);
        console.Out.WriteLine(PrintableText.Lines(value.ToString() ?? ""));
    }

    public void Complete()
    {
    }
}
