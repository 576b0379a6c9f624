using System.Management.Automation;
using PerfTrace.Events;
using PerfTrace.Host;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

[Collection(CmdletCollection.Name)]
public sealed class UProbeCommandTests : IDisposable
{
    private static readonly TracingDirectory Top = TracingDirectory.Open(SystemPaths.Default);

    // Libraries that .NET itself loads: every distribution has them, with these functions and probes.
    private static readonly string LibC = Loaded("/libc.so", "/libc-2"), LibStdCxx = Loaded("/libstdc++.so");

    private readonly HostSession _host = new();

    [Fact]
    public void A_probe_is_an_event_afterwards()
    {
        HostResult made = _host.Run($"New-UProbe {LibC}:getppid -Argument 'sp=%sp:x64' -Verbose");

        UProbe probe = Assert.IsType<UProbe>(Assert.Single(made.Objects));
        Assert.Equal(("getppid", "getppid", LibC, false, false), (probe.Name, probe.Symbol, probe.Path, probe.IsReturn, probe.IsPersistent));
        Assert.Equal($"{ProbeGroups.Session}:getppid", probe.Event);
        Assert.Contains(made.Verbose, v => v.Contains("dynamic_events: p:" + ProbeGroups.Session, StringComparison.Ordinal));
        Tracepoint tracepoint = Assert.IsType<Tracepoint>(Assert.Single(_host.Run($"Get-UProbe getppid | Get-Tracepoint").Objects));
        Assert.Equal(probe.Event, tracepoint.Event);
        Assert.Contains(tracepoint.Fields, f => f.Name == "sp");
    }

    [Fact]
    public void A_probe_is_watched_in_one_pipeline()
    {
        // Every program calls it before its own main.
        HostResult result = _host.Run($"New-UProbe {LibC}:__libc_start_main -Argument argc=%si:s32 | Watch-Tracepoint -Command echo -ArgumentList one,two");

        TraceEvent found = Assert.IsAssignableFrom<TraceEvent>(Assert.Single(result.Objects));
        Assert.Equal($"{ProbeGroups.Session}:__libc_start_main", found.EventName);
        Assert.Equal(3, found.GetType().GetProperty("argc")!.GetValue(found));
    }

    [Fact]
    public void Names_are_made_and_numbered_and_wildcards_find_them()
    {
        HostResult made = _host.Run($"New-UProbe {LibC}:getppid,{LibC}:getppid,{LibC}:getpid -Return");

        Assert.Equal("", made.StdErr);
        Assert.Equal(["getppid__return", "getppid__return_1", "getpid__return"], made.Objects.Cast<UProbe>().Select(p => p.Name));
        Assert.Equal(2, _host.Run($"Get-UProbe {ProbeGroups.Session}:getpp*").Objects.Count);
        Assert.Equal(3, _host.Run($"Get-UProbe {ProbeGroups.Session}").Objects.Count);
        Assert.Empty(_host.Run("Get-UProbe no-such*").Objects);

        Assert.Equal("", _host.Run($"Remove-UProbe {ProbeGroups.Session}:getppid*").StdErr);
        Assert.Single(_host.Run($"Get-UProbe {ProbeGroups.Session}:*").Objects);
        Assert.Equal(0, _host.Run($"Get-UProbe {ProbeGroups.Session}:* | Remove-UProbe").ExitCode);
        Assert.Empty(_host.Run($"Get-UProbe {ProbeGroups.Session}:*").Objects);
    }

    [Fact]
    public void What_if_changes_nothing()
    {
        Assert.Empty(_host.Run($"New-UProbe {LibC}:getppid -WhatIf").Objects);
        Assert.Empty(Own());

        _host.Run($"New-UProbe {LibC}:getppid");
        Assert.Equal(0, _host.Run("Remove-UProbe getppid -WhatIf").ExitCode);
        Assert.Single(Own());
    }

