using PerfTrace.Profiles;

namespace PerfTrace.Tests.Fuzz;

public sealed class FoldedStackFuzzTests
{
    [Fact]
    public void Any_text_is_a_stack_or_refused()
    {
        const string alphabet = "ab;; \t 0129.-_[]kji\n\r\0é\ud83d\ude00\ufffd";
        var random = new Random(20261121);
        int stacks = 0;
        for (int i = 0; i < 200_000; i++)
        {
            char[] text = new char[random.Next(40)];
            for (int c = 0; c < text.Length; c++)
                text[c] = random.Next(50) == 0 ? (char)random.Next(char.MaxValue) : alphabet[random.Next(alphabet.Length)];
            FoldedStack stack;
            try
            {
                stack = FoldedStack.Parse(random.Next(2) == 0 ? new string(text) : new string(text) + " " + random.Next());
            }
            catch (FormatException)
            {
                continue;
            }
            stacks++;
            Assert.InRange(stack.Count, 0, long.MaxValue);
            Assert.NotEmpty(stack.Frames);
            Assert.All(stack.Frames, f => Assert.NotEqual("", f));
            // What was understood is written as it is understood.
            Assert.Equal(stack, FoldedStack.Parse(stack.ToString()));
        }
        Assert.InRange(stacks, 50_000, 199_999);
    }
}
