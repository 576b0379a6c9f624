using System.Runtime.InteropServices;
using PerfTrace.Interop;

namespace PerfTrace.Symbols;

/// <summary>A module's call frame information: libdw decodes it, and what it said of a place is kept, as the same places come up again and again.</summary>
internal sealed unsafe class UnwindTable : IDisposable
{
    // A few hundred bytes each.
    private const int MostRows = 1 << 16;

    private readonly CodeSymbols _symbols;
    private readonly CallFrameHandle? _handle;
    private readonly int _registers;
    private readonly Dictionary<ulong, UnwindRow?> _rows = [];

    /// <param name="symbols">The module's.</param>
    /// <param name="machine">Tells how many registers there are.</param>
    /// <exception cref="DllNotFoundException">libdw is not installed.</exception>
    public UnwindTable(CodeSymbols symbols, UnwindMachine machine)
    {
        _symbols = symbols;
        // All that can be named: on ARM64 the return address has no column of its own.
        _registers = machine.ByDwarf.Length;
        try
        {
            _handle = _symbols is VdsoCode { Image: { Length: > 0 } image } ? new CallFrameHandle(image.Span) : _symbols.File is { } path ? new CallFrameHandle(path) : null;
        }
        catch (KernelException)
        {
            // Removed since its symbols were read.
        }
    }

    /// <summary>How to go on from a place; null when nothing is known of it.</summary>
    public UnwindRow? RowAt(ulong place)
    {
        if (_rows.TryGetValue(place, out UnwindRow? row))
            return row;
        if (_rows.Count >= MostRows)
            _rows.Clear();
        _rows.Add(place, row = Read(place));
        return row;
    }

    public void Dispose() => _handle?.Dispose();

    private UnwindRow? Read(ulong place)
    {
        nint frame;
        if (_handle is not { IsInvalid: false, IsClosed: false } || _symbols.AddressOf(place) is not { } address || LibDw.FindFrame(_handle.DangerousGetHandle(), address, &frame) != 0)
            return null;
        try
        {
            LibDw.Operation* operations;
            nuint count;
            byte isSignal;
            ulong start, end;
            int returnAddress = LibDw.DescribeFrame(frame, &start, &end, &isSignal);
            if (returnAddress < 0 || returnAddress >= _registers || LibDw.FrameAddress(frame, &operations, &count) != 0 || operations == null || count == 0)
                return null;
            UnwindRule frameAddress = UnwindRule.Of(operations, (int)count);
            var rules = new UnwindRule[_registers];
            LibDw.Operation* room = stackalloc LibDw.Operation[3];
            for (int register = 0; register < _registers; register++)
            {
                rules[register] = LibDw.FrameRegister(frame, register, room, &operations, &count) == 0
                    ? UnwindRule.Of(operations, (int)count)
                    : new UnwindRule(UnwindRuleKind.Undefined);
            }
            return new UnwindRow(frameAddress, rules, returnAddress, isSignal != 0);
        }
        finally
        {
            NativeMemory.Free((void*)frame);
        }
    }
}