    [Fact]
    public void A_persistent_probe_is_not_the_sessions()
    {
        string name = $"test_{Environment.ProcessId}";
        try
        {
            UProbe probe = Assert.IsType<UProbe>(Assert.Single(_host.Run($"New-UProbe {LibC}:getppid -Persistent -Name {name}").Objects));

            Assert.Equal(($"perftrace:{name}", true), (probe.Event, probe.IsPersistent));
            Assert.DoesNotContain(TraceSession.Current.Owned, o => o.Contains(name, StringComparison.Ordinal));
        }
        finally
        {
            Assert.Equal(0, _host.Run($"Remove-UProbe perftrace:{name}").ExitCode);
        }
    }

    [Theory]
    [InlineData("New-UProbe {0}:getpppid", "SymbolNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("New-UProbe {0}:0x0", "InvalidProbePlace", ErrorCategory.InvalidArgument)]
    [InlineData("New-UProbe {0}:getppid+0x100000", "InvalidProbePlace", ErrorCategory.InvalidArgument)]
    [InlineData("New-UProbe {0}:getppid+1 -Return", "InvalidProbePlace", ErrorCategory.InvalidArgument)]
    [InlineData("New-UProbe {0}:getppid -ReferenceCounterOffset 1", "InvalidProbePlace", ErrorCategory.InvalidArgument)]
    [InlineData("New-UProbe {0}", "InvalidProbe", ErrorCategory.InvalidArgument)]
    [InlineData("New-UProbe {0}:getppid -Argument 'a b'", "InvalidProbe", ErrorCategory.InvalidArgument)]
    [InlineData("New-UProbe {0}:getppid -Argument 'x=#1'", "InvalidProbe", ErrorCategory.InvalidArgument)]
    [InlineData("New-UProbe {0}:getppid -Argument x=%nosuch", "InvalidTraceCommand", ErrorCategory.ParserError)]
    [InlineData("New-UProbe {0}:getppid -Name 'a b'", "InvalidName", ErrorCategory.InvalidArgument)]
    [InlineData("New-UProbe {0}:getppid -Group a/b", "InvalidName", ErrorCategory.InvalidArgument)]
    [InlineData("New-UProbe /etc/passwd:main", "InvalidElf", ErrorCategory.InvalidData)]
    [InlineData("New-UProbe /no/such/file:main", "FileNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("New-UProbe no-such-program:main", "FileNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-UProbe no_such_probe", "ProbeNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Remove-UProbe no_such_probe", "ProbeNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-UsdtProbe /etc/passwd", "InvalidElf", ErrorCategory.InvalidData)]
    [InlineData("Get-UsdtProbe /no/such/file", "FileNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-UsdtProbe -ProcessId 2147483647", "TargetGone", ErrorCategory.ObjectNotFound)]
    public void Bad_input_is_a_specific_error_and_leaves_nothing(string line, string id, ErrorCategory category)
    {
        HostResult result = _host.Run(string.Format(System.Globalization.CultureInfo.InvariantCulture, line, LibC));

        Assert.Equal(1, result.ExitCode);
        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Empty(Own());
    }

    [Fact]
    public void One_bad_input_lets_the_others_go_on()
    {
        HostResult result = _host.Run($"New-UProbe {LibC}:no_such_function_here,{LibC}:getppid");

        Assert.Single(result.Errors);
        Assert.Equal("getppid", Assert.IsType<UProbe>(Assert.Single(result.Objects)).Name);
    }

    [Fact]
    public void A_second_probe_of_a_name_is_refused()
    {
        _host.Run($"New-UProbe {LibC}:getppid -Name mine");

        ErrorRecord error = Assert.Single(_host.Run($"New-UProbe {LibC}:getpid -Name mine").Errors);

        Assert.StartsWith("ProbeExists,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.ResourceExists, error.CategoryInfo.Category);
        Assert.Single(Own());
    }

    [Fact]
    public void A_probe_in_use_needs_force()
    {
        UProbe probe = Assert.IsType<UProbe>(Assert.Single(_host.Run($"New-UProbe {LibC}:getppid").Objects));
        File.WriteAllText(Path.Combine(Top.Path, "events", probe.Group, probe.Name, "enable"), "1");

        ErrorRecord error = Assert.Single(_host.Run("Remove-UProbe getppid").Errors);
        Assert.StartsWith("ProbeBusy,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.ResourceBusy, error.CategoryInfo.Category);

        Assert.Equal(0, _host.Run("Remove-UProbe getppid -Force").ExitCode);
        Assert.Empty(Own());
    }

    [Fact]
    public void USDT_probes_are_listed_and_made()
    {
        Assert.Contains("libstdcxx:throw", _host.Run($"Get-UsdtProbe {LibStdCxx}").Objects.Cast<UsdtProbe>().Select(p => p.Probe));
        Assert.Equal(["libstdcxx:throw"], _host.Run($"Get-UsdtProbe {LibStdCxx} throw").Objects.Cast<UsdtProbe>().Select(p => p.Probe).Distinct());
        Assert.Contains("libstdcxx:catch", _host.Run($"Get-UsdtProbe -ProcessId {Environment.ProcessId} -Name libstd*:c*").Objects.Cast<UsdtProbe>().Select(p => p.Probe));

        HostResult made = _host.Run($"Get-UsdtProbe {LibStdCxx} throw | New-UProbe");

        UProbe probe = Assert.IsType<UProbe>(Assert.Single(made.Objects));
        Assert.Equal("libstdcxx_throw", probe.Name);
        UsdtProbe source = UsdtSources.OfFile(LibStdCxx).Single(p => p.Name == "throw");
        Assert.Equal(source.Offset, probe.Offset);
        Assert.Equal(source.Arguments.Select(a => a.FetchArgument), probe.Arguments.Select(a => a.Expression));
    }

    [Theory]
    [InlineData("libc")]
    [InlineData("libc.so.6")]
    public void A_library_is_found_by_its_name(string name)
    {
        HostResult made = _host.Run($"New-UProbe {name}:getppid");

        Assert.Equal("", made.StdErr);
        Assert.EndsWith("/libc.so.6", Assert.IsType<UProbe>(Assert.Single(made.Objects)).Path, StringComparison.Ordinal);
        Assert.Equal("", _host.Run($"Get-UsdtProbe {name}").StdErr);
    }

    [Theory]
    [InlineData("New-UProbe libnosuchthing:main")]
    [InlineData("New-UProbe no-such-program:main")]
    [InlineData("Get-UsdtProbe no-such-program")]
    public void Who_is_not_started_has_no_exit_status(string line) =>
        Assert.DoesNotContain("status", Assert.Single(_host.Run(line).Errors).Exception.Message, StringComparison.Ordinal);

    [Fact]
    public void Completion_knows_the_functions_of_the_file_and_the_probes()
    {
        var functions = new PerfTrace.Commands.UProbeLocationCompleter();
        var probes = new PerfTrace.Commands.ProbeNameCompleter();
        _host.Run($"New-UProbe {LibC}:getppid");

        Assert.Contains($"{LibC}:getppid", Complete(functions, "New-UProbe", $"{LibC}:getpp"));
        Assert.Empty(Complete(functions, "New-UProbe", "/etc/passwd:x"));
        Assert.Contains("/etc/passwd", Complete(functions, "New-UProbe", "/etc/pass"));
        Assert.Contains("libc:getppid", Complete(functions, "New-UProbe", "libc:getpp"));
        Assert.Empty(Complete(functions, "New-UProbe", "/no/such/"));
        Assert.Contains($"{ProbeGroups.Session}:getppid", Complete(probes, "Remove-UProbe", "perftrace_"));
    }

    public void Dispose()
    {
        foreach (UProbe probe in Own())
            UProbes.Remove(Top, probe, force: true);
        Assert.Empty(TraceSession.Current.ReleaseAll());
    }

    private static UProbe[] Own() => [.. UProbes.List(Top).Where(p => p.Group == ProbeGroups.Session)];

    private static string[] Complete(IArgumentCompleter completer, string command, string word) =>
        [.. completer.CompleteArgument(command, "", word, null!, new System.Collections.Hashtable()).Select(r => r.ListItemText)];

    private static string Loaded(params string[] names) => File.ReadLines("/proc/self/maps").Select(l => l[(l.LastIndexOf(' ') + 1)..])
        .First(path => names.Any(name => path.Contains(name, StringComparison.Ordinal)));
}
