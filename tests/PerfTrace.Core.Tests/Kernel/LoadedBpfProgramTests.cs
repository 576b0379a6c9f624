using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Kernel;

public sealed class LoadedBpfProgramTests
{
    [Fact]
    public unsafe void The_structure_is_the_kernel_s()
    {
        Assert.Equal(208, sizeof(BpfProgramInfo));
        Assert.Equal(BpfProgramInfo.StructureSize, sizeof(BpfProgramInfo));
        Assert.Equal(
            [("Tag", 8), ("JitedInstructions", 24), ("MapIds", 56), ("Name", 64), ("NetworkNamespaceDevice", 88), ("JitedSymbolCount", 104), ("JitedSymbols", 112), ("BtfId", 128),
                ("FunctionInfo", 136), ("LineInfo", 152), ("JitedLineInfoCount", 168), ("TagCount", 180), ("Tags", 184), ("RunCount", 200)],
            ((string[])["Tag", "JitedInstructions", "MapIds", "Name", "NetworkNamespaceDevice", "JitedSymbolCount", "JitedSymbols", "BtfId", "FunctionInfo", "LineInfo", "JitedLineInfoCount",
                "TagCount", "Tags", "RunCount"]).Select(static n => (n, (int)Marshal.OffsetOf<BpfProgramInfo>(n))));
    }

    [Fact]
    public void A_program_is_found_with_the_code_that_was_made_of_it()
    {
        using FileDescriptor filter = BpfFilter.Load("perftrace_test");

        LoadedBpfProgram program = LoadedBpfProgram.ReadAll().Single(p => p.Functions(null) is [{ Name: var name }] && name.EndsWith("_perftrace_test", StringComparison.Ordinal));
        BpfFunction function = program.Functions(null)[0];

        // As the kernel itself calls it: "ffffffffc0001234 t bpf_prog_6deef7357e7b4530_name	[bpf]".
        string line = File.ReadLines("/proc/kallsyms").First(l => l.Contains(function.Name, StringComparison.Ordinal));
        Assert.Equal(function.Start, ulong.Parse(line.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        Assert.Equal(program.Info.JitedLength, function.Length);
        Assert.Equal(1U, program.Info.Type);
        Assert.Null(BtfObject.Read(uint.MaxValue));
        // The machine code, at the offset that stands for the pointer: it returns, or jumps to where the kernel does so safely (return thunks of x86).
        Assert.Contains(program.Data.AsSpan((int)program.Info.JitedInstructions, (int)program.Info.JitedLength).ToArray(), static b => b is 0xc3 or 0xe9);
        Assert.NotNull(LoadedBpfProgram.Read(program.Id));
        uint id = program.Id;
        filter.Dispose();
        Thread.Sleep(100);
        Assert.Null(LoadedBpfProgram.Read(id));
    }
}
