namespace PerfTrace.BpfTrace;

/// <summary>A part of a script's tree. Trees do not change once they are made, but for the types that the checker notes in them.</summary>
/// <param name="span">Where it stands.</param>
/// <param name="below">The height of the highest part below it.</param>
internal abstract class Node(SourceSpan span, int below)
{
    public SourceSpan Span { get; } = span;

    /// <summary>How many levels there are from here down: the parser bounds it, so that what walks a tree may call itself.</summary>
    public int Height { get; } = below + 1;

    protected static int Highest(params ReadOnlySpan<Node?> parts)
    {
        int height = 0;
        foreach (Node? part in parts)
            height = Math.Max(height, part?.Height ?? 0);
        return height;
    }

    protected static int HighestOf(IEnumerable<Node> parts, Node? last = null)
    {
        int height = last?.Height ?? 0;
        foreach (Node part in parts)
            height = Math.Max(height, part.Height);
        return height;
    }
}

/// <summary>What has a value.</summary>
internal abstract class Expression(SourceSpan span, int below) : Node(span, below)
{
    /// <summary>The type that the checker found; null before.</summary>
    public ScriptType? Type { get; set; }

    /// <summary>The value, in two's complement, where the checker knows it before the script runs: of literals and what is computed of them, constants, <c>sizeof</c>.</summary>
    public long? Constant { get; set; }

    /// <summary>What it stands for, where the checker puts it together of other expressions: <c>ppid</c> is a field of a field of the task. Null for most.</summary>
    public Expression? Meaning { get; set; }
}

/// <summary>What does something and has no value.</summary>
internal abstract class Statement(SourceSpan span, int below) : Node(span, below);
