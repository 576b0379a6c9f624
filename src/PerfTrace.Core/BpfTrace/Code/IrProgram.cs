using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

/// <summary>A program that is ready to be loaded.</summary>
/// <param name="Code">Its instructions, with the functions and lines that they are of.</param>
/// <param name="Places">From which instruction on the program is of which part of the script.</param>
internal sealed record IrProgram(BpfCode Code, IReadOnlyList<(int Instruction, SourceSpan Span)> Places)
{
    /// <summary>Puts a function together with all those that it calls or gives to helpers, behind it.</summary>
    /// <param name="main">The function that the kernel calls.</param>
    /// <param name="types">Gets the functions and lines.</param>
    /// <exception cref="ScriptStackException">A function needs more than the 512 bytes of stack.</exception>
    /// <exception cref="BpfAssemblyException">It is too large for a jump.</exception>
    public static IrProgram Assemble(IrFunction main, IrTypes types)
    {
        var assembler = new BpfAssembler();
        var labels = new Dictionary<IrFunction, BpfLabel>();
        var open = new Queue<IrFunction>();
        var places = new List<(int, SourceSpan)>();
        LabelOf(main);
        while (open.TryDequeue(out IrFunction? function))
        {
            assembler.Mark(labels[function]);
            assembler.BeginFunction(types.Add(function));
            IrEmitter.Emit(function, assembler, LabelOf, MarkPlace);
        }
        return new IrProgram(assembler.Assemble(), places);

        BpfLabel LabelOf(IrFunction function)
        {
            if (labels.TryGetValue(function, out BpfLabel label))
                return label;
            labels.Add(function, label = assembler.DefineLabel());
            open.Enqueue(function);
            return label;
        }

        void MarkPlace(SourceSpan span)
        {
            places.Add((assembler.Position, span));
            (uint file, uint text, uint line, uint column) = types.Place(span);
            assembler.MarkLine(file, text, line, column);
        }
    }

    /// <summary>The part of the script that an instruction comes of; null where there is none.</summary>
    public SourceSpan? PlaceOf(int instruction)
    {
        SourceSpan? found = null;
        foreach ((int first, SourceSpan span) in Places)
        {
            if (first > instruction)
                break;
            found = span;
        }
        return found;
    }
}
