using System.Collections;
using System.Diagnostics;
using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.Commands;
using PerfTrace.Host;
using PerfTrace.Tests.Support;
using PerfTrace.Tests.Tracing.Probes;

namespace PerfTrace.Tests.Bpf;

/// <summary>New-BpfLink -Usdt.</summary>
[Collection(CmdletCollection.Name)]
public sealed class BpfUsdtLinkTests : CmdletFixture, IDisposable
{
    private readonly BpfPrograms _programs = new();
    private readonly TemporaryTree _tree = new();
    private readonly string _traced;

    public BpfUsdtLinkTests()
    {
        Assert.SkipUnless(TracedProgram.CanRun, "The traced program is for x86-64.");
        _traced = TracedProgram.WriteTo(_tree["traced"]);
        _programs.Load(BpfProgramType.KProbe, "cmdlet_usdt");
    }

    public void Dispose()
    {
        ModuleResources.ReleaseAll();
        _programs.Dispose();
        _tree.Dispose();
    }

    [Fact]
    public void AProbeIsNamedByFileProviderAndName()
    {
        BpfLink link = Single<BpfLink>($"New-BpfLink cmdlet_usdt -Usdt {_traced}:app:worked -Cookie 3");

        Assert.Equal((BpfLinkType.PerfEvent, _traced, TracedProgram.Site - ElfBuilder.TextAddress + ElfBuilder.TextOffset), (link.Type, link.Target, link.Offset));
        // Its semaphore is in the exit status.
        Assert.Equal((7, 3ul), Work());
        Run($"Remove-BpfLink {link.Id}");
        Assert.True(SpinWait.SpinUntil(() => Work() == (6, 0ul), TimeSpan.FromSeconds(10)), "The probe is still on.");
    }

    [Fact]
    public void AnotherProcessIsLeftAlone()
    {
        Run($"New-BpfLink cmdlet_usdt -Usdt {_traced}:app:worked -ProcessId {Environment.ProcessId}");
        Assert.Equal(0ul, Work().Hits);
    }

    [Theory]
    [InlineData("{0}:app:wroked", "ProbeNotFound", ErrorCategory.ObjectNotFound, "Did you mean {0}:app:worked?")]
    [InlineData("{0}:ap:worked", "ProbeNotFound", ErrorCategory.ObjectNotFound, "Did you mean {0}:app:worked?")]
    [InlineData("{0}:other:thing", "ProbeNotFound", ErrorCategory.ObjectNotFound, "The file has app:worked.")]
    [InlineData("/bin/true:app:worked", "ProbeNotFound", ErrorCategory.ObjectNotFound, "The file has none.")]
    [InlineData("app:worked", "InvalidProbe", ErrorCategory.InvalidArgument, "path:provider:name")]
    [InlineData("worked", "InvalidProbe", ErrorCategory.InvalidArgument, "path:provider:name")]
    [InlineData("{0}::worked", "InvalidProbe", ErrorCategory.InvalidArgument, "path:provider:name")]
    [InlineData("{0}:app:", "InvalidProbe", ErrorCategory.InvalidArgument, "path:provider:name")]
    [InlineData("/no/such/file:app:worked", "FileNotFound", ErrorCategory.ObjectNotFound, "/no/such/file")]
    [InlineData("/etc/passwd:app:worked", "InvalidElf", ErrorCategory.InvalidData, "/etc/passwd")]
    public void WrongNamesAreTold(string probe, string id, ErrorCategory category, string remedy)
    {
        ErrorRecord error = Fail($"New-BpfLink cmdlet_usdt -Usdt '{probe.Replace("{0}", _traced, StringComparison.Ordinal)}'", id, category);

        Assert.Contains(remedy.Replace("{0}", _traced, StringComparison.Ordinal), error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal((6, 0ul), Work());
    }

    [Fact]
    public void OneWrongNameLetsTheOthersGoOn()
    {
        HostResult result = Host.Run($"New-BpfLink cmdlet_usdt -Usdt {_traced}:app:wroked,{_traced}:app:worked");

        Assert.Equal($"{_traced}:app:wroked", Assert.Single(result.Errors).TargetObject);
        Assert.IsType<BpfLink>(Assert.Single(result.Objects));
        Assert.Equal((7, 3ul), Work());
    }

    [Fact]
    public void AProgramOfAnotherTypeIsTold()
    {
        _programs.Load(BpfProgramType.Tracepoint, "cmdlet_other");
        Fail($"New-BpfLink cmdlet_other -Usdt {_traced}:app:worked", "InvalidBpfHook", ErrorCategory.InvalidArgument);
    }

    [Theory]
    [InlineData("{0}:")]
    [InlineData("{0}:app:w")]
    public void ProbesAreCompletedBehindTheirFile(string typed)
    {
        string word = typed.Replace("{0}", _traced, StringComparison.Ordinal);
        Assert.Equal([$"{_traced}:app:worked"], new UsdtProbeCompleter().CompleteArgument("New-BpfLink", "Usdt", word, null!, new Hashtable()).Select(static r => r.ListItemText));
        Assert.Empty(new UsdtProbeCompleter().CompleteArgument("New-BpfLink", "Usdt", "/etc/passwd:x", null!, new Hashtable()));
        Assert.Equal([_traced], new UsdtProbeCompleter().CompleteArgument("New-BpfLink", "Usdt", _traced, null!, new Hashtable()).Select(static r => r.ListItemText));
    }

    private (int Status, ulong Hits) Work()
    {
        ulong before = _programs.Counter.Value;
        using Process traced = Process.Start(_traced);
        traced.WaitForExit();
        return (traced.ExitCode, _programs.Counter.Value - before);
    }
}
