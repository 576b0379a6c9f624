using System.Globalization;
using System.Text.Json;
using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.Objects;

/// <summary>The same programs and maps, by bpftool and by us.</summary>
[Trait("Machine", "Both")]
public sealed class BpftoolComparisonTests
{
    public static TheoryData<BpfMapType> DumpedTypes =>
    [
        BpfMapType.Hash, BpfMapType.Array, BpfMapType.PerCpuHash, BpfMapType.PerCpuArray, BpfMapType.LruHash, BpfMapType.LruPerCpuHash, BpfMapType.LpmTrie, BpfMapType.ArrayOfMaps,
        BpfMapType.HashOfMaps, BpfMapType.ProgramArray, BpfMapType.DevMap, BpfMapType.DevMapHash, BpfMapType.CpuMap,
    ];

    [Fact]
    public void Programs()
    {
        using FileDescriptor plain = BpfFilter.Load("perftrace_cmp"), typed = BpfFilter.LoadWithTypes("perftrace_typed");
        using BpfMap map = Make(BpfMapType.Array);
        var assembler = new BpfAssembler();
        assembler.LoadMap(BpfRegister.R1, map.Descriptor!);
        assembler.Move(BpfRegister.R0, 0);
        assembler.Exit();
        using FileDescriptor tracepoint = BpfProgramLoader.Load(new BpfProgramRequest(BpfProgramType.Tracepoint, assembler.Assemble()) { Name = "perftrace_maps", License = "MIT" });
        foreach (FileDescriptor descriptor in (FileDescriptor[])[plain, typed, tracepoint])
        {
            BpfProgram program = BpfProgram.Of(descriptor);
            JsonElement expected = Bpftool.Json("prog", "show", "id", Text(program.Id));
            Assert.Equal(expected.GetProperty("id").GetUInt32(), program.Id);
            Assert.Equal(expected.GetProperty("type").GetString(), BpfNames.Of(program.Type));
            Assert.Equal(expected.GetProperty("name").GetString(), program.Name);
            Assert.Equal(expected.GetProperty("tag").GetString(), program.Tag);
            Assert.Equal(expected.GetProperty("gpl_compatible").GetBoolean(), program.IsGplCompatible);
            Assert.InRange(program.LoadedAt.ToUnixTimeSeconds() - expected.GetProperty("loaded_at").GetInt64(), -1, 1);
            Assert.Equal(expected.GetProperty("uid").GetUInt32(), program.UserId);
            Assert.Equal(expected.GetProperty("bytes_xlated").GetInt32(), program.TranslatedBytes);
            Assert.Equal(expected.GetProperty("jited").GetBoolean(), program.IsJited);
            Assert.Equal(program.IsJited ? expected.GetProperty("bytes_jited").GetInt32() : 0, program.JitedBytes);
            Assert.Equal(expected.GetProperty("bytes_memlock").GetInt64(), program.MemoryBytes);
            Assert.Equal(Ids(expected, "map_ids"), program.MapId);
            Assert.Equal(expected.TryGetProperty("btf_id", out JsonElement btf) ? btf.GetUInt32() : 0, program.BtfId);
            Assert.Contains(program.Process, static p => p.ProcessId == Environment.ProcessId);
            Assert.Contains(BpfProgram.ReadAll(), p => p.Id == program.Id);
        }
        Assert.False(BpfProgram.Of(tracepoint).IsGplCompatible);
        Assert.Equal([map.Id], BpfProgram.Of(tracepoint).MapId);
        Assert.Equal("perftrace_typed_main", BpfProgram.Of(typed).Name);
    }

    [Fact]
    public void Maps()
    {
        using BpfMap inner = Make(BpfMapType.Array), frozen = Make(BpfMapType.Hash);
        using (BpfMapContents contents = BpfMapContents.Open(frozen))
            contents.Freeze();
        foreach (BpfMapType type in Enum.GetValues<BpfMapType>())
        {
            BpfMap made;
            try
            {
                made = Make(type, BpfMapShape.HoldsMaps(type) ? inner : null);
            }
            catch (Exception e) when (e is KernelException or ArgumentException)
            {
                continue; // this kernel has none
            }
            using (made)
                Compare(made.Id);
        }
        Compare(frozen.Id);
    }

