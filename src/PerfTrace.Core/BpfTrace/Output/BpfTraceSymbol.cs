using PerfTrace.Symbols;

namespace PerfTrace.BpfTrace;

/// <summary>The name of an address.</summary>
public sealed class BpfTraceSymbol
{
    internal BpfTraceSymbol(ulong address, StackFrame? frame)
    {
        Address = address;
        Frame = frame;
    }

    /// <summary>The address.</summary>
    public ulong Address { get; }

    /// <summary>The function that it is in; null where none is known.</summary>
    public string? Symbol => Frame?.Symbol;

    /// <summary>Where it is, with the module and the source line; null for the address 0.</summary>
    public StackFrame? Frame { get; }

    /// <summary>The name as bpftrace writes it; the address without one.</summary>
    public override string ToString() => Symbol ?? ScriptNames.Bare(Address);
}
