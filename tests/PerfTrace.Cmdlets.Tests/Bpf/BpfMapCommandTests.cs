using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.Commands;
using PerfTrace.Tests.Support;
using StackFrame = PerfTrace.Symbols.StackFrame;

namespace PerfTrace.Tests.Bpf;

[Collection(CmdletCollection.Name)]
public sealed class BpfMapCommandTests : CmdletFixture, IDisposable
{
    private readonly List<BpfMap> _made = [];

    public void Dispose() => _made.ForEach(static m => m.Dispose());

    [Fact]
    public void AMapIsMadeFoundWrittenReadAndCleared()
    {
        BpfMap map = Make("hash cmdlet_hash -KeySize 4 -ValueSize 8 -MaximumEntries 10");
        Assert.True(map.IsOwned);
        Assert.Equal(map.Id, Single<BpfMap>($"Get-BpfMap -Id {map.Id}").Id);
        Assert.Equal(map.Id, Single<BpfMap>($"Get-BpfMap -Id {map.Id} | Get-BpfMap").Id);
        Assert.Contains(Run("Get-BpfMap cmdlet_h* -Type hash").Objects, o => ((BpfMap)o!).Id == map.Id);
        Assert.DoesNotContain(Run("Get-BpfMap cmdlet_h* -Type percpu_hash").Objects, o => ((BpfMap)o!).Id == map.Id);
        Run($"Set-BpfMapEntry {map.Id} 1 42");
        Assert.Equal(43UL, Single<BpfMapEntry>($"Set-BpfMapEntry {map.Id} -Key 2 -Value 43 -PassThru").Value);
        Assert.Equal(42UL, Single<BpfMapEntry>($"Get-BpfMapEntry {map.Id} -Key 1").Value);
        Assert.Equal(2, Run($"Get-BpfMap -Id {map.Id} | Get-BpfMapEntry").Objects.Count);
        Run($"Get-BpfMapEntry {map.Id} -Key 1 | Remove-BpfMapEntry");
        Assert.Equal(2U, Single<BpfMapEntry>($"Get-BpfMapEntry {map.Id}").Key);
        Run($"Clear-BpfMap {map.Id}");
        Assert.Empty(Run($"Get-BpfMapEntry {map.Id}").Objects);
    }