    [Theory]
    [MemberData(nameof(DumpedTypes))]
    public void Entries(BpfMapType type)
    {
        using BpfMap inner = Make(BpfMapType.Array);
        using FileDescriptor filter = BpfFilter.Load("perftrace_dump");
        using BpfProgram program = BpfProgram.FromDescriptor(filter.Duplicate());
        using BpfMap map = Make(type, BpfMapShape.HoldsMaps(type) ? inner : null);
        using BpfMapContents contents = BpfMapContents.Open(map);
        for (int i = 0; i < Math.Min(map.MaximumEntries, 2); i++)
        {
            contents.Set(type == BpfMapType.LpmTrie ? $"10.{i}.0.0/16" : i, type switch
            {
                BpfMapType.ArrayOfMaps or BpfMapType.HashOfMaps => inner,
                BpfMapType.ProgramArray => program,
                BpfMapType.DevMap or BpfMapType.DevMapHash => 1, // lo
                BpfMapType.CpuMap => 192,
                _ => 1000 + i,
            });
        }
        Dictionary<string, string> expected = Bpftool.Json("map", "dump", "id", Text(map.Id)).EnumerateArray()
            .Where(static e => !(e.TryGetProperty("value", out JsonElement value) && value.ValueKind == JsonValueKind.Object))
            .ToDictionary(static e => Hex(e.GetProperty("key")), static e =>
                e.TryGetProperty("value", out JsonElement value) ? Hex(value) : string.Concat(e.GetProperty("values").EnumerateArray().Select(static v => Hex(v.GetProperty("value")))));
        Dictionary<string, string> actual = contents.Read().ToDictionary(static e => Convert.ToHexStringLower(e.GetKeyBytes()), static e => Convert.ToHexStringLower(e.GetValueBytes()));
        Assert.NotEmpty(actual);
        Assert.Equal(expected.OrderBy(static e => e.Key, StringComparer.Ordinal), actual.OrderBy(static e => e.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void PinnedPathsAndHolders()
    {
        if (PerfTrace.Kernel.BpfFileSystem.MountPoints(PerfTrace.Kernel.SystemPaths.Default) is not [var mountPoint, ..])
            throw new InvalidOperationException("No bpffs is mounted: mount -t bpf bpf /sys/fs/bpf");
        string path = Path.Combine(mountPoint, $"perftrace_test_{Environment.ProcessId}", "map");
        using BpfMap map = Make(BpfMapType.Array);
        try
        {
            map.Pin(path);
            Assert.Contains("already", Assert.ThrowsAny<KernelException>(() => map.Pin(path)).Advice);
            JsonElement expected = Bpftool.Json("-f", "map", "show", "id", Text(map.Id));
            BpfMap read = BpfMap.Read(map.Id)!;
            Assert.Equal(expected.GetProperty("pinned").EnumerateArray().Select(static p => p.GetString()!), read.PinnedPath.Where(p => p == path));
            Assert.Equal(Environment.ProcessId, Assert.Single(read.Process).ProcessId);
            Assert.Equal(map.Id, Assert.Single(BpfFinder.Maps(path)).Id);
            Assert.Equal(new BpfPin(path, BpfObjectKind.Map, map.Id, "array", "perftrace_cmp"), BpfPin.Read(path));
            BpfPin.Remove(path);
            Assert.Contains("Nothing is pinned", Assert.Throws<PerfTrace.Kernel.BpfPinNotFoundException>(() => BpfPin.Remove(path)).Message, StringComparison.Ordinal);
            Assert.Empty(BpfMap.Read(map.Id)!.PinnedPath);
        }
        finally
        {
            File.Delete(path);
            Directory.Delete(Path.GetDirectoryName(path)!);
        }
        Assert.Contains("BPF file system", Assert.ThrowsAny<KernelException>(() => map.Pin("/tmp/perftrace_test_pin")).Advice);
        Assert.Contains("BPF file system", Assert.ThrowsAny<KernelException>(static () => BpfPin.Remove("/tmp/x")).Advice);
    }

    private static void Compare(uint id)
    {
        BpfMap map = BpfMap.Read(id)!;
        JsonElement expected = Bpftool.Json("map", "show", "id", Text(id));
        Assert.Equal(expected.GetProperty("id").GetUInt32(), map.Id);
        // bpftool writes the number of a type that is newer than itself.
        Assert.Contains(expected.GetProperty("type").ToString(), (string[])[BpfNames.Of(map.Type), Text((uint)map.Type)]);
        Assert.Equal(expected.GetProperty("name").GetString(), map.Name);
        Assert.Equal(expected.GetProperty("flags").GetUInt32(), (uint)map.Flags);
        Assert.Equal(expected.GetProperty("bytes_key").GetInt32(), map.KeySize);
        Assert.Equal(expected.GetProperty("bytes_value").GetInt32(), map.ValueSize);
        Assert.Equal(expected.GetProperty("max_entries").GetUInt32(), map.MaximumEntries);
        Assert.Equal(expected.GetProperty("bytes_memlock").GetInt64(), map.MemoryBytes);
        Assert.Equal(expected.GetProperty("frozen").GetInt32() != 0, map.IsFrozen);
        Assert.Equal(expected.TryGetProperty("btf_id", out JsonElement btf) ? btf.GetUInt32() : 0, map.BtfId);
    }

    private static BpfMap Make(BpfMapType type, BpfMap? inner = null) => BpfMapCreation.Create(new BpfMapRequest { Type = type, Name = "perftrace_cmp", InnerMap = inner });

    private static IEnumerable<uint> Ids(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement ids) ? ids.EnumerateArray().Select(static i => i.GetUInt32()).ToArray() : [];

    private static string Hex(JsonElement bytes) => string.Concat(bytes.EnumerateArray().Select(static b => b.GetString()![2..]));

    private static string Text(uint id) => id.ToString(CultureInfo.InvariantCulture);
}
