namespace PerfTrace.Profiles;

/// <summary>Names as folded stacks have them: without the separator, with <c>_[k]</c> behind what is the kernel's.</summary>
internal static class FoldedNames
{
    private const string KernelMark = "_[k]", GeneratedMark = "_[j]", InlinedMark = "_[i]";

    /// <summary>A name that can stand in a line: the separator becomes a colon, control characters become blanks.</summary>
    public static string Escape(string name)
    {
        if (name.AsSpan().IndexOfAnyInRange('\0', '\x1f') < 0 && !name.Contains(';', StringComparison.Ordinal) && name.Trim().Length == name.Length && name.Length > 0)
            return name;
        string escaped = string.Create(name.Length, name, static (to, from) =>
        {
            for (int i = 0; i < to.Length; i++)
                to[i] = from[i] == ';' ? ':' : char.IsControl(from[i]) ? ' ' : from[i];
        }).Trim();
        return escaped.Length == 0 ? "[unknown]" : escaped;
    }

    public static string Format(ProfileFrame frame, bool marksKernel, bool marksGenerated) => Escape(frame.Name) + (frame.Kind switch
    {
        FrameKind.Kernel when marksKernel => KernelMark,
        FrameKind.Generated when marksGenerated => GeneratedMark,
        FrameKind.Inlined => InlinedMark,
        _ => "",
    });

    /// <summary>The name without its mark, and the kind that the mark tells.</summary>
    public static (string Name, FrameKind Kind) Parse(string text)
    {
        if (text.Length > KernelMark.Length && text[^1] == ']')
        {
            string name = text[..^KernelMark.Length];
            switch (text[^KernelMark.Length..])
            {
                case KernelMark:
                    return (name, FrameKind.Kernel);
                case GeneratedMark:
                    return (name, FrameKind.Generated);
                case InlinedMark:
                    return (name, FrameKind.Inlined);
            }
        }
        return (text, text is "[unknown]" ? FrameKind.Unknown : FrameKind.User);
    }
}
