using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using PerfTrace.Events;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

/// <summary>What a BPF program says with bpf_trace_printk(), from the binary pages and from the text.</summary>
[Collection(CmdletCollection.Name)]
[Trait("Machine", "Both")]
public sealed partial class BpfPrintkTests : TraceFixture
{
    [Fact]
    public void It_has_a_type_of_its_own_wherever_it_is_read()
    {
        Run("New-TraceInstance bpf | Enable-Tracepoint bpf_trace:bpf_trace_printk");
        Run("Write-TraceMarker before -Instance bpf");
        Print("hi %d\n", 42);
        Print("in %x\n", 0xbeef);
        Run("Write-TraceMarker after -Instance bpf");

        foreach (string line in (ReadOnlySpan<string>)["Get-TraceBuffer -Instance bpf", "Watch-TracePipe -Instance bpf -Duration 0.1"])
        {
            TraceRecord[] records = [.. Run(line).Objects.Cast<TraceRecord>()];
            Assert.Equal(["before", "after"], [.. records.OfType<TraceMarker>().Select(static m => m.Text)]);
            BpfPrintk[] printed = [.. records.OfType<BpfPrintk>().Where(static p => p.ProcessId is null || p.ProcessId == Environment.ProcessId)];
            Assert.Equal(["hi 42", "in beef"], [.. printed.Select(static p => p.Text)]);
            Assert.All(printed, static p => Assert.Equal(("bpf_trace:bpf_trace_printk", p.Text), (p.EventName, p.Message)));
            Assert.All(printed, static p => Assert.NotNull(p.Timestamp));
        }
    }

    // The smallest program: it puts the format onto its stack, prints, and is run once by BPF_PROG_TEST_RUN.
    private static unsafe void Print(string format, int argument)
    {
        Span<byte> text = stackalloc byte[8];
        Encoding.ASCII.GetBytes(format, text[..7]);
        ulong packed = BinaryPrimitives.ReadUInt64LittleEndian(text);
        ulong[] program =
        [
            Instruction(0x18, 1, 0, 0, (int)packed), (packed >> 32) << 32, // r1 = text
            Instruction(0x7b, 10, 1, -8, 0),  // *(u64 *)(r10 - 8) = r1
            Instruction(0xbf, 1, 10, 0, 0),   // r1 = r10
            Instruction(0x07, 1, 0, 0, -8),   // r1 += -8
            Instruction(0xb7, 2, 0, 0, 8),    // r2 = sizeof(text)
            Instruction(0xb7, 3, 0, 0, argument),
            Instruction(0x85, 0, 0, 0, 6),    // call bpf_trace_printk
            Instruction(0xb7, 0, 0, 0, 0),    // r0 = 0
            Instruction(0x95, 0, 0, 0, 0),    // exit
        ];
        const int load = 5, testRun = 10, rawTracepoint = 17;
        fixed (ulong* code = program)
        fixed (byte* license = "GPL\0"u8)
        {
            // union bpf_attr: prog_type, insn_cnt, insns, license; then prog_fd.
            ulong* attributes = stackalloc ulong[16];
            new Span<ulong>(attributes, 16).Clear();
            attributes[0] = rawTracepoint | (ulong)program.Length << 32;
            attributes[1] = (ulong)code;
            attributes[2] = (ulong)license;
            int descriptor = Call(load, attributes);
            try
            {
                new Span<ulong>(attributes, 16).Clear();
                attributes[0] = (uint)descriptor;
                Call(testRun, attributes);
            }
            finally
            {
                Assert.Equal(0, Close(descriptor));
            }
        }
    }

    private static ulong Instruction(byte code, int destination, int source, short offset, int immediate) =>
        code | (ulong)(destination | source << 4) << 8 | (ulong)(ushort)offset << 16 | (ulong)(uint)immediate << 32;

    private static unsafe int Call(int command, ulong* attributes)
    {
        int number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 280 : 321;
        long result = SystemCall(number, command, attributes, 16 * sizeof(ulong));
        return result < 0 ? throw new Win32Exception(Marshal.GetLastPInvokeError()) : (int)result;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial long SystemCall(long number, long command, ulong* attributes, long size);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
