using System.Management.Automation;
using PerfTrace.Commands;

namespace PerfTrace.Tests.PerfLines;

public sealed class PerfLineTests
{
    private static string Line(string words) => PerfLine.Parse([.. words.Split(' ')]).ToString();

    private static PerfLineException Fail(string words) => Assert.Throws<PerfLineException>(() => PerfLine.Parse([.. words.Split(' ')]));

    [Theory]
    [InlineData("stat ls -l /", "Get-PerfCounter -- ls '-l' /")]
    [InlineData("stat -- ls -l", "Get-PerfCounter -- ls '-l'")]
    [InlineData("stat -e cycles,cs -e page-faults -r 5 true", "Get-PerfCounter -Event 'cycles,cs',page-faults -Repeat 5 -- true")]
    [InlineData("stat -ecycles -r5 true", "Get-PerfCounter -Event cycles -Repeat 5 -- true")]
    [InlineData("stat --event=cycles:u --repeat=5 true", "Get-PerfCounter -Event cycles:u -Repeat 5 -- true")]
    [InlineData("stat --event cycles --rep 2 true", "Get-PerfCounter -Event cycles -Repeat 2 -- true")]
    [InlineData("stat -p 12,13 -I 500", "Get-PerfCounter -ProcessId 12,13 -Interval 0.5")]
    [InlineData("stat -t 5 --timeout 2000", "Get-PerfCounter -ThreadId 5 -Duration 2")]
    [InlineData("stat -a sleep 1.5", "Get-PerfCounter -AllCpu -Duration 1.5")]
    [InlineData("stat -aA -D 100 sleep 1s", "Get-PerfCounter -AllCpu -PerCpu -Delay 0.1 -Duration 1")]
    [InlineData("stat -a -C 0-3,5 -G a,b", "Get-PerfCounter -Cpu '0-3,5' -CGroup a,b")]
    [InlineData("stat", "Get-PerfCounter -AllCpu")]
    [InlineData("stat -i -v -B true", "Get-PerfCounter -NoInherit -- true")]
    [InlineData("record -F99 -ag sleep 5", "Start-PerfRecord -Frequency 99 -AllCpu -CallStack FramePointer -Duration 5 -Wait")]
    [InlineData("record -agF 99 sleep 5", "Start-PerfRecord -AllCpu -CallStack FramePointer -Frequency 99 -Duration 5 -Wait")]
    [InlineData("record -e cpu-clock -c 1000 -o x.data --call-graph dwarf,4096 -- ls", "Start-PerfRecord -Event cpu-clock -Period 1000 -Path x.data -CallStack Dwarf -StackSize 4096 -Wait -- ls")]
    [InlineData("record --call-graph fp -g -z -m 128 ls", "Start-PerfRecord -CallStack FramePointer -Compress -BufferSize 524288 -Wait -- ls")]
    [InlineData("record -z9 -m 1M --switch-output=100M ls", "Start-PerfRecord -Compress -BufferSize 1048576 -SwitchOutput 100MB -Wait -- ls")]
    [InlineData("record -p 7", "Start-PerfRecord -ProcessId 7 -Wait")]
    [InlineData("report", "Get-PerfReport")]
    [InlineData("report --stdio -i x.data -s comm,dso,sym -n", "Get-PerfReport -Path x.data -GroupBy Command,Module,Symbol")]
    [InlineData("report --no-children --sort sym,prev_state", "Get-PerfReport -GroupBy Symbol,prev_state | Sort-Object SelfPercent -Descending")]
    [InlineData("report -g", "Get-PerfReport -CallTree")]
    [InlineData("report -g caller --no-children", "Get-PerfReport -CallTree")]
    [InlineData("report -G -d libc.so.6 -S malloc,free --percent-limit 2", "Get-PerfReport -Inverted -CallTree -Module libc.so.6 -Symbol malloc,free -MinPercent 2")]
    [InlineData("script -i x.data --comm bash -C 0", "Get-PerfSample -Path x.data -CommandName bash -Cpu 0")]
    [InlineData("top -d 1.5 -F 99 -E 20 -s sym", "Watch-PerfTop -Interval 1.5 -Frequency 99 -First 20 -GroupBy Symbol")]
    [InlineData("top -e cpu-clock -p 5 -g", "Watch-PerfTop -Event cpu-clock -ProcessId 5 -CallStack FramePointer")]
    [InlineData("list", "Get-PerfEvent")]
    [InlineData("list sw", "Get-PerfEvent -Kind Software,Tool")]
    [InlineData("list sched:* clock", "Get-PerfEvent -Name sched:*,*clock*")]
    [InlineData("trace ls", "Watch-Tracepoint -Event syscalls:sys_enter_*,syscalls:sys_exit_* -- ls")]
    [InlineData("trace -e openat,read -p 5", "Watch-Tracepoint -Event syscalls:sys_enter_openat,syscalls:sys_exit_openat,syscalls:sys_enter_read,syscalls:sys_exit_read -ProcessId 5")]
    [InlineData("trace -e sched:sched_switch --max-events 3 -a", "Watch-Tracepoint -Event sched:sched_switch -MaxEvents 3")]
    public void A_line_of_perf_is_one_of_a_cmdlet(string words, string expected) => Assert.Equal(expected, Line(words));