    [Fact]
    public void WhatIsWrongIsSaid()
    {
        BpfMap map = Make("hash cmdlet_wrong -KeySize 4 -ValueSize 4 -MaximumEntries 1");
        ErrorRecord error = Fail($"Set-BpfMapEntry {map.Id} 12345678901 1", "MapValue", ErrorCategory.InvalidArgument);
        Assert.Contains("a number of 32 bits", error.ErrorDetails!.RecommendedAction, StringComparison.Ordinal);
        Fail($"Get-BpfMapEntry {map.Id} -Key 5", "MapKeyNotFound", ErrorCategory.ObjectNotFound);
        Fail($"Remove-BpfMapEntry {map.Id} -Key 5", "MapKeyNotFound", ErrorCategory.ObjectNotFound);
        Run($"Set-BpfMapEntry {map.Id} 1 1");
        ErrorRecord full = Fail($"Set-BpfMapEntry {map.Id} 2 1", "MapFull", ErrorCategory.LimitsExceeded);
        Assert.Contains("1 entries at most", full.ErrorDetails!.Message, StringComparison.Ordinal);
        Assert.Contains("Remove-BpfMapEntry", full.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        BpfMap array = Make("array cmdlet_short -MaximumEntries 2");
        Assert.Contains("2 elements, numbered from 0", Fail($"Set-BpfMapEntry {array.Id} 2 1", "MapIndexOutOfRange", ErrorCategory.InvalidArgument).Exception.Message, StringComparison.Ordinal);
        Fail($"Set-BpfMapEntry {map.Id} 1 1 -Condition NoExist", "AlreadyExists", ErrorCategory.ResourceExists);
        Fail("Get-BpfMap -Id 4000000000", "BpfObjectGone", ErrorCategory.ObjectNotFound);
        Assert.Contains("cmdlet_wrong", Fail("Get-BpfMap cmdlet_wrogn", "BpfObjectNotFound", ErrorCategory.ObjectNotFound).Exception.Message, StringComparison.Ordinal);
        Fail("New-BpfMap hash a-name", "InvalidMap", ErrorCategory.InvalidArgument);
        Fail("New-BpfMap ringbuf -MaximumEntries 12345", "KernelError", ErrorCategory.InvalidOperation);
        BpfMap ring = Make("ringbuf cmdlet_ring");
        Assert.Contains("Watch-BpfRingBuffer", Fail($"Get-BpfMapEntry {ring.Id}", "NotSupported", ErrorCategory.NotImplemented).ErrorDetails!.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void OneBadMapDoesNotStopTheOthers()
    {
        BpfMap map = Make("array cmdlet_array");
        var result = Host.Run($"Get-BpfMapEntry 4000000000, {map.Id}");
        Assert.Single(result.Errors);
        Assert.Single(result.Objects);
    }

    [Fact]
    public void WhatIfChangesNothing()
    {
        BpfMap map = Make("array cmdlet_whatif");
        Host.Run($"Set-BpfMapEntry {map.Id} 0 7 -WhatIf");
        Host.Run($"Lock-BpfMap {map.Id} -WhatIf");
        Assert.Equal(0UL, Single<BpfMapEntry>($"Get-BpfMapEntry {map.Id}").Value);
        Assert.False(BpfMap.Read(map.Id)!.IsFrozen);
        Assert.Empty(Host.Run("New-BpfMap hash cmdlet_none -WhatIf").Objects);
        Assert.True(Single<BpfMap>($"Lock-BpfMap {map.Id} -PassThru").IsFrozen);
    }

    [Fact]
    public void ManyEntriesAreReadUntilTheReaderHasEnough()
    {
        BpfMap map = Make("array cmdlet_many -MaximumEntries 100000");
        Assert.Equal(100_000, Run($"Get-BpfMapEntry {map.Id}").Objects.Count);
    }

    [Fact]
    public void StacksAreFramesWithTheNamesOfAProcess()
    {
        using Process dd = Process.Start("dd", ["if=/dev/zero", "of=/dev/null", "bs=4k", "status=none"]);
        using var stacks = new BpfStackMap(BpfStackMap.UserStack);
        try
        {
            stacks.Sample(dd.Id, TimeSpan.FromMilliseconds(200));
            IEnumerable<StackFrame> Frames(string arguments) => Run($"Get-BpfMapEntry {stacks.Map.Id} {arguments}").Objects.SelectMany(static o => (StackFrame[])((BpfMapEntry)o!).Value!);
            Assert.Contains(Frames($"-ProcessId {dd.Id}"), static f => f.Module.StartsWith("libc.so", StringComparison.Ordinal) && f.Symbol is not null);
            Assert.All(Frames(""), static f => Assert.Null(f.Symbol));
            Fail($"Get-BpfMapEntry {stacks.Map.Id} -ProcessId 999999999", "TargetGone", ErrorCategory.ObjectNotFound);
        }
        finally
        {
            dd.Kill();
        }
    }

    [Fact]
    public void MapsOfTheSessionGoWithTheModule()
    {
        uint id = Single<BpfMap>("New-BpfMap array cmdlet_owned").Id;
        Assert.NotNull(BpfMap.Read(id));
        ModuleResources.ReleaseAll();
        Assert.True(SpinWait.SpinUntil(() => BpfMap.Read(id) is null, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void PinsAreMadeListedAndRemoved()
    {
        BpfMap map = Make("array cmdlet_pinned");
        string path = string.Create(CultureInfo.InvariantCulture, $"/sys/fs/bpf/perftrace_cmdlet_{Environment.ProcessId}");
        BpfPin pin = Single<BpfPin>($"Get-BpfMap -Id {map.Id} | New-BpfPin {path}");
        Assert.Equal((path, BpfObjectKind.Map, map.Id, "array"), (pin.Path, pin.Kind, pin.Id, pin.Type));
        Fail($"Get-BpfMap -Id {map.Id} | New-BpfPin {path}", "AlreadyExists", ErrorCategory.ResourceExists);
        Assert.Equal(path, Single<BpfPin>($"Get-BpfPin {path}").Path);
        Assert.Contains(Run("Get-BpfPin -Kind Map").Objects, o => ((BpfPin)o!).Path == path);
        Assert.Equal(map.Id, Single<BpfMap>($"Get-BpfMap -PinnedPath {path}").Id);
        Run($"Get-BpfPin {path} | Remove-BpfPin");
        Fail($"Get-BpfPin {path}", "PinNotFound", ErrorCategory.ObjectNotFound);
        Fail($"Remove-BpfPin {path}", "PinNotFound", ErrorCategory.ObjectNotFound);
        Fail("Remove-BpfPin /tmp/nothing", "AccessDenied", ErrorCategory.PermissionDenied);
    }

    [Fact]
    public void BytesAreOneKey()
    {
        BpfMap map = Make("hash cmdlet_bytes -KeySize 6 -ValueSize 4");
        Run($"Set-BpfMapEntry {map.Id} eth0 1");
        Run($"Set-BpfMapEntry {map.Id} lo 2");
        Assert.Equal(2, Run($"Get-BpfMapEntry {map.Id}").Objects.Count);
        Run($"Get-BpfMapEntry {map.Id} -Key lo | Remove-BpfMapEntry");
        Assert.Equal(1U, Single<BpfMapEntry>($"Get-BpfMapEntry {map.Id}").Value);
        BpfMap empty = Make("hash cmdlet_empty -KeySize 6");
        ErrorRecord error = Fail($"Get-BpfMapEntry {map.Id} | Remove-BpfMapEntry {empty.Id}", "MapKeyNotFound", ErrorCategory.ObjectNotFound);
        Assert.Contains("657468300000", error.Exception.Message, StringComparison.Ordinal); // eth0
    }

    [Fact]
    public void APinLeadsToItsMapAndAFolderToItsPins()
    {
        BpfMap map = Make("array cmdlet_leads");
        string folder = string.Create(CultureInfo.InvariantCulture, $"/sys/fs/bpf/perftrace_folder_{Environment.ProcessId}");
        try
        {
            Assert.Equal($"{folder}/cmdlet_leads", Single<BpfPin>($"Get-BpfMap -Id {map.Id} | New-BpfPin {folder}/").Path);
            Assert.Equal(map.Id, Single<BpfPin>($"Get-BpfPin {folder}").Id);
            Assert.Equal(map.Id, Single<BpfMap>($"Get-BpfPin {folder} | Get-BpfMap").Id);
            Assert.Equal(map.Id, Single<BpfMapEntry>($"Get-BpfPin {folder} | Get-BpfMapEntry").MapId);
            Fail($"Get-BpfProgram {folder}/cmdlet_leads", "BpfObjectNotFound", ErrorCategory.ObjectNotFound);
            Run($"Remove-BpfPin {folder}/*");
            Assert.Empty(Run($"Get-BpfPin {folder}").Objects);
        }
        finally
        {
            Directory.Delete(folder);
        }
        Fail("Get-BpfPin /tmp", "AccessDenied", ErrorCategory.PermissionDenied);
    }

    [Fact]
    public void MapsWithoutKeysSaySo()
    {
        BpfMap queue = Make("queue cmdlet_queue"), bloom = Make("bloom_filter cmdlet_bloom"), ring = Make("ringbuf cmdlet_ring2");
        Assert.Contains("has no keys", Fail($"Get-BpfMapEntry {queue.Id} -Key 1", "MapValue", ErrorCategory.InvalidArgument).Exception.Message, StringComparison.Ordinal);
        Fail($"Remove-BpfMapEntry {bloom.Id} 1", "NotSupported", ErrorCategory.NotImplemented);
        Assert.Contains("Watch-BpfRingBuffer", Fail($"Get-BpfMapEntry {ring.Id} -Key 1", "NotSupported", ErrorCategory.NotImplemented).ErrorDetails!.RecommendedAction, StringComparison.Ordinal);
        Fail("Get-BpfLink cmdlet_no_such_target", "BpfObjectNotFound", ErrorCategory.ObjectNotFound);
    }

    private BpfMap Make(string arguments)
    {
        BpfMap map = Single<BpfMap>("New-BpfMap " + arguments);
        _made.Add(map);
        return map;
    }
}
