using System.Diagnostics;
using System.Management.Automation;
using PerfTrace.Profiles;

namespace PerfTrace.Tests.Profiles;

[Collection(CmdletCollection.Name)]
public sealed class GetPerfAnnotationCommandTests : CmdletFixture, IDisposable
{
    private const string Source = """
        #include <stdlib.h>
        volatile unsigned long sink;
        __attribute__((noinline)) unsigned long hot(unsigned long n) { unsigned long s = 1; while (n--) s = s * 31 / (n | 1) + 7; return s; }
        __attribute__((noinline)) unsigned long cool(unsigned long n) { unsigned long s = 0; while (n--) s += s * 31 ^ n; return s; }
        int main(int c, char **v) { for (int i = 0; i < 300; i++) sink += hot(20000 + i) + cool(5000 + i); return 0; }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("perftrace-").FullName;

    private string Data => $"{_folder}/a.data";

    [Fact]
    public void The_hottest_function_comes_first_with_all_its_instructions()
    {
        Record();

        var lines = Run($"Get-PerfAnnotation {Data} -Module prog").Objects.Cast<PerfAnnotationLine>().ToList();

        Assert.Equal("hot", lines[0].Symbol);
        Assert.Equal((0UL, "prog", "cpu-clock:u"), (lines[0].Offset, lines[0].Module, lines[0].Event));
        var hot = lines.TakeWhile(static l => l.Symbol == "hot").ToList();
        Assert.Equal(100, hot.Sum(static l => l.Percent), 6);
        Assert.Equal(hot[0].Function.Samples, hot.Sum(static l => l.Samples));
        Assert.Equal((int)hot[0].Function.Size, hot.Sum(static l => l.Bytes.Length));
        Assert.All(hot, static l => Assert.Equal(("prog.c", 3), (Path.GetFileName(l.SourceFile), l.SourceLine)));
        Assert.Contains("cool", lines.Select(static l => l.Symbol));
    }

    [Fact]
    public void Names_numbers_and_syntax_are_chosen()
    {
        Record();

        Assert.Equal(["hot"], Run($"Get-PerfAnnotation {Data} -Module prog -First 1").Objects.Cast<PerfAnnotationLine>().Select(static l => l.Symbol).Distinct());
        Assert.Equal(["cool"], Run($"Get-PerfAnnotation {Data} -Symbol COO?").Objects.Cast<PerfAnnotationLine>().Select(static l => l.Symbol).Distinct());
        var att = Run($"Get-PerfAnnotation {Data} -Symbol hot").Objects.Cast<PerfAnnotationLine>().ToList();
        var intel = Run($"Get-PerfAnnotation {Data} -Symbol hot -Syntax Intel").Objects.Cast<PerfAnnotationLine>().ToList();
        Assert.Equal(att.Select(static l => l.Samples), intel.Select(static l => l.Samples));
        Assert.DoesNotContain(intel, static l => l.Text.Contains('%', StringComparison.Ordinal));
    }

    [Fact]
    public void Samples_come_through_the_pipeline()
    {
        Record();

        var piped = Run($"Get-PerfSample {Data} | Get-PerfAnnotation -Symbol hot").Objects.Cast<PerfAnnotationLine>();

        Assert.Equal(Run($"Get-PerfAnnotation {Data} -Symbol hot").Objects.Cast<PerfAnnotationLine>().Select(static l => (l.Address, l.Samples, l.Text, l.Source)),
            piped.Select(static l => (l.Address, l.Samples, l.Text, l.Source)));
    }

    [Fact]
    public void A_file_that_was_replaced_is_an_error_and_other_functions_are_shown()
    {
        Record();
        // Between reading the symbols and reading the code.
        int seen = 0;
        Host.ObjectWritten = _ =>
        {
            if (seen++ == 0)
                File.Move($"{_folder}/other", $"{_folder}/prog", overwrite: true);
        };
        File.Copy($"{_folder}/prog", $"{_folder}/other");

        var result = Host.Run($"Get-PerfAnnotation {Data} -Symbol hot, cool, main");

        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith("CodeNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal((ErrorCategory.ObjectNotFound, "prog"), (error.CategoryInfo.Category, error.TargetObject));
        Assert.StartsWith("cool", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Equal(["hot"], result.Objects.Cast<PerfAnnotationLine>().Select(static l => l.Symbol).Distinct());
    }

    [Fact]
    public void Bad_input_is_a_specific_error()
    {
        var result = Host.Run("Get-PerfAnnotation -InputObject 5");
        Assert.Equal(["InvalidInput", "NoSamples"], result.Errors.Select(static e => e.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal(ErrorCategory.InvalidType, result.Errors[0].CategoryInfo.Category);
        Assert.StartsWith("FileNotFound,", Host.Run($"Get-PerfAnnotation {_folder}/nothing").Errors[0].FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("InvalidInput,", Host.Run("ConvertFrom-FoldedStack 'app;f 1' | Get-PerfAnnotation").Errors[0].FullyQualifiedErrorId, StringComparison.Ordinal);
        File.WriteAllText(Data, "no recording");
        Assert.StartsWith("InvalidPerfData,", Host.Run($"Get-PerfAnnotation {Data}").Errors[0].FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stop_ends_it()
    {
        Record();
        Host.ObjectWritten = _ => Host.Stop();

        var result = Host.Run($"Get-PerfAnnotation {Data}");

        Assert.Equal((130, 1), (result.ExitCode, result.Objects.Count));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Record()
    {
        File.WriteAllText($"{_folder}/prog.c", Source);
        Start("gcc", "-O1", "-g", "-o", $"{_folder}/prog", $"{_folder}/prog.c");
        Start("perf", "record", "-q", "-B", "-e", "cpu-clock:u", "-F", "5000", "-o", Data, "--", $"{_folder}/prog");
    }

    private static void Start(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
    }
}
