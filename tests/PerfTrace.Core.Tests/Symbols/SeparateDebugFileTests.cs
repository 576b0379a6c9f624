using System.Text;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Symbols;

public sealed class SeparateDebugFileTests : IDisposable
{
    private readonly TemporaryTree _tree = new();

    [Fact]
    public void The_checksum_is_that_of_zlib() => Assert.Equal(0xcbf43926, Crc32.Update(0, "123456789"u8)); // the check value of CRC-32

    [Fact]
    public void A_build_id_finds_the_file_of_its_name()
    {
        string program = new ElfBuilder { HasSymbols = false }.BuildId(0xab, 1, 2).WriteTo(_tree["program"]);
        _tree.With("debug/.build-id/ab/0102.debug", "");
        new ElfBuilder().BuildId(0xab, 1, 2).Symbol("hidden_function", ElfBuilder.TextAddress, 2).WriteTo(_tree["debug/.build-id/ab/0102.debug"]);

        Assert.Equal(["hidden_function"], Names(program));
    }

    [Theory]
    [InlineData("program.debug")]
    [InlineData(".debug/program.debug")]
    [InlineData("debug/{0}/program.debug")]
    public void A_link_is_followed_in_the_order_of_debuggers(string place)
    {
        byte[] debug = new ElfBuilder().Symbol("hidden_function", ElfBuilder.TextAddress, 2).Build();
        string program = new ElfBuilder { HasSymbols = false }.DebugLink("program.debug", Crc32.Update(0, debug)).WriteTo(_tree["program"]);
        string path = string.Format(System.Globalization.CultureInfo.InvariantCulture, place, _tree.Root.TrimStart('/'));
        _tree.With(path, "");
        File.WriteAllBytes(_tree[path], debug);

        Assert.Equal(["hidden_function"], Names(program));
    }

    [Fact]
    public void A_symbolic_link_in_the_programs_path_hides_nothing()
    {
        byte[] debug = new ElfBuilder().Symbol("hidden_function", ElfBuilder.TextAddress, 2).Build();
        Directory.CreateDirectory(_tree["real"]);
        new ElfBuilder { HasSymbols = false }.DebugLink("program.debug", Crc32.Update(0, debug)).WriteTo(_tree["real/program"]);
        File.WriteAllBytes(_tree["real/program.debug"], debug);
        File.CreateSymbolicLink(_tree["link"], _tree["real/program"]);

        Assert.Equal(["hidden_function"], Names(_tree["link"]));
    }

    [Fact]
    public void What_does_not_belong_to_the_file_is_not_taken_and_is_told()
    {
        byte[] other = new ElfBuilder().Symbol("wrong", ElfBuilder.TextAddress, 2).Build();
        string program = new ElfBuilder().Symbol("own", ElfBuilder.TextAddress, 2).DebugLink("program.debug", 0xbad).BuildId(0xab, 1, 2).WriteTo(_tree["program"]);
        File.WriteAllBytes(_tree["program.debug"], other);
        _tree.With("debug/.build-id/ab/0102.debug", "no ELF file at all");
        var said = new List<string>();

        Assert.Equal(["own"], Names(program, said.Add));

        Assert.Contains(said, s => s.Contains("checksum", StringComparison.Ordinal));
        Assert.Contains(said, s => s.Contains("no ELF file", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("..")]
    public void A_link_is_a_name_and_no_path(string name)
    {
        using ElfFile file = ElfFile.FromMemory(_tree["x"], new ElfBuilder().DebugLink(name, 0).Build());

        Assert.Null(SeparateDebugFile.Open(file, _tree["debug"]));
    }

    [Fact]
    public void A_link_without_end_or_checksum_is_malformed()
    {
        using ElfFile file = ElfFile.FromMemory("x", new ElfBuilder().Section(".gnu_debuglink", 1, Encoding.ASCII.GetBytes("abc\0")).Build());

        Assert.Throws<ElfException>(() => file.DebugLink);
    }

    public void Dispose() => _tree.Dispose();

    private string[] Names(string program, Action<string>? verbose = null)
    {
        using ElfFile file = ElfFile.Open(program);
        return [.. SeparateDebugFile.ReadSymbols(file, _tree["debug"], verbose).All.Select(s => s.Name)];
    }
}
