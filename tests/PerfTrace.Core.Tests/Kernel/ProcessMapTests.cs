using PerfTrace.Kernel;

namespace PerfTrace.Tests.Kernel;

public sealed class ProcessMapTests
{
    private static readonly ProcessMap Map = ProcessMap.Parse(
    [
        "7f0000002000-7f0000003000 r-xp 00001000 fe:01 42                         /usr/lib/with space.so (deleted)",
        "555500000000-555500001000 r-xp 00000000 fe:01 41                         /usr/bin/prog",
        "555500001000-555500002000 rw-p 00001000 fe:01 41                         /usr/bin/prog",
        "7f0000004000-7f0000005000 r-xp 00000000 00:00 0",
        "nonsense",
        "zz-yy r-xp 0 0 0",
    ]);

    [Theory]
    [InlineData(0x555500000010UL, "prog+0x10")]
    [InlineData(0x7f0000002010UL, "with space.so (deleted)+0x1010")]
    [InlineData(0x7f0000004001UL, "[anonymous]+0x1")]
    [InlineData(0x555500001010UL, null)] // not executable
    [InlineData(0x7f0000003000UL, null)]
    [InlineData(0UL, null)]
    public void An_address_has_its_file_and_offset(ulong address, string? expected) => Assert.Equal(expected, Map.Describe(address));

    [Fact]
    public void A_process_that_is_gone_has_none() => Assert.Null(ProcessMap.Read(SystemPaths.Default, int.MaxValue).Find(1));

    [Fact]
    public void This_process_has_its_own() => Assert.NotNull(ProcessMap.Parse(File.ReadLines("/proc/self/maps")));
}
