namespace PerfTrace.Symbols;

/// <summary>
/// Makes call stacks of the registers and the piece of stack that were sampled (<c>perf record --call-graph dwarf</c>), by the call frame information of
/// the programs, which libdw decodes. One thread at a time.
/// </summary>
internal sealed class UserUnwinder : IDisposable
{
    // How far above the frame before a frame pointer may point to be one (as libunwind has it, which perf uses).
    private const ulong FurthestFrame = 0x4000;

    // Each keeps a file open.
    private const int MostTables = 256;

    // Modules of one build share their symbols, and so this.
    private readonly Dictionary<CodeSymbols, UnwindTable> _tables = [];

    /// <summary>The library is not installed; stacks are one address long then.</summary>
    public bool IsLibraryMissing { get; private set; }

    /// <summary>What to do about it, as a sentence; null when all is well.</summary>
    public string? Missing => IsLibraryMissing ? $"Stacks that were recorded with --call-graph dwarf can not be unwound: {LibDw.Advice}." : null;

    /// <summary>
    /// Unwinds a stack. The first address is that of the sample; those of callers are in the call instruction, one byte before where it returns to, as perf
    /// has them, but for a frame that a signal interrupted. The last is <see cref="ulong.MaxValue"/>, as perf has it, where the sampled stack did not reach.
    /// </summary>
    /// <param name="mappings">What the process had mapped.</param>
    /// <param name="machine">The machine (<see cref="UnwindMachine.Of"/>).</param>
    /// <param name="registers">The sampled registers.</param>
    /// <param name="stack">The sampled part of the stack, from the stack pointer on.</param>
    /// <param name="addresses">Gets the addresses; its length is the most there will be.</param>
    /// <returns>How many there are.</returns>
    public int Unwind(IUnwindMappings mappings, UnwindMachine machine, in UserRegisters registers, ReadOnlySpan<byte> stack, Span<ulong> addresses)
    {
        if (addresses.IsEmpty || !registers.TryGet(machine.InstructionPointer, out ulong address))
            return 0;
        addresses[0] = address;
        if (!registers.TryGet(machine.StackPointer, out ulong frame))
            return 1;
        int columns = machine.ByDwarf.Length;
        var now = new UnwindState(machine, mappings, stack, frame, stackalloc ulong[columns]);
        var caller = new UnwindState(machine, mappings, stack, frame, stackalloc ulong[columns]);
        for (int i = 0; i < columns; i++)
        {
            if (registers.TryGet(machine.ByDwarf[i], out ulong value))
                now.Set(i, value);
        }
        int count = 1;
        bool isExact = true;
        while (count < addresses.Length)
        {
            // A call may be a function's last instruction: what it returns to is then of another.
            UnwindRow? row = RowAt(mappings, machine, isExact ? address : address - 1);
            ulong before = frame;
            bool isThere = row is null
                ? TryStepByFramePointer(machine, ref now, ref caller, ref frame, out ulong next)
                : TryStep(machine, row, ref now, ref caller, out frame, out next);
            // Neither further up nor elsewhere: it would go on for ever.
            if (!isThere || (next == address && frame == before))
                break;
            isExact = row is { IsSignal: true };
            ulong caught = isExact ? next : next - 1;
            // The count of arguments, where a program without a C library begins. perf leaves it out.
            if (caught == 0)
                break;
            addresses[count++] = caught;
            if (next == 0)
                break;
            address = next;
            UnwindState swap = now;
            now = caller;
            caller = swap;
        }
        return count;
    }

    public void Dispose()
    {
        foreach (UnwindTable table in _tables.Values)
            table.Dispose();
        _tables.Clear();
    }

    private static bool TryStep(UnwindMachine machine, UnwindRow row, ref UnwindState now, ref UnwindState caller, out ulong frame, out ulong next)
    {
        next = 0;
        if (!now.TryGetFrame(row.Frame, out frame) || row.Registers[row.ReturnAddress].Kind == UnwindRuleKind.Undefined)
            return false;
        caller.CopyFrom(now);
        foreach (int register in row.Changed)
        {
            if (now.TryApply(row.Registers[register], register, frame, out ulong value))
                caller.Set(register, value);
            else
                caller.Forget(register);
        }
        bool isKnown = caller.TryGet(row.ReturnAddress, out next);
        next &= machine.AddressMask;
        return isKnown;
    }

    // Code without call frame information, as runtimes make it: it has frame pointers, or there is no way further.
    private static bool TryStepByFramePointer(UnwindMachine machine, ref UnwindState now, ref UnwindState caller, ref ulong frame, out ulong next)
    {
        next = 0;
        ulong word = (ulong)machine.WordSize;
        if (!now.TryGet(machine.FramePointer, out ulong pointer) || pointer < frame || pointer - frame > FurthestFrame
            || !now.TryRead(pointer, out ulong outer) || !now.TryRead(pointer + word, out next) || next == 0)
        {
            return false;
        }
        next &= machine.AddressMask;
        frame = pointer + (2 * word);
        caller.Known = 0;
        caller.Set(machine.FramePointer, outer);
        caller.Set(machine.StackPointerColumn, frame);
        return true;
    }

    private UnwindRow? RowAt(IUnwindMappings mappings, UnwindMachine machine, ulong address)
    {
        if (IsLibraryMissing || mappings.Find(address) is not var (module, place) || module.Kind is not (CodeModuleKind.File or CodeModuleKind.Vdso))
            return null;
        CodeSymbols symbols = module.Symbols;
        if (!_tables.TryGetValue(symbols, out UnwindTable? table))
        {
            if (_tables.Count >= MostTables)
                Dispose();
            try
            {
                _tables.Add(symbols, table = new UnwindTable(symbols, machine));
            }
            catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
            {
                IsLibraryMissing = true;
                return null;
            }
        }
        return table.RowAt(place);
    }
}
