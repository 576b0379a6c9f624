using System.Management.Automation;
using PerfTrace.Profiles;

namespace PerfTrace.Tests.Profiles;

[Collection(CmdletCollection.Name)]
public sealed class ExportPerfProfileCommandTests : CmdletFixture, IDisposable
{
    private const string Stacks = "ConvertFrom-FoldedStack 'app;main;f 30', 'app;main;g 10' | ";

    private readonly string _folder = Directory.CreateTempSubdirectory("perftrace-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("Pprof")]
    [InlineData("Speedscope")]
    [InlineData("Gecko")]
    [InlineData("ChromeTrace")]
    public void A_file_is_written(string format)
    {
        var file = Single<FileInfo>($"{Stacks}Export-PerfProfile {_folder}/a {format} -PassThru");

        Assert.InRange(file.Length, 50, 10_000);
        Assert.Equal(format == "Pprof" ? [0x1f, 0x8b] : "{\""u8.ToArray(), File.ReadAllBytes(file.FullName)[..2]);
    }

    [Fact]
    public void Bad_input_is_a_specific_error()
    {
        Fail($"{Stacks}Export-PerfProfile {_folder}/a Pprof -Command none", "NoSamples", ErrorCategory.ObjectNotFound);
        Fail($"{Stacks}Export-PerfProfile {_folder}/no/a Pprof", "NotFound", ErrorCategory.ObjectNotFound);
        File.WriteAllText($"{_folder}/there", "mine");
        Fail($"{Stacks}Export-PerfProfile {_folder}/there Gecko -NoClobber", "FileExists", ErrorCategory.ResourceExists);
        Assert.Equal([$"{_folder}/there"], Directory.GetFiles(_folder));
    }
}
