using PerfTrace.Kernel;

namespace PerfTrace.Events.Printing;

/// <summary>Addresses as kernel/kallsyms.c prints them.</summary>
internal static class SymbolText
{
    /// <summary>%pS (with offset and size), %ps (without), %pB (of a return address: the call before it counts).</summary>
    public static void Write(IKernelSymbols symbols, ulong address, char kind, ByteText output)
    {
        ulong shift = kind == 'B' ? 1UL : 0;
        if (!symbols.TryFind(address - shift, out string? name, out ulong offset, out ulong size, out string? module))
        {
            output.Add("0x"u8);
            output.AddHex(address - shift);
            return;
        }
        output.Add(name);
        if (kind != 's')
        {
            output.Add("+0x"u8);
            output.AddHex(offset + shift);
            output.Add("/0x"u8);
            output.AddHex(size);
        }
        if (module is not null)
        {
            output.Add(" ["u8);
            output.Add(module);
            output.Add(']');
        }
    }

    /// <summary>
    /// seq_print_ip_sym() of kernel/trace/trace_output.c: a null address is 0; without an offset there is no module either.
    /// </summary>
    public static void WriteInstruction(IKernelSymbols symbols, ulong address, bool withOffset, ByteText output)
    {
        if (address == 0)
        {
            output.Add('0');
        }
        else if (withOffset)
        {
            Write(symbols, address, 'S', output);
        }
        else if (symbols.TryFind(address, out string? name, out _, out _, out _))
        {
            output.Add(name);
        }
        else
        {
            output.Add("0x"u8);
            output.AddHex(address, 8);
        }
    }
}
