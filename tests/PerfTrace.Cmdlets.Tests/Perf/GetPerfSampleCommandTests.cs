using System.Diagnostics;
using System.IO.Compression;
using System.Management.Automation;
using PerfTrace.Perf;

namespace PerfTrace.Tests.Perf;

[Collection(CmdletCollection.Name)]
public sealed class GetPerfSampleCommandTests : CmdletFixture, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("perftrace-").FullName;

    public GetPerfSampleCommandTests() => Record("a.data", "-g", "-e", "page-faults,minor-faults", "-c", "1", "--", "sh", "-c", "true; ls /usr > /dev/null");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Samples_have_what_was_recorded()
    {
        List<PerfSample> samples = Samples("Get-PerfSample FOLDER/a.data");

        Assert.Equal(["minor-faults", "page-faults"], samples.Select(static s => s.EventName).Distinct().Order());
        Assert.Contains("ls", samples.Select(static s => s.CommandName));
        Assert.All(samples, static s => Assert.True(s is { ProcessId: > 0, TimestampNanoseconds: > 0, Frame: not null, CallStack.Count: > 0 }));
        Assert.True(samples.Count(static s => s.Symbol is not null) > samples.Count / 2);
    }

    [Theory]
    [InlineData("-Event page-*", "page-faults", null)]
    [InlineData("-Event MINOR-faults -CommandName l*", "minor-faults", "ls")]
    [InlineData("-Comm ls", null, "ls")]
    public void Only_what_is_wanted_comes(string options, string? name, string? command)
    {
        List<PerfSample> samples = Samples($"Get-PerfSample FOLDER/a.data {options}");

        Assert.NotEmpty(samples);
        Assert.All(samples, s => Assert.True((name is null || s.EventName == name) && (command is null || s.CommandName == command)));
        Assert.True(samples.Count < Samples("Get-PerfSample FOLDER/a.data").Count);
    }

    [Fact]
    public void Processes_threads_and_CPUs_can_be_chosen()
    {
        Record("all.data", "-a", "-e", "cpu-clock", "-F", "99", "--", "sleep", "0.2");
        PerfSample[] all = [.. Samples("Get-PerfSample FOLDER/all.data")];
        int cpu = all[0].Cpu!.Value, process = all[0].ProcessId!.Value, thread = all[0].ThreadId!.Value;

        Assert.Equal(all.Count(s => s.Cpu == cpu), Samples($"Get-PerfSample FOLDER/all.data -Cpu {cpu}").Count);
        Assert.Equal(all.Count(s => s.ProcessId == process), Samples($"Get-PerfSample FOLDER/all.data -ProcessId {process}").Count);
        Assert.Equal(all.Count(s => s.ThreadId == thread), Samples($"Get-PerfSample FOLDER/all.data -TID {thread}").Count);
    }

    [Fact]
    public void A_tracepoint_s_sample_has_its_typed_event()
    {
        Record("exec.data", "-a", "-e", "sched:sched_process_exec", "--", "sh", "-c", "ls /usr > /dev/null");

        PerfSample exec = Samples("Get-PerfSample FOLDER/exec.data -CommandName ls").Single();

        Assert.Equal(("sched:sched_process_exec", "sched:sched_process_exec"), (exec.EventName, exec.TraceEvent!.EventName));
        Assert.EndsWith("/ls", (string)exec.TraceEvent.GetType().GetProperty("filename")!.GetValue(exec.TraceEvent)!, StringComparison.Ordinal);
        Assert.Contains("/ls ", exec.TraceEvent.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_was_compressed_as_a_whole_gives_the_same()
    {
        using (FileStream plain = File.OpenRead($"{_folder}/a.data"))
        using (var packed = new GZipStream(File.Create($"{_folder}/a.data.gz"), CompressionLevel.Fastest))
            plain.CopyTo(packed);
        string[] before = Directory.GetFiles(Path.GetTempPath());

        Assert.Equal(Samples("Get-PerfSample FOLDER/a.data").Select(static s => s.ToString()), Samples("Get-PerfSample FOLDER/a.data.gz").Select(static s => s.ToString()));
        Assert.DoesNotContain(Directory.GetFiles(Path.GetTempPath()).Except(before), static f => new FileInfo(f) is { Exists: true, Length: > 10_000 } file && IsPerfData(file.FullName));
    }

    [Theory]
    [InlineData("Get-PerfSample /no/such.data", "NotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-PerfSample FOLDER/no.data", "FileNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-PerfSample FOLDER", "NotSupported", ErrorCategory.NotImplemented)]
    [InlineData("Get-PerfSample /etc/passwd", "InvalidPerfData", ErrorCategory.InvalidData)]
    public void Bad_input_is_a_specific_error(string line, string id, ErrorCategory category) =>
        Fail(line.Replace("FOLDER", _folder, StringComparison.Ordinal), id, category);

    [Fact]
    public void Of_a_file_that_is_cut_off_come_the_samples_before_and_an_error()
    {
        byte[] whole = File.ReadAllBytes($"{_folder}/a.data");
        File.WriteAllBytes($"{_folder}/cut.data", whole[..(whole.Length / 2)]);

        var result = Host.Run($"Get-PerfSample {_folder}/cut.data");

        Assert.StartsWith("InvalidPerfData,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.NotEmpty(result.Objects);
    }

    [Fact]
    public void A_stop_ends_it()
    {
        Host.ObjectWritten = _ => Host.Stop();

        var result = Host.Run($"Get-PerfSample {_folder}/a.data");

        Assert.Equal((130, 1), (result.ExitCode, result.Objects.Count));
    }

    private static bool IsPerfData(string file)
    {
        byte[] magic = new byte[8];
        using FileStream stream = File.OpenRead(file);
        return stream.ReadAtLeast(magic, 8, throwOnEndOfStream: false) == 8 && magic.AsSpan().SequenceEqual("PERFILE2"u8);
    }

    private List<PerfSample> Samples(string line) => [.. Run(line.Replace("FOLDER", _folder, StringComparison.Ordinal)).Objects.Select(static o => (PerfSample)o!)];

    private void Record(string name, params string[] arguments)
    {
        using Process perf = Process.Start("perf", ["record", "-q", "-o", Path.Combine(_folder, name), .. arguments]);
        perf.WaitForExit();
        Assert.Equal(0, perf.ExitCode);
    }
}
