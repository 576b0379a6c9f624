using System.Text;

namespace PerfTrace.Host.Binding;

/// <summary>
/// An argument and, of the same length, its shape: the argument with a NUL for each character that was quoted. What separates words, or
/// begins a parameter, is looked for in the shape alone, so that quoted commas and dashes are just text.
/// </summary>
internal readonly record struct QuotedText(string Text, string Shape)
{
    /// <summary>Stands for a quoted character in a shape, and for an empty pair of quotes in both; no argument can hold a real one.</summary>
    public const char Quoted = '\0';

    public static QuotedText Bare(string text) => new(text, text);

    public int Length => Shape.Length;

    public QuotedText this[Range range] => new(Text[range], Shape[range]);

    public string Plain => Text.Replace("\0", "", StringComparison.Ordinal);

    public Word ToWord() => new(Plain, IsQuoted: Shape.Contains(Quoted, StringComparison.Ordinal));

    public static QuotedText operator +(QuotedText left, QuotedText right) => new(left.Text + right.Text, left.Shape + right.Shape);

    /// <summary>Collects an argument piece by piece.</summary>
    internal sealed class Builder
    {
        private readonly StringBuilder _text = new();
        private readonly StringBuilder _shape = new();

        public int Length => _shape.Length;

        public string Shape => _shape.ToString();

        public void AppendBare(char c)
        {
            _text.Append(c);
            _shape.Append(c);
        }

        public void AppendQuoted(string text)
        {
            _text.Append(text.Length == 0 ? "\0" : text);
            _shape.Append(Quoted, Math.Max(text.Length, 1));
        }

        public QuotedText Build() => new(_text.ToString(), Shape);
    }
}
