using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.Commands;
using PerfTrace.Host;

namespace PerfTrace.Tests.Bpf;

[Collection(CmdletCollection.Name)]
public sealed class ImportBpfObjectCommandTests : CmdletFixture, IDisposable
{
    private static readonly string Objects = Path.Combine(RepositoryRoot(), "bpf");

    private readonly string _folder = Directory.CreateTempSubdirectory("perftrace-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_object_is_owned_by_the_session_until_it_is_disposed_of()
    {
        int held = ModuleResources.Count;
        BpfObject loaded = Single<BpfObject>($"Import-BpfObject {Objects}/exitsnoop.bpf.o -GlobalVariable failed_only=1,command_prefix=sh -MapSize events=65536 -Program on_ex*");
        Assert.Equal(held + 1, ModuleResources.Count);
        Assert.Equal(["on_exit"], loaded.Programs.Select(static p => p.Name));
        Assert.Equal(65536u, loaded.Map("events").MaximumEntries);
        loaded.Dispose();
        Assert.Equal(held, ModuleResources.Count);

        BpfObject left = Single<BpfObject>($"Import-BpfObject {Objects}/exitsnoop.bpf.o");
        ModuleResources.ReleaseAll();
        Assert.True(left.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => left.Attach(left.Programs[0]));
    }

    [Fact]
    public void What_is_in_files_is_told_without_loading_them()
    {
        IEnumerable<BpfObjectContent> contents = Run($"Import-BpfObject {Objects}/*snoop.bpf.o -NoLoad").Objects.Cast<BpfObjectContent>();
        Assert.Equal(["execsnoop", "exitsnoop", "opensnoop"], contents.Select(static c => c.Name));
        BpfObjectContent content = Single<BpfObjectContent>($"Import-BpfObject {Objects}/exitsnoop.bpf.o -NoLoad -GlobalVariable failed_only=1");
        Assert.Equal("1", content.Variables.Single(static v => v.Name == "failed_only").Value?.ToString());
    }

    [Fact]
    public void One_bad_file_does_not_keep_the_others_away()
    {
        File.WriteAllText(Path.Combine(_folder, "bad.bpf.o"), "text");
        HostResult result = Host.Run($"Import-BpfObject {_folder}/bad.bpf.o,{Objects}/exitsnoop.bpf.o -NoLoad");
        Assert.IsType<BpfObjectContent>(Assert.Single(result.Objects));
        Assert.StartsWith("InvalidBpfObject,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_has_an_error_of_its_own()
    {
        string file = $"{Objects}/exitsnoop.bpf.o";
        Fail($"Import-BpfObject {_folder}/none.bpf.o", "FileNotFound", ErrorCategory.ObjectNotFound);
        Fail($"Import-BpfObject {file} -GlobalVariable failed=1", "BpfObjectNameNotFound", ErrorCategory.ObjectNotFound);
        Fail($"Import-BpfObject {file} -MapSize nothing=1", "BpfObjectNameNotFound", ErrorCategory.ObjectNotFound);
        Fail($"Import-BpfObject {file} -MapSize events=much", "InvalidMapSize", ErrorCategory.InvalidArgument);
        Fail($"Import-BpfObject {file} -GlobalVariable failed_only=maybe", "TypeValue", ErrorCategory.InvalidArgument);
        Fail($"Import-BpfObject {file} -Program other", "BpfObjectNameNotFound", ErrorCategory.ObjectNotFound);
        Assert.Contains("'failed_only' is not of the form name=value.", Host.Run($"Import-BpfObject {file} -GlobalVariable failed_only").StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_loaded_with_WhatIf() => Assert.Empty(Host.Run($"Import-BpfObject {Objects}/exitsnoop.bpf.o -WhatIf").Objects);

    // Above artifacts/bin/PROJECT/release/
    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "PerfTrace.psd1")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException("The tests are not run from below the repository.");
    }
}
