using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Tracing.Probes;

/// <summary>
/// A program of a few instructions for x86-64: it calls <c>work(5)</c> three times, and its exit status is its semaphore at the end plus what the
/// last call returned, which is 6.
/// </summary>
internal static class TracedProgram
{
    public const ulong Work = ElfBuilder.TextAddress + 0x40, Site = Work + 3;

    public static bool CanRun => System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64;

    public static string WriteTo(string path)
    {
        byte[] text = new byte[0x60];
        byte[] start =
        [
            0xbb, 3, 0, 0, 0,                                                     // mov ebx, 3
            0xbf, 5, 0, 0, 0,                                                     // again: mov edi, 5
            0xe8, .. BitConverter.GetBytes(0x40 - 15),                            // call work
            0xff, 0xcb,                                                           // dec ebx
            0x75, unchecked((byte)(5 - 19)),                                      // jnz again
            0x0f, 0xb7, 0x3d, .. BitConverter.GetBytes((int)(ElfBuilder.DataAddress - (ElfBuilder.TextAddress + 26))), // movzx edi, word [semaphore]
            0x01, 0xc7,                                                           // add edi, eax
            0xb8, 60, 0, 0, 0,                                                    // mov eax, SYS_exit
            0x0f, 0x05,                                                           // syscall
        ];
        byte[] work =
        [
            0x8d, 0x47, 0x01, // lea eax, [rdi + 1]
            0x90,             // nop: the USDT probe's site
            0xc3,             // ret
        ];
        start.CopyTo(text, 0);
        work.CopyTo(text, 0x40);
        return new ElfBuilder { Text = text, Data = [0, 0, 0, 0, 0, 0, 0, 0, 42, 0, 0, 0] }
            .Symbol("_start", ElfBuilder.TextAddress, (ulong)start.Length).Symbol("work", Work, (ulong)work.Length)
            .Symbol("answer", ElfBuilder.DataAddress + 8, 4, ElfSymbolType.Object)
            .Usdt("app", "worked", "-4@%edi -4@%eax -4@answer(%rip) 8@(%rax,%rbx,8)", Site, ElfBuilder.DataAddress)
            .WriteTo(path);
    }
}
