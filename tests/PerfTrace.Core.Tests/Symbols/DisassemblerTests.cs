using System.Globalization;
using System.Text.RegularExpressions;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Symbols;

public sealed partial class DisassemblerTests
{
    [Theory]
    [InlineData("4889e5", "mov    %rsp,%rbp", "mov    rbp,rsp")]
    [InlineData("c3", "ret", "ret")]
    [InlineData("e8fb0f0000", "call   2000 <f>", "call   2000 <f>")]
    [InlineData("eb0e", "jmp    1010", "jmp    1010")]
    [InlineData("ff25fa0f0000", "jmp    *0xffa(%rip)        # 2000 <f>", "jmp    QWORD PTR [rip+0xffa]        # 2000 <f>")]
    [InlineData("ff1500000000", "call   *0x0(%rip)        # 1006", "call   QWORD PTR [rip+0x0]        # 1006")]
    [InlineData("0f1f440000", "nopl   0x0(%rax,%rax,1)", "nop    DWORD PTR [rax+rax*1+0x0]")]
    [InlineData("48c744240800000000", "movq   $0x0,0x8(%rsp)", "mov    QWORD PTR [rsp+0x8],0x0")]
    [InlineData("83e8ff", "sub    $0xffffffff,%eax", "sub    eax,0xffffffff")]
    [InlineData("ff742428", "push   0x28(%rsp)", "push   QWORD PTR [rsp+0x28]")]
    [InlineData("f348ab", "rep stos %rax,%es:(%rdi)", "rep stosq QWORD PTR es:[rdi]")]
    [InlineData("06", "(bad)", "(bad)")]
    public void Instructions_are_written_as_objdump_does(string bytes, string att, string intel)
    {
        byte[] code = Convert.FromHexString(bytes);
        Assert.Equal(att, Assert.Single(new Disassembler(ElfMachine.X86_64, AssemblySyntax.Att, Name).Disassemble(code, 0x1000)).Text);
        Assert.Equal(intel, Assert.Single(new Disassembler(ElfMachine.X86_64, AssemblySyntax.Intel, Name).Disassemble(code, 0x1000)).Text);

        static string? Name(ulong address) => address == 0x2000 ? "f" : null;
    }

    [Fact]
    public void Targets_are_told()
    {
        // call 0x1005; lea 0x10(%rip),%rax; jmp *%rax; nop
        var all = new Disassembler(ElfMachine.X86_64, AssemblySyntax.Att, static _ => null).Disassemble(Convert.FromHexString("e800000000488d0510000000ffe090"), 0x1000).ToList();

        Assert.Equal([(0, 5, 0x1005UL), (5, 7, 0x101c), (12, 2, null), (14, 1, (ulong?)null)], all.Select(i => (i.Offset, i.Length, i.Target)));
    }

    // Every instruction of large programs. Where texts differ it is in what says the same: padding of nop (data16, cs), shifts by 1.
    [Theory]
    [InlineData(AssemblySyntax.Att, "bash", 0.99)]
    [InlineData(AssemblySyntax.Intel, "bash", 0.98)]
    [InlineData(AssemblySyntax.Att, "libc.so.6", 0.96)]
    public void A_whole_program_reads_as_objdump_has_it(AssemblySyntax syntax, string name, double sameTexts)
    {
        string path = name == "bash" ? "/bin/bash" : File.ReadLines("/proc/self/maps").First(static l => l.EndsWith("/libc.so.6", StringComparison.Ordinal)).Split(' ')[^1];
        using ElfFile file = ElfFile.Open(path);
        Assert.SkipUnless(file.Machine == ElfMachine.X86_64, "Iced knows x86 alone.");
        ElfSection section = file.FindSection(".text")!;
        Dictionary<ulong, string> theirs = [];
        foreach (string line in Command.Run("objdump", ["-d", "-j", ".text", "--no-show-raw-insn", .. syntax == AssemblySyntax.Intel ? (string[])["-M", "intel"] : [], path]).Output.Split('\n'))
        {
            if (InstructionLine.Match(line) is { Success: true } match)
                theirs.Add(ulong.Parse(match.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture), Normal(match.Groups[2].Value));
        }
        Assert.True(theirs.Count > 50_000, $"objdump gave {theirs.Count} instructions of {path}.");

        int count = 0, sameBegin = 0, sameName = 0, sameText = 0;
        var others = new SortedSet<string>(StringComparer.Ordinal);
        foreach (MachineInstruction ours in new Disassembler(file.Machine, syntax, static _ => null).Disassemble(file.ReadSection(section), section.Address))
        {
            count++;
            if (!theirs.TryGetValue(section.Address + (ulong)ours.Offset, out string? expected))
                continue;
            sameBegin++;
            string text = Normal(ours.Text!);
            sameText += text == expected ? 1 : 0;
            if (Mnemonic(text) == Mnemonic(expected))
                sameName++;
            else
                others.Add($"{Mnemonic(expected)}: {Mnemonic(text)}");
        }
        TestContext.Current.SendDiagnosticMessage($"{name} {syntax}: {theirs.Count} instructions, {sameBegin} begin alike, {sameName} have the same mnemonic, {sameText} the same text; {string.Join(", ", others)}");
        Assert.InRange(count, theirs.Count * 0.9999, theirs.Count * 1.0001);
        Assert.True(sameBegin >= theirs.Count * 0.9999, $"{sameBegin} of {theirs.Count} begin where objdump says.");
        Assert.True(sameName >= theirs.Count * 0.999, $"{sameName} of {theirs.Count} have objdump's mnemonic, but not {string.Join(", ", others)}.");
        Assert.True(sameText >= theirs.Count * sameTexts, $"{sameText} of {theirs.Count} have objdump's text.");
    }

