using System.Management.Automation;
using PerfTrace.Host;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

[Collection(CmdletCollection.Name)]
public sealed class KProbeCommandTests : IDisposable
{
    private static readonly TracingDirectory Top = TracingDirectory.Open(SystemPaths.Default);

    private readonly HostSession _host = new();

    [Theory]
    [InlineData("New-KProbe vfs_read")]
    [InlineData("Get-KProbe")]
    [InlineData("Remove-KProbe x")]
    public void A_kernel_without_kprobes_is_an_error_that_names_the_option(string line)
    {
        Assert.SkipWhen(Top.Exists("kprobe_events"), "This kernel has kprobes.");

        ErrorRecord error = Assert.Single(_host.Run(line).Errors);

        Assert.StartsWith("NotSupported,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.NotImplemented, error.CategoryInfo.Category);
        Assert.Contains("CONFIG_KPROBE_EVENTS", error.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("New-KProbe 'vfs read'", "InvalidProbe")]
    [InlineData("New-KProbe vfs_read+z", "InvalidProbe")]
    [InlineData("New-KProbe vfs_read%return", "InvalidProbe")]
    [InlineData("New-KProbe vfs_read -Argument 'a b'", "InvalidProbe")]
    [InlineData("New-KProbe vfs_read -Name 'a b'", "InvalidName")]
    [InlineData("New-KProbe vfs_read -Group a-b", "InvalidName")]
    [InlineData("New-KProbe vfs_read -MaxActive 10", "MaxActiveWithoutReturn")]
    public void What_must_not_reach_the_kernel_is_refused_on_every_kernel(string line, string id)
    {
        ErrorRecord error = Assert.Single(_host.Run(line).Errors);

        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
    }

    [Fact]
    [Trait("Machine", "Guest")]
    public void A_probe_is_an_event_afterwards()
    {
        HostResult made = _host.Run("New-KProbe do_sys_openat2 -Argument 'filename=+0($arg2):ustring',dfd -Verbose");

        KProbe probe = Assert.IsType<KProbe>(Assert.Single(made.Objects));
        Assert.Equal($"{ProbeGroups.Session}:do_sys_openat2", probe.Event);
        Assert.Contains(made.Verbose, v => v.EndsWith("do_sys_openat2 filename=+0($arg2):ustring dfd", StringComparison.Ordinal));
        Tracepoint tracepoint = Assert.IsType<Tracepoint>(Assert.Single(_host.Run("Get-KProbe do_sys_openat2 | Get-Tracepoint").Objects));
        Assert.Equal(typeof(string), tracepoint.Fields.Single(f => f.Name == "filename").Type);
        Assert.Contains(tracepoint.Fields, f => f.Name == "dfd");

        Assert.Equal(0, _host.Run($"Remove-KProbe {ProbeGroups.Session}:do_sys_*").ExitCode);
        Assert.Empty(_host.Run($"Get-KProbe {ProbeGroups.Session}:*").Objects);
    }

    [Fact]
    [Trait("Machine", "Guest")]
    public void A_probe_is_watched_in_one_pipeline()
    {
        HostResult result = _host.Run("New-KProbe do_sys_openat2 -Argument 'filename=+0($arg2):ustring' | Watch-Tracepoint -Command cat -ArgumentList /etc/hostname");

        Assert.Contains("/etc/hostname", result.Objects.Select(o => o!.GetType().GetProperty("filename")!.GetValue(o)));
    }

    [Fact]
    [Trait("Machine", "Guest")]
    public void Functions_of_a_list_are_piped_to_it() =>
        Assert.Equal(["vfs_readv", "vfs_writev"], _host.Run("Get-KernelFunction vfs_readv,vfs_writev | New-KProbe").Objects.Cast<KProbe>().Select(p => p.Symbol).Order());

    [Fact]
    [Trait("Machine", "Guest")]
    public void Entry_and_return_and_several_functions_at_once()
    {
        Assert.Equal(["vfs_read", "vfs_write"], _host.Run("New-KProbe vfs_read,vfs_write").Objects.Cast<KProbe>().Select(p => p.Name));
        Assert.Equal(["vfs_read__return"], _host.Run("New-KProbe vfs_read -Return -MaxActive 20 -Argument '$retval'").Objects.Cast<KProbe>().Select(p => p.Name));
        Assert.Equal(["vfs_read_1"], _host.Run("New-KProbe vfs_read").Objects.Cast<KProbe>().Select(p => p.Name));
        Assert.Empty(_host.Run("New-KProbe vfs_read -WhatIf").Objects);
        Assert.Equal(4, _host.Run($"Get-KProbe {ProbeGroups.Session}").Objects.Count);
    }

    [Theory]
    [InlineData("New-KProbe vfs_raed", "SymbolNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("New-KProbe asm_exc_divide_error", "InvalidProbePlace", ErrorCategory.InvalidArgument)]
    [InlineData("New-KProbe vfs_read -Argument x=%nosuch", "InvalidTraceCommand", ErrorCategory.ParserError)]
    [InlineData("New-KProbe vfs_read+0x100000", "InvalidTraceCommand", ErrorCategory.ParserError)]
    [InlineData("Get-KProbe no_such_probe", "ProbeNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Remove-KProbe no_such_probe", "ProbeNotFound", ErrorCategory.ObjectNotFound)]
    [Trait("Machine", "Guest")]
    public void What_the_kernel_refuses_is_a_specific_error(string line, string id, ErrorCategory category)
    {
        HostResult result = _host.Run(line);

        ErrorRecord error = Assert.Single(result.Errors);
        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.Empty(_host.Run($"Get-KProbe {ProbeGroups.Session}:*").Objects);
    }

    public void Dispose()
    {
        if (!Top.Exists("kprobe_events"))
            return;
        foreach (KProbe probe in KProbes.List(Top).Where(p => p.Group == ProbeGroups.Session))
            KProbes.Remove(Top, probe, force: true);
        Assert.Empty(TraceSession.Current.ReleaseAll());
    }
}
