using PerfTrace.Profiles;

namespace PerfTrace.Tests.Profiles;

public sealed class FoldedStackTests
{
    [Theory]
    [InlineData("bash;main;read 12", "bash|main|read", 12)]
    [InlineData("java;operator new(unsigned long);f_[j] 3", "java|operator new(unsigned long)|f_[j]", 3)]
    [InlineData("  one\t0 ", "one", 0)]
    [InlineData("a;;b 1", "a|[unknown]|b", 1)]
    [InlineData("a 9223372036854775807", "a", long.MaxValue)]
    public void A_line_is_frames_and_a_number(string line, string frames, long count)
    {
        FoldedStack stack = FoldedStack.Parse(line);

        Assert.Equal(frames.Split('|'), stack.Frames);
        Assert.Equal(count, stack.Count);
        Assert.Equal(stack, FoldedStack.Parse(stack.ToString()));
        Assert.Equal(stack.GetHashCode(), FoldedStack.Parse(stack.ToString()).GetHashCode());
    }

    [Theory]
    [InlineData("")]
    [InlineData("nothing")]
    [InlineData("a;b x")]
    [InlineData("a -1")]
    [InlineData("a 1.5")]
    [InlineData("a 9223372036854775808")]
    public void Others_are_refused(string line) => Assert.Throws<FormatException>(() => FoldedStack.Parse(line));

    [Theory]
    [InlineData("a;b", "a:b")]
    [InlineData("a\nb", "a b")]
    [InlineData(" a ", "a")]
    [InlineData("", "[unknown]")]
    [InlineData("f(int, char)", "f(int, char)")]
    public void Names_are_made_to_fit(string name, string escaped) => Assert.Equal(escaped, FoldedNames.Escape(name));

    [Theory]
    [InlineData("vfs_read_[k]", "vfs_read", FrameKind.Kernel)]
    [InlineData("f_[j]", "f", FrameKind.Generated)]
    [InlineData("f_[i]", "f", FrameKind.Inlined)]
    [InlineData("_[k]", "_[k]", FrameKind.User)]
    [InlineData("operator[]", "operator[]", FrameKind.User)]
    [InlineData("[unknown]", "[unknown]", FrameKind.Unknown)]
    public void Marks_tell_the_kind(string text, string name, FrameKind kind) => Assert.Equal((name, kind), FoldedNames.Parse(text));
}
