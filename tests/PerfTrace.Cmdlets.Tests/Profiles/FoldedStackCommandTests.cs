using System.Management.Automation;
using PerfTrace.Profiles;

namespace PerfTrace.Tests.Profiles;

[Collection(CmdletCollection.Name)]
public sealed class FoldedStackCommandTests : CmdletFixture
{
    [Fact]
    public void A_line_is_an_object()
    {
        var stack = Single<FoldedStack>("ConvertFrom-FoldedStack 'bash;main;read 12'");

        Assert.Equal(["bash", "main", "read"], stack.Frames);
        Assert.Equal(12, stack.Count);
    }

    [Fact]
    public void Bad_lines_are_errors_that_tell_the_number_and_the_rest_is_read()
    {
        var result = Host.Run("ConvertFrom-FoldedStack '# comment', 'a;b 1', '', 'nothing', 'c 2'");

        Assert.Equal(2, result.Objects.Count);
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith("InvalidFoldedStack,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("Line 4: ", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stacks_are_summed_up_and_sorted() =>
        Assert.Equal(["a;b 1", "a;b;c_[k] 7"], Run("ConvertFrom-FoldedStack 'a;b;c_[k] 5', 'a;b 1', 'a;b;c_[k] 2' | ConvertTo-FoldedStack -MarkKernel").Objects);

    [Fact]
    public void A_stop_ends_it()
    {
        Host.ObjectWritten = _ => Host.Stop();

        Assert.Equal((130, 1), (Host.Run("ConvertFrom-FoldedStack 'a 1', 'b 2'") is var r ? r.ExitCode : 0, r.Objects.Count));
    }
}
