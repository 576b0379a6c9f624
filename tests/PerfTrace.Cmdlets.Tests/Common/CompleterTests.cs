using System.Collections;
using System.Management.Automation;
using PerfTrace.Commands;

namespace PerfTrace.Tests.Common;

[Collection(CmdletCollection.Name)]
public sealed class CompleterTests
{
    [Theory]
    [InlineData("'page-faults,context-sw", "'page-faults,context-switches'")]
    [InlineData("'{page-faults,context-sw", "'{page-faults,context-switches'")]
    [InlineData("\"{page-faults,context-sw", "\"{page-faults,context-switches\"")]
    [InlineData("'{page-faults},context-sw", "'{page-faults},context-switches'")]
    [InlineData("'mem:0x1000/4:rw,context-sw", "'mem:0x1000/4:rw,context-switches'")]
    [InlineData("'page-faults,uprobe/re", "'page-faults,uprobe/retprobe'")]
    [InlineData("'uprobe/retprobe,ref", "'uprobe/retprobe,ref_ctr_offset='")]
    [InlineData("'uprobe/retprobe,context-sw", null)]
    public void The_last_event_is_completed(string word, string? expected) => Expect(new EventNameCompleter(), word, expected);

    [Theory]
    [InlineData("sched:sched_sw", "sched:sched_switch")]
    [InlineData("sched_sw", "sched:sched_switch")]
    [InlineData("switch", "sched:sched_switch")]
    [InlineData("witch", null)]
    [InlineData("'switch", "'sched:sched_switch'")]
    public void Tracepoints_are_found_by_their_own_names(string word, string? expected) => Expect(new TracepointNameCompleter(), word, expected);

    [Fact]
    public void Systems_come_before_words()
    {
        string[] all = Complete(new TracepointNameCompleter(), "sched");
        Assert.StartsWith("sched", all[0], StringComparison.Ordinal);
        Assert.Distinct(all);
    }

    [Theory]
    [InlineData("tracepoint:sched:sched_sw", "tracepoint:sched:sched_switch")]
    [InlineData("uprobe:/bin/bash:readl", "uprobe:/bin/bash:readline")]
    [InlineData("sched:sched_sw", "sched:sched_switch")]
    [InlineData("uprobe:/no/such:x", null)]
    public void What_is_measured_may_be_a_probe(string word, string? expected) => Expect(new KernelEventCompleter(), word, expected);

    [Fact]
    public void Files_are_quoted_where_they_must()
    {
        string folder = Directory.CreateTempSubdirectory("perftrace-files-").FullName;
        try
        {
            foreach (string name in (string[])["a b [1]", "ab", ".hidden", "other"])
                File.WriteAllText($"{folder}/{name}", "");

            Assert.Equal([$"'{folder}/a b [1]'", $"{folder}/ab"], Complete(new UProbeLocationCompleter(), $"{folder}/a"));
            Assert.Equal([$"\"{folder}/ab\""], Complete(new UProbeLocationCompleter(), $"\"{folder}/ab"));
            Assert.Equal([$"{folder}/.hidden"], Complete(new UProbeLocationCompleter(), $"{folder}/."));
            Assert.DoesNotContain($"{folder}/.hidden", Complete(new UProbeLocationCompleter(), $"{folder}/"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Expect(IArgumentCompleter completer, string word, string? expected)
    {
        if (expected is null)
            Assert.Empty(Complete(completer, word));
        else
            Assert.Contains(expected, Complete(completer, word));
    }

    private static string[] Complete(IArgumentCompleter completer, string word) =>
        [.. completer.CompleteArgument("", "", word, null!, new Hashtable()).Select(static r => r.CompletionText)];
}
