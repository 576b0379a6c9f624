using System.Diagnostics;
using System.Management.Automation;
using PerfTrace.Perf;

namespace PerfTrace.Tests.Perf;

[Collection(CmdletCollection.Name)]
public sealed class GetPerfDataInfoCommandTests : CmdletFixture, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("perftrace-").FullName;

    public GetPerfDataInfoCommandTests()
    {
        foreach (string name in (string[])["a.data", "b [1].data"])
        {
            using Process perf = Process.Start("perf", ["record", "-q", "-e", "page-faults", "-c", "1", "-o", Path.Combine(_folder, name), "--", "true"]);
            perf.WaitForExit();
            Assert.Equal(0, perf.ExitCode);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_is_told_of()
    {
        PerfDataInfo info = Single<PerfDataInfo>($"Get-PerfDataInfo {_folder}/a.data");

        Assert.Equal(($"{_folder}/a.data", true, Environment.MachineName), (info.Path, info.IsComplete, info.HostName));
        Assert.Equal("page-faults", Assert.Single(info.Events).Name);
        Assert.True(info.Samples > 0);
    }

    [Theory]
    [InlineData("Get-PerfDataInfo FOLDER/*.data", 2)]
    [InlineData("Get-PerfDataInfo FOLDER/a.data, FOLDER/*.data", 3)]
    [InlineData("Get-PerfDataInfo FOLDER/*.nothing", 0)]
    [InlineData("Get-PerfDataInfo -LiteralPath 'FOLDER/b [1].data'", 1)]
    public void Files_by_wildcards_and_by_their_names(string line, int count) =>
        Assert.Equal(count, Run(line.Replace("FOLDER", _folder, StringComparison.Ordinal)).Objects.Count);

    [Theory]
    [InlineData("/no/such.data", "NotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("FOLDER/no.data", "FileNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("FOLDER", "NotSupported", ErrorCategory.NotImplemented)]
    [InlineData("/etc/passwd", "InvalidPerfData", ErrorCategory.InvalidData)]
    public void Bad_input_is_a_specific_error(string path, string id, ErrorCategory category) =>
        Fail($"Get-PerfDataInfo {path.Replace("FOLDER", _folder, StringComparison.Ordinal)}", id, category);

    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(100)]
    public void A_damaged_file_is_told_of_as_far_as_it_goes(int part)
    {
        string cut = Path.Combine(_folder, "cut.data");
        byte[] whole = File.ReadAllBytes(Path.Combine(_folder, "a.data"));
        // The half, a tenth, a hundredth of it is gone: the end has what perf writes beside the samples.
        File.WriteAllBytes(cut, whole[..(whole.Length - (whole.Length / part))]);

        var result = Host.Run($"Get-PerfDataInfo {cut}");

        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith("InvalidPerfData,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("at offset", error.Exception.Message, StringComparison.Ordinal);
        PerfDataInfo info = Assert.IsType<PerfDataInfo>(Assert.Single(result.Objects));
        Assert.False(info.IsComplete);
        Assert.NotEmpty(info.Records);
    }

    [Fact]
    public void The_rest_comes_after_one_that_is_none()
    {
        var result = Host.Run($"Get-PerfDataInfo /etc/passwd, {_folder}/a.data");

        Assert.Single(result.Errors);
        Assert.Single(result.Objects);
    }

    [Fact]
    public void A_stop_ends_it()
    {
        Host.ObjectWritten = _ => Host.Stop();

        var result = Host.Run($"Get-PerfDataInfo {_folder}/*.data");

        Assert.Equal((130, 1), (result.ExitCode, result.Objects.Count));
    }
}
