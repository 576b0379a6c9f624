using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

// Programs at the raw tracepoint of all system calls.
internal sealed partial class ProbeGenerator
{
    // The number of the attach point, once it is found.
    private IrValue Dispatched => _dispatched ??= _outer is null ? _function.NewValue() : Capture(_outer.Dispatched);

    // Leaves at once where the system call is none of the script's, or one of a 32-bit program.
    private void Dispatch(SystemCallDispatch dispatch)
    {
        _memory.AddDispatch(dispatch);
        IrLabel leave = _function.NewLabel(), stay = _function.NewLabel();
        IrValue task = _function.Call(BpfHelper.GetCurrentTaskBtf);
        IrValue call = dispatch.IsExit
            ? _function.Load(BpfSize.Bits32, new IrPlace(_function.Call(BpfHelper.TaskPtRegs, task), dispatch.NumberOffset))
            : _function.Load(BpfSize.Bits64, new IrPlace(Context, 8));
        _function.JumpIf(BpfCondition.GreaterOrEqual, call, SystemCallDispatch.TableLength, leave);
        IrValue entry = _function.Arithmetic(BpfArithmetic.Add, _function.MapValue(dispatch.Table, 0), _function.Arithmetic(BpfArithmetic.ShiftLeft, call, 2));
        IrValue number = _dispatched ?? _function.NewValue();
        _function.Load(BpfSize.Bits32, number, new IrPlace(entry, 0));
        _function.JumpIf(BpfCondition.Equal, number, 0, leave);
        IrValue flags = _function.Load(BpfSize.Bits32, new IrPlace(task, dispatch.CompatibleOffset));
        _function.JumpIf(BpfCondition.Equal, _function.Arithmetic(BpfArithmetic.And, flags, dispatch.CompatibleFlag), 0, stay);
        _function.Mark(leave);
        _function.Return(0);
        _function.Mark(stay);
        if (_dispatched is not null)
            _function.Arithmetic(BpfArithmetic.Subtract, number, number, 1);
    }
}
