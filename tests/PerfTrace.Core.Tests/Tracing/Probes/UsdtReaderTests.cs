using System.Text.RegularExpressions;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing.Probes;

public sealed partial class UsdtReaderTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public void Notes_of_both_classes_and_byte_orders_are_read(bool is64, bool isBigEndian)
    {
        using ElfFile file = ElfFile.FromMemory("x", new ElfBuilder(is64, isBigEndian)
            .Usdt("app", "start", "-4@%eax 8@8(%rbp)", ElfBuilder.TextAddress + 1, ElfBuilder.DataAddress + 2)
            .Usdt("app", "stop", "", ElfBuilder.TextAddress).Build());

        IReadOnlyList<UsdtProbe> probes = UsdtReader.Read(file);

        Assert.Equal(["app:start", "app:stop"], probes.Select(p => p.Probe));
        Assert.Equal((ElfBuilder.TextOffset + 1, ElfBuilder.DataOffset + 2), (probes[0].Offset, probes[0].SemaphoreOffset));
        Assert.Equal(["-4@%eax", "8@8(%rbp)"], probes[0].Arguments.Select(a => a.Text));
        Assert.Equal((null, false), (probes[1].SemaphoreOffset, probes[1].HasSemaphore));
        Assert.Empty(probes[1].Arguments);
    }

    [Fact]
    public void A_library_that_prelink_moved_has_its_probes_where_they_are_now()
    {
        using ElfFile file = ElfFile.FromMemory("x", new ElfBuilder().Section(".stapsdt.base", 1, [0], address: 0x700000)
            .Usdt("p", "n", "", ElfBuilder.TextAddress - 0x100000, ElfBuilder.DataAddress - 0x100000, linkBase: 0x600000).Build());

        UsdtProbe probe = Assert.Single(UsdtReader.Read(file));

        Assert.Equal((ElfBuilder.TextAddress, ElfBuilder.TextOffset, ElfBuilder.DataOffset), (probe.Address, probe.Offset!.Value, probe.SemaphoreOffset!.Value));
    }

    [Fact]
    public void A_note_that_is_cut_off_is_malformed()
    {
        byte[] whole = new ElfBuilder().Note("stapsdt", 3, new byte[10]);
        byte[] endless = new ElfBuilder().Note("stapsdt", 3, [.. new byte[24], (byte)'a']);

        Assert.Throws<ElfException>(() => UsdtReader.Read(ElfFile.FromMemory("x", new ElfBuilder().Section(".note.stapsdt", 7, whole).Build())));
        Assert.Throws<ElfException>(() => UsdtReader.Read(ElfFile.FromMemory("x", new ElfBuilder().Section(".note.stapsdt", 7, endless).Build())));
    }

    [Fact]
    public void Probes_are_those_that_readelf_prints()
    {
        // .NET itself loads the C++ library, and that has probes on every distribution.
        string path = File.ReadLines("/proc/self/maps").Select(l => l[(l.LastIndexOf(' ') + 1)..]).First(p => p.Contains("/libstdc++.so", StringComparison.Ordinal));
        string text = Command.Run("readelf", ["-nW", path]).Output;

        IReadOnlyList<UsdtProbe> probes = UsdtSources.OfFile(path);

        Assert.Equal(
            Printed().Matches(text).Select(m => $"{m.Groups[1].Value}:{m.Groups[2].Value} {Convert.ToUInt64(m.Groups[3].Value, 16):x} {Convert.ToUInt64(m.Groups[4].Value, 16):x} {m.Groups[5].Value}"),
            probes.Select(p => $"{p.Probe} {p.Address:x} {p.SemaphoreAddress ?? 0:x} {string.Join(' ', p.Arguments)}"));
        Assert.Contains(probes, p => p.Probe == "libstdcxx:throw");
    }

    [Fact]
    public void A_process_has_the_probes_of_its_libraries()
    {
        var said = new List<string>();

        UsdtProbe[] probes = [.. UsdtSources.OfProcess(SystemPaths.Default, Environment.ProcessId, said.Add)];

        Assert.Contains(probes, p => p.Probe == "libstdcxx:throw" && p.Path.Contains("/libstdc++.so", StringComparison.Ordinal));
        Assert.Throws<KernelTargetGoneException>(() => UsdtSources.OfProcess(SystemPaths.Default, int.MaxValue).ToArray());
    }

    [GeneratedRegex(@"Provider: (\S+)\s+Name: (\S+)\s+Location: (\S+), Base: \S+, Semaphore: (\S+)\s+Arguments: (.*)")]
    private static partial Regex Printed();
}
