using System.Diagnostics;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Fuzz;

/// <summary>ELF files with bytes changed and ends cut off: whatever they hold, the answer is contents or the one exception, soon and in bounded memory.</summary>
public sealed class ElfFuzzTests
{
    [Fact]
    public void Mutated_files_are_read_or_refused_by_the_one_exception()
    {
        var random = new Random(20261121);
        byte[][] sources =
        [
            .. from is64 in new[] { true, false }
               from isBig in new[] { true, false }
               select new ElfBuilder(is64, isBig).Symbol("main", ElfBuilder.TextAddress, 2).Symbol("data@@V1", ElfBuilder.DataAddress, 8, ElfSymbolType.Object)
                   .BuildId(1, 2, 3, 4).DebugLink("x.debug", 7).Usdt("p", "n", "-4@%eax 8@8(%rbp)", ElfBuilder.TextAddress, ElfBuilder.DataAddress).Build(),
        ];
        int refused = 0, read = 0;
        long before = GC.GetTotalAllocatedBytes();
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < 100_000; i++)
        {
            byte[] bytes = Mutate(random, sources[i % sources.Length]);
            try
            {
                Exercise(bytes);
                read++;
            }
            catch (ElfException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 1_000, 99_000);
        Assert.InRange(read, 1_000, 99_000);
        Assert.True((GC.GetTotalAllocatedBytes() - before) / 100_000 < 200_000, "Files of 10 KB cost much more than their size.");
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(2));
    }

    [Fact]
    public void A_real_library_cut_anywhere_is_read_or_refused()
    {
        byte[] whole = File.ReadAllBytes("/bin/sh");
        var random = new Random(1);
        for (int i = 0; i < 300; i++)
        {
            byte[] bytes = whole[..random.Next(whole.Length)];
            Assert.ThrowsAny<ElfException>(() => Exercise(bytes)); // section headers are at the end
        }
    }

    [Theory]
    [InlineData(ElfMachine.X86_64)]
    [InlineData(ElfMachine.Arm64)]
    [InlineData(ElfMachine.RiscV)]
    public void Arguments_of_USDT_probes_are_translated_or_not_whatever_they_say(ElfMachine machine)
    {
        const string alphabet = "-48@%$()[],# +*f:xwsp0123456789abcdeirzn";
        string[] seeds = ["-4@%eax 8@-24(%rbp)", "8@x30 -4@[x29, -20]", "8@main+4(%rip)", "-4@$-5", "8f@%xmm0 1@%ah", "4@(%rax,%rbx,8)"];
        var random = new Random(7);
        using ElfFile file = ElfFile.FromMemory("fuzz", new ElfBuilder(machine: machine).Symbol("main", ElfBuilder.TextAddress, 2).Build());
        var translator = new UsdtArgumentTranslator(file, ElfBuilder.TextAddress, new(() => ElfSymbolReader.Read([file])));
        int known = 0;
        for (int i = 0; i < 100_000; i++)
        {
            var text = new System.Text.StringBuilder(seeds[i % seeds.Length]);
            for (int edits = random.Next(0, 5); edits > 0 && text.Length > 0; edits--)
            {
                int at = random.Next(text.Length);
                if (random.Next(2) == 0)
                    text[at] = alphabet[random.Next(alphabet.Length)];
                else
                    text.Remove(at, Math.Min(random.Next(1, 5), text.Length - at));
            }
            foreach (UsdtArgument argument in UsdtArgumentTranslator.Split(text.ToString()).Select(translator.Translate))
            {
                Assert.True((argument.FetchArgument is null) != (argument.Problem is null), text.ToString());
                if (argument.FetchArgument is { } fetch)
                {
                    known++;
                    Assert.Matches(@"^(%[a-z0-9]+|[+-]\d+\(%[a-z0-9]+\)|\\-?\d+|@\+0x[0-9a-f]+)(:[su](8|16|32|64))?$", fetch);
                }
            }
        }
        Assert.True(machine == ElfMachine.RiscV ? known == 0 : known > 1000);
    }

    private static byte[] Mutate(Random random, byte[] source)
    {
        byte[] bytes = random.Next(8) == 0 ? source[..random.Next(source.Length)] : (byte[])source.Clone();
        if (bytes.Length == 0)
            return bytes;
        int tables = Math.Min(bytes.Length, 0x2000);
        for (int edits = random.Next(1, 5); edits > 0; edits--)
        {
            // The headers in front and the tables behind; the padding between them says nothing.
            int at = random.Next(2) == 0 ? random.Next(Math.Min(bytes.Length, 0xb0)) : random.Next(tables, bytes.Length + 1) - 1;
            bytes[at] = random.Next(3) switch { 0 => 0xff, 1 => 0, _ => (byte)random.Next(256) };
        }
        return bytes;
    }

    private static void Exercise(byte[] bytes)
    {
        using ElfFile file = ElfFile.FromMemory("fuzz", bytes);
        _ = file.BuildId;
        _ = file.DebugLink;
        _ = file.OffsetOf(ElfBuilder.TextAddress);
        _ = file.AddressOf(ElfBuilder.TextOffset);
        _ = file.IsCode(ulong.MaxValue);
        _ = UsdtReader.Read(file);
        ElfSymbolTable table = ElfSymbolReader.Read([file]);
        _ = table.Find(ElfBuilder.TextAddress);
        _ = table.Find("main");
        _ = table.All.Count();
    }
}
