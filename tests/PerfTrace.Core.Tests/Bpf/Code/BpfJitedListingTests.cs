using System.Globalization;
using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.Code;

/// <summary>Machine code of programs against objdump.</summary>
public sealed class BpfJitedListingTests
{
    [Fact]
    public void InstructionsAreThoseOfObjdump()
    {
        Assert.SkipUnless(System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64, "Iced knows x86 alone.");
        using var tree = new TemporaryTree();
        using FileDescriptor loaded = Load();
        using BpfProgram program = BpfProgram.FromDescriptor(loaded.Duplicate());
        BpfJitedInstruction[] all = [.. BpfJitedListing.Read(loaded, KernelSymbolTable.Read(SystemPaths.Default), AssemblySyntax.Att).Instructions()];

        string file = tree["code.bin"];
        // Debian's bpftool is built without a disassembler and gives not even the bytes.
        Command.Result dumped = Command.Run("bpftool", ["prog", "dump", "jited", "id", program.Id.ToString(CultureInfo.InvariantCulture), "file", file]);
        byte[] code = [.. all.SelectMany(i => i.Bytes)];
        if (dumped.ExitCode == 0)
            Assert.Equal(File.ReadAllBytes(file), code);
        else
            Assert.Contains("No libbfd", dumped.Error, StringComparison.Ordinal);
        Assert.Equal(program.JitedBytes, code.Length);
        File.WriteAllBytes(file, code);

        string[] functions = [.. all.Select(i => i.Function).Distinct()];
        Assert.Equal(2, functions.Length);
        Assert.All(functions, f => Assert.StartsWith("bpf_prog_", f, StringComparison.Ordinal));
        Assert.Contains(all, i => i.TargetName == functions[1] && i.Text!.StartsWith("call", StringComparison.Ordinal));

        // The first columns of objdump: place and bytes of each instruction.
        string listing = Command.Run("objdump", ["-D", "-b", "binary", "-m", "i386:x86-64", "--insn-width=16", file]).Output;
        string[] expected =
        [
            .. System.Text.RegularExpressions.Regex.Matches(listing, @"^\s+([0-9a-f]+):\t((?:[0-9a-f]{2} )+) *\t(\S+)", System.Text.RegularExpressions.RegexOptions.Multiline)
                .Select(m => $"{Convert.ToInt32(m.Groups[1].Value, 16)}: {m.Groups[2].Value.Trim().Replace(" ", "", StringComparison.Ordinal)} {m.Groups[3].Value}"),
        ];
        ulong place = 0;
        var actual = new List<string>();
        foreach (BpfJitedInstruction instruction in all)
        {
            actual.Add($"{place}: {Convert.ToHexStringLower(instruction.Bytes)} {instruction.Text!.Split(' ')[0]}");
            place += (ulong)instruction.Bytes.Length;
        }
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void SourceLinesAreThere()
    {
        using FileDescriptor loaded = Load();
        BpfJitedInstruction[] all = [.. BpfJitedListing.Read(loaded, KernelSymbolTable.Read(SystemPaths.Default), AssemblySyntax.Att).Instructions()];

        Assert.Equal(("return twice(1);", "main.c", 3), (all[0].SourceLine, all[0].SourceFile, all[0].SourceLineNumber));
        Assert.Equal(8, all[^1].SourceLineNumber);
        Assert.All(all, i => Assert.NotEqual(0ul, i.Address));
    }

    private static FileDescriptor Load()
    {
        var source = new BpfSource();
        var assembler = new BpfAssembler();
        BpfLabel twice = assembler.DefineLabel();
        uint file = source.Text("main.c");
        assembler.BeginFunction(source.Function("test_main", true, ("skb", source.ContextPointer)));
        assembler.MarkLine(file, source.Text("  return twice(1);"), 3, 2);
        assembler.Move(BpfRegister.R1, 1);
        assembler.Call(twice);
        assembler.Exit();
        assembler.Mark(twice);
        assembler.BeginFunction(source.Function("twice", false, ("value", source.Integer)));
        assembler.MarkLine(file, source.Text("  return 2 * value;"), 8, 2);
        assembler.Move(BpfRegister.R0, BpfRegister.R1);
        assembler.Alu64(BpfArithmetic.Add, BpfRegister.R0, BpfRegister.R0);
        assembler.Exit();
        using FileDescriptor types = source.Load();
        return BpfProgramLoader.Load(new BpfProgramRequest(BpfProgramType.SocketFilter, assembler.Assemble()) { Name = "test_jited", Types = types });
    }
}
