using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

/// <summary>
/// Registers for values, by a linear scan over the spans in which they are alive (Poletto and Sarkar, 1999): what is alive across a call goes to R6 to R9, which calls keep, the
/// rest to R1 to R4 first. R0 and R5 are left free for the emitter. What finds no register lies on the stack.
/// </summary>
internal sealed class IrAllocation
{
    private static readonly BpfRegister[] Kept = [BpfRegister.R6, BpfRegister.R7, BpfRegister.R8, BpfRegister.R9];
    private static readonly BpfRegister[] Any = [BpfRegister.R1, BpfRegister.R2, BpfRegister.R3, BpfRegister.R4, .. Kept];

    private readonly BpfRegister?[] _registers;
    private readonly int[] _slots;

    private IrAllocation(int values)
    {
        _registers = new BpfRegister?[values];
        _slots = new int[values];
    }

    /// <summary>How many values of 8 bytes lie on the stack.</summary>
    public int Slots { get; private set; }

    public static IrAllocation Of(IrLiveness liveness)
    {
        var allocation = new IrAllocation(liveness.Spans.Length);
        allocation.Scan(liveness);
        return allocation;
    }

    /// <summary>The register of a value; null: it lies on the stack.</summary>
    public BpfRegister? Register(IrValue value) => _registers[value.Number];

    /// <summary>The number of its place on the stack, from 1.</summary>
    public int Slot(IrValue value) => _slots[value.Number];

    private void Scan(IrLiveness liveness)
    {
        (int First, int Last)[] spans = liveness.Spans;
        int[] calls = [.. Enumerable.Range(0, liveness.Instructions.Count).Where(i => liveness.Instructions[i].Kind == IrKind.Call)];
        int[] hints = Hints(liveness);
        int[] order = [.. Enumerable.Range(0, spans.Length).Where(v => spans[v].First <= spans[v].Last).OrderBy(v => spans[v].First).ThenBy(static v => v)];
        var active = new List<int>();
        foreach (int value in order)
        {
            (int first, int last) = spans[value];
            // What is read for the last time where this one is made can give it its register.
            active.RemoveAll(other => spans[other].Last <= first);
            bool crosses = Crosses(calls, first, last);
            BpfRegister[] pool = crosses ? Kept : Any;
            var taken = active.Select(other => _registers[other]!.Value).ToHashSet();
            BpfRegister? register = hints[value] >= 0 && _registers[hints[value]] is { } hinted && pool.Contains(hinted) && !taken.Contains(hinted) ? hinted
                : pool.Where(r => !taken.Contains(r)).Select(static r => (BpfRegister?)r).FirstOrDefault();
            if (register is null)
            {
                // The one that is needed for the longest time gives way.
                int victim = active.Where(other => pool.Contains(_registers[other]!.Value)).MaxBy(other => spans[other].Last);
                if (spans[victim].Last <= last)
                {
                    _slots[value] = ++Slots;
                    continue;
                }
                register = _registers[victim];
                _registers[victim] = null;
                _slots[victim] = ++Slots;
                active.Remove(victim);
            }
            _registers[value] = register;
            active.Add(value);
        }
    }

    private static bool Crosses(int[] calls, int first, int last)
    {
        int at = Array.BinarySearch(calls, first + 1);
        at = at < 0 ? ~at : at;
        return at < calls.Length && calls[at] < last;
    }

    // For each value one that it would save a move to share the register with; -1: none.
    private static int[] Hints(IrLiveness liveness)
    {
        int[] hints = new int[liveness.Spans.Length];
        Array.Fill(hints, -1);
        foreach (IrInstruction instruction in liveness.Instructions)
        {
            if (instruction is { Destination: { } destination, Left: { } left } && hints[destination.Number] < 0)
                hints[destination.Number] = left.Number;
        }
        return hints;
    }
}