    [Theory]
    [InlineData(ElfMachine.X86_64)]
    [InlineData(ElfMachine.X86)]
    public void Whatever_the_bytes_are_each_is_in_one_instruction(ElfMachine machine)
    {
        var random = new Random(20261121);
        Disassembler[] all = [.. Enum.GetValues<AssemblySyntax>().Select(s => new Disassembler(machine, s, static a => (a & 3) == 0 ? "name" : null))];
        int bad = 0, good = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] code = new byte[random.Next(1, 64)];
            random.NextBytes(code);
            int next = 0;
            foreach (MachineInstruction instruction in all[i % all.Length].Disassemble(code, random.Next(4) == 0 ? ulong.MaxValue - 16 : 0x401000))
            {
                Assert.Equal(next, instruction.Offset);
                Assert.InRange(instruction.Length, 1, 15);
                Assert.False(string.IsNullOrWhiteSpace(instruction.Text));
                next += instruction.Length;
                if (instruction.Text == "(bad)")
                    bad++;
                else
                    good++;
            }
            Assert.Equal(code.Length, next);
        }
        Assert.True(bad > 1000 && good > 10_000, $"{bad} bad, {good} good");
    }

    [Theory]
    [InlineData(ElfMachine.Arm64, "4 4 2")]
    [InlineData(ElfMachine.RiscV, "2 4 2 2")]
    [InlineData((ElfMachine)22, "4 4 2")] // EM_S390
    public void Of_other_machines_there_are_bytes(ElfMachine machine, string lengths)
    {
        var disassembler = new Disassembler(machine, AssemblySyntax.Att, static _ => null);
        var all = disassembler.Disassemble(Convert.FromHexString("01009300100082808280"), 0).ToList();

        Assert.False(disassembler.KnowsMachine);
        Assert.Equal(lengths, string.Join(' ', all.Select(i => i.Length)));
        Assert.All(all, i => Assert.Null(i.Text));
    }

    [GeneratedRegex(@"^ *([0-9a-f]+):\t(.+)$")]
    private static partial Regex InstructionLine { get; }

    // Without names, and with one space between words.
    private static string Normal(string text) => Spaces.Replace(Names.Replace(text, ""), " ").Trim();

    [GeneratedRegex("<[^>]*>+")]
    private static partial Regex Names { get; }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces { get; }

    // The first word that is no prefix.
    private static string Mnemonic(string text) => text.Split(' ').FirstOrDefault(static w => w is not ("data16" or "cs" or "ds" or "es" or "ss" or "fs" or "gs" or "addr32" or "rex" or "rex.W"
        or "lock" or "rep" or "repz" or "repnz" or "notrack" or "bnd" or "xacquire" or "xrelease")) switch
    {
        // What Iced calls by the manual's name, which the GNU tools have another for.
        "movabs" => "mov",
        { } word => word,
        null => text,
    };
}
