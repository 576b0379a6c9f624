namespace PerfTrace.Host.Rendering;

/// <summary>A column of a table or an entry of a list, as a view file describes it.</summary>
/// <param name="PropertyName">A property of the object, or one of a property's value: <c>Latency.TotalMilliseconds</c>; a method without parameters: <c>ToString()</c>.</param>
/// <param name="Width">Characters; 0 if the content decides.</param>
/// <param name="AlignsRight">Null if the kind of value decides: numbers to the right.</param>
internal sealed record ViewField(string PropertyName, string Label, string? FormatString = null, int Width = 0, bool? AlignsRight = null);
