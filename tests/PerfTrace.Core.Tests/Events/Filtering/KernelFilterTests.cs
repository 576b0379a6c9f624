using PerfTrace.Events;
using PerfTrace.Events.Filtering;
using P = PerfTrace.Events.Filtering.EventPredicate;

namespace PerfTrace.Tests.Events.Filtering;

public sealed class KernelFilterTests
{
    private const string Format = """
        name: filtered
        ID: 7
        format:
        	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
        	field:int common_pid;	offset:4;	size:4;	signed:1;

        	field:char comm[16];	offset:8;	size:16;	signed:0;
        	field:pid_t pid;	offset:24;	size:4;	signed:1;
        	field:u8 small;	offset:28;	size:1;	signed:0;
        	field:bool flag;	offset:29;	size:1;	signed:0;
        	field:unsigned long long big;	offset:32;	size:8;	signed:0;
        	field:int cpu;	offset:40;	size:4;	signed:1;
        	field:unsigned long args[6];	offset:48;	size:48;	signed:0;

        print fmt: ""
        """;

    private static readonly EventSchema Schema = EventSchemas.For(EventFormatParser.Parse("test", Format));

    private static P.Compare Is(string property, ComparisonOperator op, object? value, bool isCaseSensitive = false) => new(property, op, value, isCaseSensitive, $"{property} {op} {value}");

    private static KernelFilter Compile(P predicate) => KernelFilter.Create(predicate, Schema);

