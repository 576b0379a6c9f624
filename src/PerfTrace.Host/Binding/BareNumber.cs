namespace PerfTrace.Host.Binding;

/// <summary>
/// An unquoted argument that is a number. As in PowerShell it is the number for parameters that want one and the very text
/// that was typed for parameters that want text (<c>007</c> stays <c>007</c>).
/// </summary>
internal sealed record BareNumber(string Text, object Value)
{
    public override string ToString() => Text;
}
