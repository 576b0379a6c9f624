using PerfTrace.Kernel;

namespace PerfTrace.Tests.Kernel;

public sealed class AddressSpaceTests
{
    private readonly AddressSpace _space = AddressSpace.Parse(
    [
        "7f0000002000-7f0000003000 r-xp 00001000 fe:01 42                         /usr/lib/with space.so (deleted)",
        "555500000000-555500001000 r-xp 00000000 fe:01 41                         /usr/bin/prog",
        "555500001000-555500002000 rw-p 00001000 fe:01 41                         /usr/bin/prog",
        "7f0000004000-7f0000005000 r-xp 00000000 00:00 0",
        "nonsense",
        "zz-yy r-xp 0 0 0",
    ]);

    [Theory]
    [InlineData(0x555500000010UL, "/usr/bin/prog", 0x10UL)]
    [InlineData(0x7f0000002010UL, "/usr/lib/with space.so (deleted)", 0x1010UL)]
    [InlineData(0x7f0000004001UL, "[anonymous]", 1UL)]
    public void An_address_has_its_file_and_offset(ulong address, string path, ulong offset) => Assert.Equal((path, offset), _space.Find(address));

    [Theory]
    [InlineData(0x555500001010UL)] // not executable
    [InlineData(0x7f0000003000UL)]
    [InlineData(0UL)]
    public void Outside_there_is_nothing(ulong address) => Assert.Null(_space.Find(address));

    [Fact]
    public void What_is_mapped_later_takes_the_place()
    {
        AddressSpace copy = _space.Copy();
        _space.Add(0x555500000800, 0x1000, 0x5000, "/new");
        _space.Add(ulong.MaxValue - 5, 100, 0, "/wraps");

        Assert.Equal(("/new", 0x5000UL), _space.Find(0x555500000800));
        Assert.Null(_space.Find(0x555500000010));
        Assert.Equal(("/usr/bin/prog", 0x10UL), copy.Find(0x555500000010));
        Assert.Null(_space.Find(ulong.MaxValue - 1));
    }

    [Fact]
    public void A_process_that_is_gone_has_none() => Assert.Null(AddressSpace.Read(SystemPaths.Default, int.MaxValue).Find(1));

    [Fact]
    public void This_process_runs_its_own_code()
    {
        string line = File.ReadLines("/proc/self/maps").First(static l => l.Contains("libc.so", StringComparison.Ordinal) && l.Contains("r-xp", StringComparison.Ordinal));
        ulong start = Convert.ToUInt64(line[..line.IndexOf('-')], 16);

        Assert.EndsWith("libc.so.6", AddressSpace.Read(SystemPaths.Default, Environment.ProcessId).Find(start)?.Path, StringComparison.Ordinal);
    }
}