    public static TheoryData<string, object?, int, string?> Numbers() => new()
    {
        { "pid", 5, (int)ComparisonOperator.Equal, "pid == 5" },
        { "PID", -1, (int)ComparisonOperator.NotEqual, "pid != -1" },
        { "pid", "0x10", (int)ComparisonOperator.Greater, "pid > 16" },
        { "pid", "17", (int)ComparisonOperator.Less, "pid < 17" },
        { "pid", 1.5, (int)ComparisonOperator.Less, "pid <= 1" },
        { "pid", 1.5, (int)ComparisonOperator.LessOrEqual, "pid <= 1" },
        { "pid", 1.5, (int)ComparisonOperator.Greater, "pid > 1" },
        { "pid", 1.5, (int)ComparisonOperator.GreaterOrEqual, "pid > 1" },
        { "pid", -1.5, (int)ComparisonOperator.Greater, "pid > -2" },
        { "big", ulong.MaxValue, (int)ComparisonOperator.Equal, "big == 18446744073709551615" },
        { "small", 255, (int)ComparisonOperator.LessOrEqual, "small <= 255" },
        { "small", 256, (int)ComparisonOperator.LessOrEqual, null }, // always
        { "small", -1, (int)ComparisonOperator.Greater, null },
        { "flag", true, (int)ComparisonOperator.Equal, "flag != 0" },
        { "flag", 0, (int)ComparisonOperator.Equal, "flag == 0" },
        { "field_cpu", 1, (int)ComparisonOperator.Equal, "cpu == 1" },
        { "Cpu", 1, (int)ComparisonOperator.Equal, "CPU == 1" },
        { "ThreadId", 1, (int)ComparisonOperator.Equal, "common_pid == 1" },
        { "common_type", 1, (int)ComparisonOperator.Equal, "common_type == 1" },
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Numbers_are_compared_as_in_PowerShell(string property, object? value, int op, string? expected)
    {
        KernelFilter filter = Compile(Is(property, (ComparisonOperator)op, value));

        Assert.True(filter.IsComplete);
        Assert.False(filter.IsNever);
        Assert.Equal(expected, filter.Text);
    }

    [Theory]
    [InlineData("small", 256, ComparisonOperator.Equal)]
    [InlineData("small", -1, ComparisonOperator.Less)]
    [InlineData("pid", 1L << 40, ComparisonOperator.Greater)]
    [InlineData("pid", 1.5, ComparisonOperator.Equal)]
    public void What_no_field_can_be_is_never(string property, object value, ComparisonOperator op)
    {
        Assert.True(Compile(Is(property, op, value)).IsNever);
        Assert.Null(Compile(new P.Not(Is(property, op, value))).Text);
    }

    [Theory]
    [InlineData("dotnet", true, "comm == \"dotnet\"")]
    [InlineData("dot1", false, "comm ~ \"[dD][oO][tT]1\"")]
    [InlineData("123", false, "comm == \"123\"")]
    [InlineData("a\"b", true, "comm == 'a\"b'")]
    [InlineData("1a", false, "comm ~ \"\\1[aA]\"")] // a digit in front would be an index
    [InlineData("!a", false, "comm ~ \"\\![aA]\"")] // a ! in front would negate
    [InlineData("a*?[\\", false, "comm ~ \"[aA]\\*\\?\\[\\\\\"")]
    public void Text_is_compared_without_case_unless_asked(string text, bool isCaseSensitive, string expected) =>
        Assert.Equal(expected, Compile(Is("comm", ComparisonOperator.Equal, text, isCaseSensitive)).Text);

    [Theory]
    [InlineData("dot*", true, "comm ~ \"dot*\"")]
    [InlineData("d?t*", false, "comm ~ \"[dD]?[tT]*\"")]
    [InlineData("[a-c]`*", false, "comm ~ \"[a-cA-C]\\*\"")]
    public void Wildcards_become_globs(string pattern, bool isCaseSensitive, string expected) =>
        Assert.Equal(expected, Compile(new P.Like("comm", pattern, isCaseSensitive, "s")).Text);

    [Fact]
    public void Conditions_are_joined_with_the_kernels_precedence()
    {
        P a = Is("pid", ComparisonOperator.Equal, 1), b = Is("pid", ComparisonOperator.Equal, 2), c = Is("small", ComparisonOperator.Equal, 3);

        Assert.Equal("(pid == 1 || pid == 2) && small == 3", Compile(new P.All([new P.Any([a, b]), c])).Text);
        Assert.Equal("pid == 1 || pid == 2 && small == 3", Compile(new P.Any([a, new P.All([b, c])])).Text);
        Assert.Equal("!(pid == 1 || pid == 2)", Compile(new P.Not(new P.Any([a, b]))).Text);
        Assert.Equal("pid == 1", Compile(new P.All([a, new P.Constant(true)])).Text);
        Assert.True(Compile(new P.All([a, new P.Constant(false)])).IsNever);
        Assert.Null(Compile(new P.Any([a, new P.Constant(true)])).Text);
    }

    [Theory]
    [InlineData(6UL, null, "pid & 6")]
    [InlineData(6UL, 0UL, "!(pid & 6)")]
    [InlineData(6UL, 4UL, "pid & 4 && !(pid & 2)")]
    [InlineData(6UL, 6UL, "pid & 2 && pid & 4")]
    public void Bits_are_asked_for_one_by_one(ulong mask, ulong? value, string expected) =>
        Assert.Equal(expected, Compile(new P.Bits("pid", mask, value, "s")).Text);

    [Fact]
    public void Bits_outside_of_the_mask_are_never() => Assert.True(Compile(new P.Bits("pid", 6, 1, "s")).IsNever);

    [Theory]
    [InlineData("test:filtered", ComparisonOperator.Equal, true)]
    [InlineData("sched:sched_switch", ComparisonOperator.Equal, false)]
    [InlineData("TEST:filtered", ComparisonOperator.NotEqual, false)]
    public void The_name_of_the_event_is_known_before(string name, ComparisonOperator op, bool expected) =>
        Assert.Equal(!expected, Compile(Is("EventName", op, name)).IsNever);

    [Theory]
    [InlineData("args")]
    [InlineData("nothing")]
    [InlineData("Timestamp")]
    [InlineData("ProcessId")]
    public void What_the_kernel_can_not_look_at_is_named(string property)
    {
        KernelFilter filter = Compile(new P.All([Is("pid", ComparisonOperator.Equal, 1), Is(property, ComparisonOperator.Equal, 1)]));

        Assert.False(filter.IsComplete);
        Assert.Equal("pid == 1", filter.Text); // what can be asked is asked
        Assert.Contains(property, Assert.Single(filter.Left).Source, StringComparison.Ordinal);
    }

    [Fact]
    public void Below_an_or_nothing_can_be_taken_apart()
    {
        KernelFilter filter = Compile(new P.Any([Is("pid", ComparisonOperator.Equal, 1), new P.Inexpressible("$_.x -match 'y'", "no such operator")]));

        Assert.Null(filter.Text);
        Assert.Equal("$_.x -match 'y'", Assert.Single(filter.Left).Source);
    }

    [Theory]
    [InlineData("a'b\"c")]
    [InlineData("line\nbreak")]
    public void Text_that_can_not_be_quoted_is_refused(string text) =>
        Assert.False(Compile(Is("comm", ComparisonOperator.Equal, text, isCaseSensitive: true)).IsComplete);
}
