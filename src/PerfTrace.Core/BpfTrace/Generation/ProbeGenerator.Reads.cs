using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

// Reads of memory that may not be there: zeros are taken for it, and who wants to hears of it.
internal sealed partial class ProbeGenerator
{
    // What is being computed, whose place in the script a warning shows.
    private Node? _reading;

    private IrValue Scalar(Expression expression)
    {
        Node? before = _reading;
        _reading = expression;
        IrValue value = NumberIn(expression);
        _reading = before;
        return value;
    }

    /// <summary>Writes the value of an expression to the program's memory, as a type of at least its size has it; what is not told is zero.</summary>
    /// <param name="expression">What is written.</param>
    /// <param name="target">Where.</param>
    /// <param name="type">How the place has it.</param>
    /// <param name="isClean">Bytes behind a text's end must be zero, as keys and comparisons want it.</param>
    private void Into(Expression expression, IrPlace target, ScriptType type, bool isClean = true)
    {
        Node? before = _reading;
        _reading = expression;
        Write(expression, target, type, isClean);
        _reading = before;
    }

    private void ReadBytes(MemorySpace space, IrPlace target, IrArgument size, IrPlace source) => Read(space == MemorySpace.User ? BpfHelper.ProbeReadUser : BpfHelper.ProbeReadKernel, target, size, source);

    // How many bytes, the zero included; an error is below zero.
    private IrValue ReadString(MemorySpace space, IrPlace target, IrArgument size, IrPlace source) =>
        Read(space == MemorySpace.User ? BpfHelper.ProbeReadUserStr : BpfHelper.ProbeReadKernelStr, target, size, source);

    private IrValue Read(BpfHelper helper, IrPlace target, IrArgument size, IrPlace source)
    {
        IrValue result = _function.Call(helper, target, size, source);
        TellOfError(helper, result);
        return result;
    }

    private void TellOfError(BpfHelper helper, IrValue result)
    {
        if (!_plan.Settings.WarnsOfReads)
            return;
        IrLabel good = _function.NewLabel();
        _function.JumpIf(BpfCondition.SignedGreaterOrEqual, result, 0, good);
        Tell(_memory.ReadWarning(_reading?.Span ?? _function.Span), helper, result);
        _function.Mark(good);
    }
}
