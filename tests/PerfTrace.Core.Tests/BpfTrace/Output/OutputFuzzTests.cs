using System.Text;
using PerfTrace.BpfTrace;
using static PerfTrace.Tests.BpfTrace.Output.OutputMaker;

namespace PerfTrace.Tests.BpfTrace.Output;

public sealed class OutputFuzzTests
{
    private const string Signs = "%%%%%-+ #0123456789.*hlLjztdiouxXcsprrhrxgrfn=: a\u00e4\0\n";

    private static readonly EnumType Color = new("fuzz_color", IntegerType.Int32, new Dictionary<long, string> { [0] = "RED", [-1] = "NONE" });

    private static ScriptType RandomType(Random random, int depth)
    {
        int kind = random.Next(depth > 0 ? 13 : 10);
        return kind switch
        {
            0 or 1 => new IntegerType(1 << random.Next(4), random.Next(2) == 0),
            2 => BooleanType.Instance,
            3 => Color,
            4 => new StringType(random.Next(0, 20)),
            5 => new BufferType(random.Next(0, 20)),
            6 => new PointerType(VoidType.Instance, MemorySpace.Kernel),
            7 => new StackType(random.Next(2) == 0, (StackMode)random.Next(4), random.Next(1, 10)),
            8 or 9 => new ResolvedType((ResolvedKind)random.Next(9)),
            10 => new ArrayType(RandomType(random, depth - 1), random.Next(0, 4)),
            11 => new TupleType([.. Enumerable.Range(0, random.Next(0, 4)).Select(_ => RandomType(random, depth - 1))]),
            _ => new TupleType([RandomType(random, depth - 1), RandomType(random, depth - 1)], ["first", "second"]),
        };
    }

    [Fact]
    public void Any_bytes_are_values_of_any_type()
    {
        var random = new Random(17);
        var make = new OutputMaker();
        for (int i = 0; i < 8; i++)
        {
            byte[] stack = new byte[random.Next(200)];
            random.NextBytes(stack);
            make.Stacks[i] = stack;
        }
        for (int i = 0; i < 4000; i++)
        {
            ScriptType type = RandomType(random, 2);
            byte[] bytes = new byte[type.Size];
            if (i % 3 != 0)
                random.NextBytes(bytes);
            if (type is StackType)
                bytes.AsSpan(1, 7).Clear();
            string text = make.Values.Text.Of(type, bytes, random.Next(-1, 4));
            Assert.InRange(text.Length, 0, 10_000);
            object? value = make.Values.Read(type, bytes);
            Assert.True(value is null || ValueReader.TypeOf(type).IsInstanceOfType(value), $"{type}: {value?.GetType()}");
            _ = value?.ToString();
        }
    }

    [Fact]
    public void Any_format_is_parsed_and_writes_any_values_that_it_takes()
    {
        var random = new Random(18);
        var make = new OutputMaker();
        int written = 0, refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            var format = new StringBuilder();
            for (int n = random.Next(24); n > 0; n--)
                format.Append(Signs[random.Next(Signs.Length)]);
            var parsed = PrintfFormat.Parse(format.ToString());
            Assert.Equal(parsed.Count, parsed.PropertyNames.Length);
            var layout = new EventLayout([.. Enumerable.Range(0, parsed.Count).Select(_ => RandomType(random, 1))]);
            byte[] bytes = new byte[layout.Size];
            random.NextBytes(bytes);
            if (parsed.Check(layout.Types) is { } problem)
            {
                refused++;
                Assert.NotEmpty(problem);
            }
            else
                written += parsed.Count > 0 ? 1 : 0;
            // Also what the check refuses does no harm.
            var text = new StringBuilder();
            parsed.Append(text, layout, bytes, make.Values.Text);
            Assert.InRange(text.Length, 0, 1_000_000);
        }
        Assert.InRange(written, 1000, 20_000);
        Assert.InRange(refused, 1000, 20_000);
    }

    [Fact]
    public void Any_bytes_are_an_event_or_counted()
    {
        var random = new Random(19);
        ScriptActionKind[] kinds = [ScriptActionKind.Printf, ScriptActionKind.Errorf, ScriptActionKind.Warnf, ScriptActionKind.PrintValue, ScriptActionKind.Exit, ScriptActionKind.Time,
            ScriptActionKind.Join, ScriptActionKind.System, ScriptActionKind.HelperError];
        ScriptAction[] actions = [.. kinds.Select(k => k switch
        {
            ScriptActionKind.Join => new ScriptAction(k, new EventLayout(IntegerType.Int64, new StringType(8), new StringType(8), new StringType(8), new StringType(8))),
            ScriptActionKind.HelperError => new ScriptAction(k, new EventLayout(IntegerType.Int32, IntegerType.Int32)),
            ScriptActionKind.Exit => new ScriptAction(k, new EventLayout(IntegerType.Int32)),
            _ => new ScriptAction(k, new EventLayout(new TupleType([RandomType(random, 1), RandomType(random, 1)]), new StringType(8))) { Text = "%s a=%s" },
        })];
        var make = new OutputMaker(MakePlan(actions));
        var runner = new ScriptActions(make.Plan, make.Names, make.Values, new Dictionary<string, ScriptMapReader>());
        int done = 0;
        const int rounds = 20_000;
        for (int i = 0; i < rounds; i++)
        {
            byte[] bytes = new byte[random.Next(120)];
            random.NextBytes(bytes);
            if (bytes.Length >= 4 && i % 10 != 0)
                BitConverter.TryWriteBytes(bytes, random.Next(kinds.Length + 1));
            long before = runner.Damaged;
            ScriptOutput? output = runner.Do(bytes);
            Assert.True(output is null || runner.Damaged == before);
            done += output is null ? 0 : 1;
        }
        Assert.InRange(done, rounds / 10, rounds);
        Assert.InRange(runner.Damaged, rounds / 10, rounds);
    }
}
