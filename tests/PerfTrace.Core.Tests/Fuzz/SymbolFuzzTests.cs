using System.Text;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Fuzz;

/// <summary>Tables of functions out of damaged files: names or the one exception, soon.</summary>
public sealed class SymbolFuzzTests
{
    [Fact]
    public void Functions_of_mutated_programs_are_found_or_refused_by_the_one_exception()
    {
        var random = new Random(20261121);
        byte[][] sources =
        [
            .. from is64 in new[] { true, false }
               from isBig in new[] { true, false }
               select new ElfBuilder(is64, isBig) { Text = new byte[0x100] }.Symbol("main", ElfBuilder.TextAddress, 2).Symbol("_ZN2ns4spinIlEET_S1_", ElfBuilder.TextAddress + 8, 8)
                   .Symbol("label", ElfBuilder.TextAddress + 0x20, 0, ElfSymbolType.None).Symbol("alias", ElfBuilder.TextAddress, 2).BuildId(1, 2, 3).Build(),
            // One with a linkage table and versions.
            File.ReadAllBytes("/bin/true"),
        ];
        var demangler = new Demangler(SymbolNameForm.Short);
        int found = 0, refused = 0;
        for (int i = 0; i < 60_000; i++)
        {
            byte[] bytes = [.. sources[i % sources.Length]];
            // Headers are at both ends.
            for (int n = random.Next(1, 6); n > 0; n--)
                bytes[random.Next(3) switch { 0 => random.Next(0x40), 1 => random.Next(bytes.Length), _ => bytes.Length - 1 - random.Next(Math.Min(bytes.Length, 0x600)) }] = (byte)random.Next(256);
            try
            {
                using ElfFile file = ElfFile.FromMemory("x", bytes);
                var reader = new ElfFunctionReader(file);
                reader.Add(file);
                reader.AddLinkageTable();
                FunctionTable table = reader.Build(demangler);
                for (int n = 0; n < 8; n++)
                    found += table.Find(n < 4 ? ElfBuilder.TextOffset + (ulong)(n * 8) : (ulong)random.NextInt64()) is { Name.Length: > 0 } ? 1 : 0;
            }
            catch (ElfException)
            {
                refused++;
            }
        }
        Assert.True(found > 10_000);
        Assert.InRange(refused, 1_000, 59_000);
    }

    [Fact]
    public void Mutated_kallsyms_are_read()
    {
        var random = new Random(20261121);
        byte[] good = Encoding.UTF8.GetBytes("ffffffff81000000 T _stext\nffffffff81000000 T _text\nffffffff81001000 t f\nffffffffc0000000 t g\t[ext4]\nffffffffc0000100 d h\t[ext4]\n");
        var demangler = new Demangler(SymbolNameForm.Short);
        int found = 0;
        for (int i = 0; i < 100_000; i++)
        {
            byte[] bytes = good[..random.Next(good.Length + 1)];
            for (int n = random.Next(0, 5); n > 0 && bytes.Length > 0; n--)
                bytes[random.Next(bytes.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : " \t\n[]f0T$"u8[random.Next(9)];
            KallsymsReader.Result result = KallsymsReader.Read(bytes, (text, start) => KernelFiles.Shift(0xffffffff91000000, text, start), demangler);
            foreach (ulong place in (ulong[])[0xffffffff91000000, 0xffffffff91001001, 0xffffffffd0000000, ulong.MaxValue])
                found += result.Functions.Find(place) is null ? 0 : 1;
        }
        Assert.True(found > 10_000);
    }
}
