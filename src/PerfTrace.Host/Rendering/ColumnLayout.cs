namespace PerfTrace.Host.Rendering;

/// <summary>A column of a table once its width is known.</summary>
/// <param name="Index">The place of the column's cell in a row.</param>
/// <param name="Width">Characters; <see cref="int.MaxValue"/> for a last column that may be as long as its text.</param>
internal sealed record ColumnLayout(int Index, string Label, int Width, bool AlignsRight);
