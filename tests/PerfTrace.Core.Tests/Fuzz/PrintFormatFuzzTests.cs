using System.Text;
using PerfTrace.Events;
using PerfTrace.Events.Printing;
using PerfTrace.Tests.Events.Printing;

namespace PerfTrace.Tests.Fuzz;

public sealed class PrintFormatFuzzTests
{
    private const string Symbols = "()[]{}*-+~!%\"',?:&";

    private static readonly EventFormat[] Formats = [.. PrintFormatCoverageTests.RunningFormats().Where(static (_, i) => i % 7 == 0)];

    [Fact]
    public void Mutated_print_formats_are_interpreted_or_their_problem_is_named()
    {
        var random = new Random(20261121);
        int incomplete = 0, complete = 0;
        byte[] record = new byte[200];
        for (int i = 0; i < 15_000; i++)
        {
            EventFormat source = Formats[i % Formats.Length];
            var text = new StringBuilder(source.PrintFormat);
            for (int edits = random.Next(1, 5); edits > 0 && text.Length > 0; edits--)
            {
                int at = random.Next(text.Length);
                switch (random.Next(4))
                {
                    case 0: text[at] = (char)random.Next(1, 128); break;
                    case 1: text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at)); break;
                    case 2: text.Insert(at, new string(Symbols[random.Next(Symbols.Length)], random.Next(1, 400))); break;
                    default: text.Insert(at, text.ToString(random.Next(text.Length), 0) + "REC->x %*.*s sizeof(int) __print_flags("); break;
                }
            }
            random.NextBytes(record);
            PrintFormat format = PrintFormat.Compile(source with { PrintFormat = text.ToString() });
            Assert.NotNull(format.Render(record.AsSpan(0, random.Next(record.Length)), PrintEnvironment.Empty));
            Assert.NotNull(format.SymbolicFields);
            _ = format.IsComplete ? complete++ : incomplete++;
        }
        Assert.InRange(incomplete, 1000, 15_000);
        Assert.InRange(complete, 100, 15_000);
    }

    [Fact]
    public void Records_that_lie_have_a_text()
    {
        var random = new Random(20261122);
        PrintFormat[] formats = Array.ConvertAll(Formats, PrintFormat.Compile);
        byte[] record = new byte[300];
        for (int i = 0; i < 30_000; i++)
        {
            PrintFormat format = formats[i % formats.Length];
            random.NextBytes(record);
            // Fields of small numbers reach other branches than those of noise.
            if (i % 3 == 0)
            {
                for (int at = 8; at < record.Length; at += 4)
                    BitConverter.TryWriteBytes(record.AsSpan(at), random.Next(random.Next(1, 100_000)));
            }
            ReadOnlySpan<byte> cut = record.AsSpan(0, random.Next(record.Length + 1));
            int length = format.RenderBytes(cut, PrintEnvironment.Empty).Length;
            Assert.InRange(length, 0, 500_000);
            foreach (SymbolicField field in format.SymbolicFields)
                Assert.NotNull(field.Evaluate(cut, PrintEnvironment.Empty));
        }
    }

    [Theory]
    [InlineData("(")]
    [InlineData("!")]
    [InlineData("-")]
    [InlineData("(int)")]
    [InlineData("1 ? ")]
    [InlineData("({ ")]
    [InlineData("1 + ")]
    [InlineData("sizeof ")]
    [InlineData("&")]
    [InlineData("*")]
    [InlineData("__print_flags(")]
    public void Depth_has_a_bound(string piece)
    {
        string text = "\"%d\", " + string.Concat(Enumerable.Repeat(piece, 50_000)) + "1";
        PrintFormat format = PrintFormat.Compile(SampleRecord.Format(text));

        Assert.False(format.IsComplete);
        Assert.NotNull(format.Render(SampleRecord.Bytes(), SampleRecord.Environment));
    }
}
