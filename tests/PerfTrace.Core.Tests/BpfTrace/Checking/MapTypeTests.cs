using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace;

public sealed class MapTypeTests
{
    [Theory]
    [InlineData("@ = 1;", "@", null, "int64")]
    [InlineData("@ = nsecs; @ = 1;", "@", null, "uint64")]
    [InlineData("@ = 1; @ = nsecs;", "@", null, "uint64")]
    [InlineData("@ = pid; @ = -1;", "@", null, "int64")]
    [InlineData("@++;", "@", null, "int64")]
    [InlineData("@ += 5;", "@", null, "int64")]
    [InlineData("@ -= pid;", "@", null, "int64")]
    [InlineData("@ = nsecs; @++;", "@", null, "uint64")]
    [InlineData("@x[pid] = 1;", "@x", "uint64", "int64")]
    [InlineData("@x[1] = 1; @x[pid] = 2;", "@x", "uint64", "int64")]
    [InlineData("@x[pid, comm] = 1;", "@x", "(uint32,string[16])", "int64")]
    [InlineData("@x[1, \"a\"] = 1; @x[pid, \"abc\"] = 1;", "@x", "(uint32,string[4])", "int64")]
    [InlineData("@x[\"a\"] = \"b\"; @x[\"abc\"] = \"abcdef\";", "@x", "string[4]", "string[7]")]
    [InlineData("@x[comm] = count();", "@x", "string[16]", "count_t")]
    [InlineData("@x = sum(pid);", "@x", null, "usum_t")]
    [InlineData("@x = sum(5);", "@x", null, "sum_t")]
    [InlineData("@x = sum(pid); @x = sum((int32)1);", "@x", null, "sum_t")]
    [InlineData("@x = min(-1);", "@x", null, "min_t")]
    [InlineData("@x = max(nsecs);", "@x", null, "umax_t")]
    [InlineData("@x = avg(nsecs);", "@x", null, "uavg_t")]
    [InlineData("@x[cpu] = stats(nsecs);", "@x", "uint64", "ustats_t")]
    [InlineData("@x = hist(nsecs, 2);", "@x", null, "hist_t")]
    [InlineData("@x = lhist(nsecs, 0, 100, 10);", "@x", null, "lhist_t")]
    [InlineData("@x = tseries(nsecs, 1s, 5, \"max\");", "@x", null, "tseries_t")]
    [InlineData("@x[kstack] = count();", "@x", "kstack_t", "count_t")]
    [InlineData("@x[ustack(3), comm] = count();", "@x", "(ustack_t,string[16])", "count_t")]
    [InlineData("@x = (1, 2); @x = (1000, nsecs);", "@x", null, "(int16,uint64)")]
    [InlineData("@c = count(); @x = 1; @x = @c;", "@x", null, "uint64")]
    [InlineData("@c = count(); @x = (int64)@c;", "@x", null, "int64")]
    [InlineData("@c = count(); $x = @c; @x = $x;", "@x", null, "uint64")]
    [InlineData("if (@x[1]) { } @x[2] = 1;", "@x", "int64", "int64")]
    [InlineData("$y = @x; @x = nsecs; @z = $y;", "@z", null, "uint64")]
    [InlineData("@x[tid] = true;", "@x", "uint64", "bool")]
    [InlineData("@x[tid] = (uint8*)nsecs; @x[tid]++;", "@x", "uint64", "uint8 *")]
    [InlineData("@x[1] = 1; for ($kv : @x) { @z = $kv.1; }", "@z", null, "int64")]
    [InlineData("for ($i : 0..ncpus) { @z = $i; }", "@z", null, "uint64")]
    [InlineData("let $a: uint64 = 1; @z = $a;", "@z", null, "uint64")]
    [InlineData("$a = 1; $a = (uint64)2; @z = $a;", "@z", null, "uint64")]
    [InlineData("$a = (uint64)1; $b = (int64)-1; $a = $b; @z = $a;", "@z", null, "int64")]
    [InlineData("@x[1] = 5; let $v; if (find(@x, 1, $v)) { @z = $v; }", "@z", null, "int64")]
    [InlineData("@x[(1, 2)] = 5; if (has_key(@x, (1, pid))) { }", "@x", "(int8,uint32)", "int64")]
    public void A_map_has_types(string statements, string name, string? key, string value)
    {
        CheckedScript script = CheckedScript.Of($"begin {{ {statements} }}");
        ScriptMap map = Assert.Single(script.Plan.Maps, m => m.Name == name);
        Assert.Equal(key, map.Key?.Name);
        Assert.Equal(value, map.Value.Name);
    }

    [Fact]
    public void A_map_may_be_read_above_the_place_where_it_is_assigned()
    {
        CheckedScript script = CheckedScript.Of("kprobe:a { $d = nsecs - @start[tid]; @t = hist($d); print(@start[tid]); } kprobe:b { @start[tid] = nsecs; }");
        Assert.Equal(["@start", "@t"], script.Plan.Maps.Select(static m => m.Name));
        Assert.Equal(IntegerType.UInt64, script.Plan.Maps[0].Value);
        Assert.Equal(IntegerType.UInt64, Assert.Single(Assert.Single(script.Plan.Actions).Layout.Types));
    }

    [Fact]
    public void Limits_of_aggregates_are_in_the_type()
    {
        CheckedScript script = CheckedScript.Of("begin { @h = hist(1, 3); @l = lhist(1, -10, 90, 5); @t = tseries(1, 100ms, 20, \"avg\"); }");
        Assert.Equal(3, ((AggregateType)script.Plan.Maps[0].Value).Bits);
        Assert.Equal((-10, 90, 5), script.Plan.Maps[1].Value is AggregateType l ? (l.Minimum, l.Maximum, l.Step) : default);
        Assert.Equal((100_000_000, 20, AggregateKind.Average), script.Plan.Maps[2].Value is AggregateType t ? (t.Interval, t.Intervals, t.Each) : default);
    }

    [Fact]
    public void A_declaration_says_how_many_entries_a_map_has()
    {
        CheckedScript script = CheckedScript.Of("let @a = lruhash(10); begin { @a[1] = 1; @b[1] = 1; @c = 1; }", new ScriptSettings { MaximumMapKeys = 77 });
        Assert.Equal([10, 77, 1], script.Plan.Maps.Select(static m => m.Capacity));
    }

    [Fact]
    public void Strings_grow_to_the_largest_that_is_assigned_and_not_beyond_the_setting()
    {
        CheckedScript script = CheckedScript.Of("begin { @s = \"ab\"; @s = str_concat(@s, comm); $x = \"a\"; $x = str(kaddr(\"b\")); @x = $x; }", new ScriptSettings { MaximumStringLength = 64 });
        Assert.Equal(["string[64]", "string[64]"], script.Plan.Maps.Select(static m => m.Value.Name));
    }
}
