namespace PerfTrace.Symbols;

/// <summary>
/// Makes call stacks of the registers and the piece of stack that were sampled (<c>perf record --call-graph dwarf</c>), by the call frame information of
/// the programs, through libdw. One thread at a time.
/// </summary>
internal sealed class UserUnwinder : IDisposable
{
    // Each keeps the call frame information of its modules that was decoded.
    private const int MostProcesses = 64;

    private readonly UnwindImages _images = new();
    private readonly Dictionary<(int ProcessId, UnwindMachine Machine), (ProcessUnwinder Unwinder, long UsedAt)> _processes = [];
    private long _clock;

    /// <summary>The library is not installed; stacks are one address long then.</summary>
    public bool IsLibraryMissing { get; private set; }

    /// <summary>What to do about it, as a sentence; null when all is well.</summary>
    public string? Missing => IsLibraryMissing ? $"Stacks that were recorded with --call-graph dwarf can not be unwound: {LibDw.Advice}." : null;

    /// <summary>
    /// Unwinds a stack. The first address is that of the sample; those of callers are in the call instruction, one byte before where it returns to, as perf
    /// has them, but for a frame that a signal interrupted.
    /// </summary>
    /// <param name="processId">The process; what was found out about it is kept.</param>
    /// <param name="mappings">What it had mapped.</param>
    /// <param name="machine">The machine (<see cref="UnwindMachine.Of"/>).</param>
    /// <param name="registers">The sampled registers.</param>
    /// <param name="stack">The sampled part of the stack, from the stack pointer on.</param>
    /// <param name="addresses">Gets the addresses; its length is the most there will be.</param>
    /// <returns>How many there are.</returns>
    public int Unwind(int processId, IUnwindMappings mappings, UnwindMachine machine, in UserRegisters registers, ReadOnlySpan<byte> stack, Span<ulong> addresses)
    {
        for (int attempt = 0; !IsLibraryMissing; attempt++)
        {
            ProcessUnwinder? unwinder = null;
            try
            {
                unwinder = Of(processId, machine);
                int count = unwinder.Unwind(mappings, registers, stack, addresses);
                if (!unwinder.IsStale)
                    return count;
            }
            catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
            {
                IsLibraryMissing = true;
            }
            // Something else is mapped there now: begin anew. Twice means that the mappings contradict themselves.
            Forget(processId, machine);
            if (attempt > 0)
                break;
        }
        if (addresses.IsEmpty || !registers.TryGet(machine.InstructionPointer, out addresses[0]))
            return 0;
        return 1;
    }

    public void Dispose()
    {
        foreach ((ProcessUnwinder unwinder, _) in _processes.Values)
            unwinder.Dispose();
        _processes.Clear();
        _images.Dispose();
    }

    private ProcessUnwinder Of(int processId, UnwindMachine machine)
    {
        if (!_processes.TryGetValue((processId, machine), out (ProcessUnwinder Unwinder, long UsedAt) entry))
        {
            if (_processes.Count >= MostProcesses)
            {
                (int oldest, UnwindMachine of) = _processes.MinBy(static p => p.Value.UsedAt).Key;
                Forget(oldest, of);
            }
            entry.Unwinder = new ProcessUnwinder(machine, _images);
        }
        _processes[(processId, machine)] = (entry.Unwinder, ++_clock);
        return entry.Unwinder;
    }

    private void Forget(int processId, UnwindMachine machine)
    {
        if (_processes.Remove((processId, machine), out (ProcessUnwinder Unwinder, long UsedAt) entry))
            entry.Unwinder.Dispose();
    }
}
