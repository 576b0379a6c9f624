using System.Collections;

namespace PerfTrace.BpfTrace;

/// <summary>
/// Which values are alive where: from the instruction that gives a value to the last that reads it, along every way that control takes (the classic backward flow
/// equations, solved over the blocks between jumps and labels). Instructions whose result nobody reads are left out.
/// </summary>
internal sealed class IrLiveness
{
    private readonly IrFunction _function;
    private readonly List<IrInstruction> _instructions;

    private IrLiveness(IrFunction function)
    {
        _function = function;
        _instructions = [.. Reachable(function)];
    }

    /// <summary>The instructions that are needed.</summary>
    public IReadOnlyList<IrInstruction> Instructions => _instructions;

    /// <summary>For each value the first and the last instruction between which it is alive; one that is never read has First above Last. A parameter begins at -1.</summary>
    public (int First, int Last)[] Spans { get; private set; } = [];

    public static IrLiveness Of(IrFunction function)
    {
        var liveness = new IrLiveness(function);
        while (!liveness.Solve())
        {
            // What was removed may have been the last reader of something else.
        }
        return liveness;
    }

    // The verifier refuses what control never comes to.
    private static IEnumerable<IrInstruction> Reachable(IrFunction function)
    {
        IReadOnlyList<IrInstruction> all = function.Instructions;
        var marks = new Dictionary<IrLabel, int>();
        for (int i = 0; i < all.Count; i++)
        {
            if (all[i].Kind == IrKind.Mark)
                marks.Add(all[i].Label, i);
        }
        var isReached = new bool[all.Count];
        var open = new Stack<int>([0]);
        while (open.TryPop(out int at))
        {
            for (; at < all.Count && !isReached[at]; at++)
            {
                isReached[at] = true;
                if (all[at].Kind is IrKind.Jump or IrKind.JumpIf)
                    open.Push(marks.TryGetValue(all[at].Label, out int target) ? target : throw new InvalidOperationException($"The label {all[at].Label.Number} is marked nowhere."));
                if (all[at].Ends)
                    break;
            }
        }
        return all.Where((_, i) => isReached[i]);
    }

    // True when nothing was to be removed.
    private bool Solve()
    {
        List<(int Begin, int End)> blocks = Blocks();
        int[][] atEnd = Flow(blocks);
        var spans = new (int First, int Last)[_function.Values];
        Array.Fill(spans, (int.MaxValue, int.MinValue));
        bool isClean = true;
        var alive = new HashSet<int>();
        for (int block = 0; block < blocks.Count; block++)
        {
            (int begin, int end) = blocks[block];
            alive.Clear();
            foreach (int value in atEnd[block])
            {
                alive.Add(value);
                Extend(ref spans[value], end);
            }
            for (int i = end - 1; i >= begin; i--)
            {
                IrInstruction instruction = _instructions[i];
                if (instruction.Destination is { } destination)
                {
                    bool isRead = alive.Remove(destination.Number);
                    if (!isRead && instruction.IsPure)
                    {
                        _instructions[i] = new IrInstruction(IrKind.Mark) { Label = new IrLabel(-1) };
                        isClean = false;
                        continue;
                    }
                    // A call's result that nobody reads has no register.
                    if (isRead)
                        Extend(ref spans[destination.Number], i);
                }
                foreach (IrValue used in instruction.Uses())
                {
                    alive.Add(used.Number);
                    Extend(ref spans[used.Number], i);
                }
            }
            foreach (int value in alive)
                Extend(ref spans[value], begin == 0 ? -1 : begin);
        }
        if (!isClean)
            _instructions.RemoveAll(static i => i.Kind == IrKind.Mark && i.Label.Number < 0);
        Spans = spans;
        return isClean;
    }

    private static void Extend(ref (int First, int Last) span, int at) => span = (Math.Min(span.First, at), Math.Max(span.Last, at));

    // A block begins at a label or behind a jump.
    private List<(int Begin, int End)> Blocks()
    {
        var blocks = new List<(int, int)>();
        int begin = 0;
        for (int i = 0; i < _instructions.Count; i++)
        {
            if (_instructions[i].Kind == IrKind.Mark && i > begin)
            {
                blocks.Add((begin, i));
                begin = i;
            }
            if (_instructions[i].Kind is IrKind.Jump or IrKind.JumpIf or IrKind.Return)
            {
                blocks.Add((begin, i + 1));
                begin = i + 1;
            }
        }
        if (begin < _instructions.Count)
            throw new InvalidOperationException("A function ends with a return or a jump.");
        return blocks;
    }

    // What is alive at the end of each block. Most values are made and read in one block: the equations are over those alone that a block reads before it makes them.
    private int[][] Flow(List<(int Begin, int End)> blocks)
    {
        var places = new Dictionary<int, int>();
        var shared = new Dictionary<int, int>();
        (HashSet<int> Used, HashSet<int> Defined)[] effects = new (HashSet<int>, HashSet<int>)[blocks.Count];
        for (int block = 0; block < blocks.Count; block++)
        {
            if (_instructions[blocks[block].Begin] is { Kind: IrKind.Mark } mark)
                places.Add(mark.Label.Number, block);
            effects[block] = Effects(blocks[block]);
            foreach (int value in effects[block].Used)
                shared.TryAdd(value, shared.Count);
        }
        var atBegin = new BitArray[blocks.Count];
        var kept = new BitArray[blocks.Count];
        var atEnd = new BitArray[blocks.Count];
        for (int block = 0; block < blocks.Count; block++)
        {
            atBegin[block] = new BitArray(shared.Count);
            kept[block] = new BitArray(shared.Count, true);
            atEnd[block] = new BitArray(shared.Count);
            foreach (int value in effects[block].Used)
                atBegin[block][shared[value]] = true;
            foreach (int value in effects[block].Defined)
            {
                if (shared.TryGetValue(value, out int number))
                    kept[block][number] = false;
            }
        }
        bool isChanged = true;
        while (isChanged)
        {
            isChanged = false;
            for (int block = blocks.Count - 1; block >= 0; block--)
            {
                BitArray end = atEnd[block];
                IrInstruction last = _instructions[blocks[block].End - 1];
                if (last.Kind is IrKind.Jump or IrKind.JumpIf)
                    end.Or(atBegin[places[last.Label.Number]]);
                if (!last.Ends && block + 1 < blocks.Count)
                    end.Or(atBegin[block + 1]);
                BitArray begin = new BitArray(end).And(kept[block]).Or(atBegin[block]);
                if (!new BitArray(begin).Xor(atBegin[block]).HasAnySet())
                    continue;
                atBegin[block] = begin;
                isChanged = true;
            }
        }
        int[] numbers = [.. shared.Keys];
        return [.. atEnd.Select(bits => numbers.Where((_, i) => bits[i]).ToArray())];
    }

    // What a block reads before it has made it, and what it makes.
    private (HashSet<int> Used, HashSet<int> Defined) Effects((int Begin, int End) block)
    {
        HashSet<int> used = [], defined = [];
        for (int i = block.Begin; i < block.End; i++)
        {
            foreach (IrValue value in _instructions[i].Uses())
            {
                if (!defined.Contains(value.Number))
                    used.Add(value.Number);
            }
            if (_instructions[i].Destination is { } destination)
                defined.Add(destination.Number);
        }
        return (used, defined);
    }
}
