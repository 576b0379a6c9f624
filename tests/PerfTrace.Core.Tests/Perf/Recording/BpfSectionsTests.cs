using PerfTrace.Interop;
using PerfTrace.Perf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Perf;

public sealed class BpfSectionsTests : IDisposable
{
    private const string Name = "perftrace_rec";

    private readonly Recording _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public void Programs_that_were_loaded_before_are_told_as_perf_record_tells_of_them()
    {
        using FileDescriptor filter = BpfFilter.Load(Name), large = BpfFilter.LoadWithTypes(Name);
        _file.Run("page-faults", Recording.Shell("true"));
        string theirs = Path.Combine(_file.Folder, "theirs");
        Assert.Equal(0, Command.Perf(["record", "-q", "-e", "page-faults", "-o", theirs, "--", "true"]).ExitCode);

        // "… PERF_RECORD_KSYMBOL addr ffffffffc0000000 len 29 type 1 flags 0x0 name bpf_prog_…_perftrace_rec": the program, and the two functions of the other
        string[] symbols = [.. Lines(_file.Path, "PERF_RECORD_KSYMBOL").Where(IsOurs)];
        Assert.Equal([Name, Name + "_main", Name + "_part"], symbols.Select(static l => l[l.IndexOf(Name, StringComparison.Ordinal)..].Trim()));
        Assert.Equal(Lines(theirs, "PERF_RECORD_KSYMBOL").Where(IsOurs), symbols);
        // "… PERF_RECORD_BPF_EVENT type 1, flags 0, id 51"
        Assert.Equal(Lines(theirs, "PERF_RECORD_BPF_EVENT"), Lines(_file.Path, "PERF_RECORD_BPF_EVENT"));
        // "# bpf_prog_info 51: bpf_prog_…_perftrace_rec addr 0x… size 29", "# bpf_prog_info 52:" and a line for each function, "# btf info of id 7"
        string[] header = [.. Header(_file.Path)];
        Assert.Contains(header, IsOurs);
        Assert.True(header.Count(static l => l.Contains("sub_prog", StringComparison.Ordinal)) >= 2, string.Join('\n', header));
        Assert.Contains(header, static l => l.StartsWith("# btf info of id", StringComparison.Ordinal));
        Assert.Equal(Header(theirs), header);
        _file.AssertPerfReads();
        Assert.Equal(["BpfProgramInfo", "BpfBtf"], _file.Read().Features.Select(static f => f.ToString()).Where(static f => f.StartsWith("Bpf", StringComparison.Ordinal)));
    }

    private static bool IsOurs(string line) => line.Contains(Name, StringComparison.Ordinal);

    private static string[] Lines(string path, string record) =>
        [.. Recording.PerfOf(path, "script", "--show-bpf-events").Split('\n').Where(l => l.Contains(record, StringComparison.Ordinal)).Select(l => l[l.IndexOf(record, StringComparison.Ordinal)..])];

    private static IEnumerable<string> Header(string path) => Recording.PerfOf(path, "script", "--header-only", "-I").Split('\n')
        .Where(static l => l.StartsWith("# bpf_prog_info", StringComparison.Ordinal) || l.Contains("sub_prog", StringComparison.Ordinal) || l.StartsWith("# btf info", StringComparison.Ordinal));
}
