using System.Management.Automation;
using System.Xml.Linq;

namespace PerfTrace.Tests.Profiles;

[Collection(CmdletCollection.Name)]
public sealed class ExportFlameGraphCommandTests : CmdletFixture, IDisposable
{
    private const string Stacks = "ConvertFrom-FoldedStack 'app;main;f<T>(a&, \"b\") 30', 'app;main;g 10' | ";

    private readonly string _folder = Directory.CreateTempSubdirectory("perftrace-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_picture_is_xml_with_every_name_in_it()
    {
        Run($"{Stacks}Export-FlameGraph {_folder}/a.svg -Title '<a> & b'");

        XDocument svg = XDocument.Load($"{_folder}/a.svg");
        string[] titles = [.. svg.Descendants().Where(e => e.Name.LocalName == "title").Select(e => e.Value)];
        Assert.Contains("<a> & b", titles);
        Assert.Contains("f<T>(a&, \"b\") — 30 samples, 75.00 %", titles);
        Assert.Equal([$"{_folder}/a.svg"], Directory.GetFiles(_folder));
    }

    [Fact]
    public void The_same_input_gives_the_same_picture()
    {
        foreach (string name in (string[])["a", "b"])
            Run($"{Stacks}Export-FlameGraph {_folder}/{name}.svg");

        Assert.Equal(File.ReadAllBytes($"{_folder}/a.svg"), File.ReadAllBytes($"{_folder}/b.svg"));
    }

    [Theory]
    [InlineData("-Icicle")]
    [InlineData("-Inverted")]
    [InlineData("-ByThread -Color Module")]
    [InlineData("-Width 640 -MinWidth 5 -Color Name")]
    public void Options_are_taken(string options)
    {
        var file = Single<FileInfo>($"{Stacks}Export-FlameGraph {_folder}/a.svg {options} -PassThru");

        Assert.Equal($"{_folder}/a.svg", file.FullName);
        Assert.True(XDocument.Load(file.FullName).Descendants().Count() > 15);
    }

    [Fact]
    public void Bad_input_is_a_specific_error_and_leaves_no_file()
    {
        Fail($"{Stacks}Export-FlameGraph {_folder}/no/a.svg", "NotFound", ErrorCategory.ObjectNotFound);
        Fail($"{Stacks}Export-FlameGraph {_folder}", "PathIsDirectory", ErrorCategory.InvalidArgument);
        Fail($"{Stacks}Export-FlameGraph {_folder}/a.svg -Symbol none", "NoSamples", ErrorCategory.ObjectNotFound);
        // One error says it all.
        Fail($"Export-FlameGraph {_folder}/a.svg -InputPath {_folder}/none.data", "FileNotFound", ErrorCategory.ObjectNotFound);
        Assert.Empty(Directory.GetFiles(_folder));

        File.WriteAllText($"{_folder}/there.svg", "mine");
        Fail($"{Stacks}Export-FlameGraph {_folder}/there.svg -NoClobber", "FileExists", ErrorCategory.ResourceExists);
        Assert.Equal("mine", File.ReadAllText($"{_folder}/there.svg"));
    }
}