    [Fact]
    public void Each_cmdlet_line_has_parameters_that_the_cmdlet_has()
    {
        foreach (object?[] row in typeof(PerfLineTests).GetMethod(nameof(A_line_of_perf_is_one_of_a_cmdlet))!.GetCustomAttributes(false).OfType<InlineDataAttribute>().Select(a => a.Data))
        {
            PerfLine line = PerfLine.Parse([.. ((string)row[0]!).Split(' ')]);
            string parameters = PerfLineParser.Parameters(line.Cmdlet);
            Assert.All(line.Parameters.Keys.Cast<string>(), p => Assert.Contains($"-{p}", parameters.Split(", ")));
        }
    }

    [Theory]
    [InlineData("", "PerfCommandMissing", "stat (Get-PerfCounter)")]
    [InlineData("help", "PerfCommandMissing", "trace (Watch-Tracepoint)")]
    [InlineData("annotate", "PerfCommandNotFound", "perf annotate is Get-PerfAnnotation here")]
    [InlineData("stats", "PerfCommandNotFound", "does not know 'stats'. It knows stat (Get-PerfCounter)")]
    [InlineData("stat --frobnicate ls", "PerfOptionNotFound", "The option --frobnicate of perf stat is not known here. perf stat is Get-PerfCounter, whose parameters are -Command, -ArgumentList, -ScriptBlock, -ProcessId")]
    [InlineData("stat -j ls", "PerfOptionNotFound", "ConvertTo-Json")]
    [InlineData("record -gQ ls", "PerfOptionNotFound", "The option -Q (in -gQ) of perf record")]
    [InlineData("stat -e", "PerfOptionValue", "--event needs a value")]
    [InlineData("stat -e --", "PerfOptionValue", "--event needs a value")]
    [InlineData("stat --all-cpus=1", "PerfOptionValue", "--all-cpus has no value")]
    [InlineData("stat --per x", "PerfOptionAmbiguous", "--per can mean --per-core and --per-socket and --per-thread")]
    [InlineData("stat -r many true", "PerfOptionValue", "-r takes a number here, not 'many'")]
    [InlineData("record -F max ls", "PerfOptionValue", "-F takes a number here, not 'max'")]
    [InlineData("record --call-graph x ls", "PerfOptionValue", "fp, dwarf or lbr")]
    [InlineData("record --switch-output ls", "PerfOptionValue", "a size or a time")]
    [InlineData("stat -a ls", "PerfTargetAndProgram", "either a program or -AllCpu")]
    [InlineData("report x", "PerfWordUnexpected", "nothing for 'x'")]
    [InlineData("list sdt", "PerfWordUnexpected", "Get-UsdtProbe")]
    [InlineData("stat -h", "PerfHelp", "Get-Help Get-PerfCounter -Full")]
    public void What_is_not_understood_is_told_with_the_cmdlet(string words, string id, string message)
    {
        PerfLineException e = words.Length == 0 ? Assert.Throws<PerfLineException>(() => PerfLine.Parse()) : Fail(words);

        Assert.Equal(id, e.ErrorRecord.FullyQualifiedErrorId);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_have_the_types_that_the_parameters_want()
    {
        PerfLine line = PerfLine.Parse("stat", "-I", "100", "-r", "3", "-p", "1,2");

        Assert.Equal(TimeSpan.FromMilliseconds(100), line.Parameters["Interval"]);
        Assert.Equal(3L, line.Parameters["Repeat"]);
        Assert.Equal(["1", "2"], (string[])line.Parameters["ProcessId"]!);
    }

    [Fact]
    public void What_PowerShell_does_to_words_is_undone()
    {
        var marked = new PSObject("-ecycles:");
        marked.Properties.Add(new PSNoteProperty("<CommandParameterName>", "ecycles"));

        Assert.Equal("Get-PerfCounter -Event cycles:u -Repeat 5 -- ls a,b ''", PerfLine.Parse("stat", marked, "u", "-r", 5, null, "ls", new object[] { "a", "b" }, "").ToString().Replace("'a,b'", "a,b", StringComparison.Ordinal));
        Assert.Equal("Get-PerfCounter -Event 'a,b' -- sh '-c' 'exit 3'", PerfLine.Parse("stat", "--%", "-e a,b -- sh -c \"exit 3\"").ToString());
        Assert.Equal("Watch-PerfTop -Interval 2.5", PerfLine.Parse("top", "-d", 2.5).ToString());
    }

    [Fact]
    public void The_line_itself_can_be_shown()
    {
        Assert.True(PerfLine.Parse("stat", "-Verbose", "ls").IsVerbose);
        Assert.True(PerfLine.Parse("-verbose", "stat", "ls").IsVerbose);
        Assert.False(PerfLine.Parse("stat", "ls", "-Verbose").IsVerbose);
    }
}
