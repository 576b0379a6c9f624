using System.Text;
using PerfTrace.Events;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Fuzz;

public sealed class EventFormatFuzzTests
{
    [Fact]
    public void Mutated_format_files_are_parsed_or_refused_by_the_one_exception()
    {
        var random = new Random(20261121);
        string[] sources =
        [
            .. TracepointCatalogue.List(TracingDirectory.Open(SystemPaths.Default)).Where((_, i) => i % 40 == 0)
                .Select(t => File.ReadAllText($"{TraceFileSystem.Require(SystemPaths.Default)}/events/{t.System}/{t.Name}/format")),
        ];
        int refused = 0;
        for (int i = 0; i < 100_000; i++)
        {
            var text = new StringBuilder(sources[i % sources.Length]);
            for (int edits = random.Next(1, 6); edits > 0; edits--)
            {
                int at = random.Next(text.Length);
                switch (random.Next(3))
                {
                    case 0: text[at] = (char)random.Next(1, 128); break;
                    case 1: text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at)); break;
                    default: text.Insert(at, ";[]*():0x\n\t"[random.Next(11)]); break;
                }
                if (text.Length == 0)
                    text.Append('x');
            }
            try
            {
                EventFormatParser.Parse("fuzz", text.ToString());
            }
            catch (EventFormatException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1, 100_000);
    }
}
