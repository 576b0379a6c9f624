using System.Buffers.Binary;
using System.Diagnostics;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Perf.Streaming;

public sealed class TaskNamesTests
{
    private readonly TaskNames _names = new(new SystemPaths(Proc: "/nowhere"));

    private static byte[] Comm(int thread, string name)
    {
        byte[] record = new byte[32];
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(12), thread);
        System.Text.Encoding.UTF8.GetBytes(name, record.AsSpan(16));
        return record;
    }

    private static byte[] Task(int thread, int parentThread)
    {
        byte[] record = new byte[48];
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(16), thread);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(20), parentThread);
        return record;
    }

    [Fact]
    public void A_name_holds_until_the_next()
    {
        _names.Comm(Comm(5, "first"));
        Assert.Equal("first", _names.Of(5, 0));
        _names.Comm(Comm(5, "second"));
        Assert.Equal("second", _names.Of(5, 0));
    }

    [Fact]
    public void A_child_begins_with_its_parents_name_and_keeps_its_own_after_the_end()
    {
        _names.Comm(Comm(5, "shell"));
        _names.Fork(Task(6, 5), 0);
        Assert.Equal("shell", _names.Of(6, 0));
        _names.Exit(Task(6, 5));
        Assert.Equal("shell", _names.Of(6, 0));
    }

    [Fact]
    public void The_names_of_ended_threads_do_not_pile_up()
    {
        for (int i = 100; i < 10_000; i++)
        {
            _names.Comm(Comm(i, "gone"));
            _names.Exit(Task(i, 1));
        }

        Assert.Null(_names.Of(100, 0));
        Assert.Equal("gone", _names.Of(9_999, 0));
    }

    [Fact]
    public void Idle_tasks_are_named_by_their_cpu() => Assert.Equal("swapper/3", _names.Of(0, 3));

    [Fact]
    public void Procfs_knows_those_that_were_there_before() =>
        Assert.Equal(ProcessFacts.CommandNameOf(SystemPaths.Default, Environment.ProcessId), new TaskNames(SystemPaths.Default).Of(Environment.ProcessId, 0));

    [Fact]
    public void Who_was_learnt_of_is_known_when_he_has_gone()
    {
        var names = new TaskNames(SystemPaths.Default);
        using Process process = Process.Start("sleep", "60");
        names.Learn(process.Id);
        process.Kill();
        process.WaitForExit();
        Assert.Null(ProcessFacts.CommandNameOf(SystemPaths.Default, process.Id));

        names.Learn(process.Id);

        Assert.Equal("sleep", names.Of(process.Id, 0));
    }

    [Fact]
    public void Records_that_are_too_short_are_nothing()
    {
        _names.Comm(new byte[8]);
        _names.Fork(new byte[12], 0);
        _names.Exit(new byte[9]);
        Assert.Null(_names.Of(7, 0));
    }
}
