using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

internal sealed partial class ProbeGenerator
{
    // BPF_F_USER_STACK of include/uapi/linux/bpf.h.
    private const int UserStackFlag = 1 << 8;

    private static MachineRegisters Registers => MachineRegisters.Current;

    private IrValue Builtin(BuiltinExpression builtin)
    {
        switch (builtin.Variable.Kind)
        {
            case BuiltinKind.Pid or BuiltinKind.Tid:
                return ProcessNumber(isThread: builtin.Variable.Kind == BuiltinKind.Tid, isInitial: false);
            case BuiltinKind.Uid:
                return Truncate(_function.Call(BpfHelper.GetCurrentUidGid), IntegerType.UInt32);
            case BuiltinKind.Gid:
                return _function.Arithmetic(BpfArithmetic.ShiftRight, _function.Call(BpfHelper.GetCurrentUidGid), 32);
            case BuiltinKind.Nsecs:
                return _function.Call(BpfHelper.KtimeGetBootNs);
            case BuiltinKind.Elapsed:
                IrValue start = _function.Load(BpfSize.Bits64, new IrPlace(_function.MapValue(_memory.Counters, ScriptMemory.StartTime), 0));
                return _function.Arithmetic(BpfArithmetic.Subtract, _function.Call(BpfHelper.KtimeGetBootNs), start);
            case BuiltinKind.Jiffies:
                return _function.Call(BpfHelper.Jiffies64);
            case BuiltinKind.Cpu:
                return _function.Call(BpfHelper.GetSmpProcessorId);
            case BuiltinKind.NumaNode:
                return _function.Call(BpfHelper.GetNumaNodeId);
            case BuiltinKind.CpuCount:
                return _function.Constant(BpfMapShape.PossibleCpus);
            case BuiltinKind.CgroupId:
                return _function.Call(BpfHelper.GetCurrentCgroupId);
            case BuiltinKind.CurrentTask:
                return _function.Call(BpfHelper.GetCurrentTask);
            case BuiltinKind.Random:
                return Truncate(_function.Call(BpfHelper.GetPrandomU32), IntegerType.UInt32);
            case BuiltinKind.Context:
                return Context;
            case BuiltinKind.Arguments:
                return _function.Address(Locate(builtin).Place);
            case BuiltinKind.UserMode:
                return UserMode(builtin);
            case BuiltinKind.Argument:
                return Argument(builtin);
            case BuiltinKind.StackArgument:
                return StackArgument(builtin.Index);
            case BuiltinKind.ReturnValue:
                return ReturnValue(builtin);
            default:
                throw NotPossible(builtin, $"the builtin '{builtin.Variable.Name}' can not be compiled yet");
        }
    }

    // As the processes of this namespace see it, unless that of the machine is asked for: they are the same but for containers.
    private IrValue ProcessNumber(bool isThread, bool isInitial)
    {
        IrValue both;
        if (isInitial || ProcessNamespace.Own is not { } own)
        {
            both = _function.Call(BpfHelper.GetCurrentPidTgid);
            return isThread ? Truncate(both, IntegerType.UInt32) : _function.Arithmetic(BpfArithmetic.ShiftRight, both, 32);
        }
        // struct bpf_pidns_info { __u32 pid; __u32 tgid; }; zeros for processes that this namespace does not see.
        const int size = 8;
        (int, int) mark = Mark();
        IrPlace place = _function.Frame.Allocate(size);
        _function.Store(BpfSize.Bits64, place, 0);
        _function.Call(BpfHelper.GetNsCurrentPidTgid, (long)own.Device, (long)own.Inode, place, (long)size);
        IrValue number = _function.Load(BpfSize.Bits32, place.At(isThread ? 0 : sizeof(uint)));
        Release(mark);
        return number;
    }

    // The two lowest bits of the code segment are the level of privilege, 3 for programs.
    private IrValue UserMode(BuiltinExpression builtin)
    {
        // What runs by hand is called for the process that runs the script.
        if (_context.Provider is ProbeProvider.Begin or ProbeProvider.End or ProbeProvider.Self or ProbeProvider.Test or ProbeProvider.Bench)
            return _function.Constant(1);
        if (!Registers.ByName.TryGetValue("cs", out int segment))
            throw NotPossible(builtin, "usermode is known on x86-64 alone");
        if (_context.ProgramType is not (BpfProgramType.KProbe or BpfProgramType.PerfEvent))
            throw NotPossible(builtin, "this probe has no registers that would tell usermode", "profile, interval, kprobe and uprobe have");
        IrValue level = _function.Arithmetic(BpfArithmetic.And, _function.Load(BpfSize.Bits64, new IrPlace(Context, segment)), 3), result = _function.NewValue();
        IrLabel end = _function.NewLabel();
        _function.Constant(result, 0);
        _function.JumpIf(BpfCondition.NotEqual, level, 3, end);
        _function.Constant(result, 1);
        _function.Mark(end);
        return result;
    }

    private IrValue Argument(BuiltinExpression builtin)
    {
        if (_context.Provider is ProbeProvider.RawTracepoint)
            return _function.Load(BpfSize.Bits64, new IrPlace(Context, 8 * builtin.Index));
        if (_context.Provider is ProbeProvider.Usdt)
            return UsdtValue(builtin);
        int[] registers = Registers.Arguments;
        return builtin.Index < registers.Length ? _function.Load(BpfSize.Bits64, new IrPlace(Context, registers[builtin.Index]))
            : throw NotPossible(builtin, $"this machine passes {registers.Length} arguments in registers", $"use sarg0 and up for those on the stack: arg{builtin.Index} may be sarg{builtin.Index - registers.Length}");
    }

    // An argument of a function by its number, in a register or on the stack.
    private IrValue Argument(int index) => index < Registers.Arguments.Length
        ? _function.Load(BpfSize.Bits64, new IrPlace(Context, Registers.Arguments[index])) : StackArgument(index - Registers.Arguments.Length);

    // Behind the return address, where there is one.
    private IrValue StackArgument(int index)
    {
        IrValue stack = _function.Load(BpfSize.Bits64, new IrPlace(Context, Registers.StackPointer));
        int first = Registers.StackPointer == 152 ? 8 : 0;
        return ReadNumber(new Location(new IrPlace(stack, first + (8 * index)), _context.Provider is ProbeProvider.UProbe ? MemorySpace.User : MemorySpace.Kernel), IntegerType.UInt64);
    }

    private IrValue ReturnValue(BuiltinExpression builtin)
    {
        IrValue value = _context.AttachProgram != 0 ? ReturnValueOfProgram()
            : _context.Provider == ProbeProvider.Fexit
            ? _function.Load(BpfSize.Bits64, new IrPlace(Context, _context.Arguments?.Size ?? 0))
            : _function.Load(BpfSize.Bits64, new IrPlace(Context, Registers.Result));
        return builtin.Type is IntegerType type ? Truncate(value, type) : value;
    }

    // Where the verifier did not find the types of a program's function reliable, the kernel takes five arguments for it (btf_distill_func_proto() of kernel/bpf/btf.c), and which these are is not
    // told: the helper knows behind how many the value stands, since Linux 5.17.
    private IrValue ReturnValueOfProgram()
    {
        (int, int) mark = Mark();
        IrPlace place = Reserve(sizeof(ulong));
        Zero(place, sizeof(ulong));
        _function.Call(BpfHelper.GetFuncRet, Context, place);
        IrValue value = _function.Load(BpfSize.Bits64, place);
        Release(mark);
        return value;
    }

    // Builtins whose value lies in memory.
    private void BuiltinInto(BuiltinExpression builtin, IrPlace target, ScriptType type)
    {
        switch (builtin.Variable.Kind)
        {
            case BuiltinKind.Comm:
                const int commandLength = 16;
                _function.Call(BpfHelper.GetCurrentComm, target, (long)commandLength);
                if (type.Size > commandLength)
                    Zero(target.At(commandLength), type.Size - commandLength);
                break;
            case BuiltinKind.KernelStack or BuiltinKind.UserStack:
                StackInto((StackType)type, target);
                break;
            case BuiltinKind.UserName:
                _function.Store(BpfSize.Bits64, target, Truncate(_function.Call(BpfHelper.GetCurrentUidGid), IntegerType.UInt32));
                break;
            case BuiltinKind.Probe:
                _function.Store(BpfSize.Bits64, target, ProbeNumber());
                break;
            case BuiltinKind.Function:
                FunctionInto(target, (ResolvedType)type);
                break;
            default:
                throw NotPossible(builtin, $"the builtin '{builtin.Variable.Name}' can not be compiled yet");
        }
    }

    // Of a program that several attach points run, the cookie of each is its number.
    private IrOperand ProbeNumber() => _context.Dispatch is not null ? Dispatched
        : _context.ProbeNumbers.Count > 1 ? (IrOperand)_function.Call(BpfHelper.GetAttachCookie, Context) : (IrOperand)(_context.ProbeNumbers.Count == 1 ? _context.ProbeNumbers[0] : 0);

    private void FunctionInto(IrPlace target, ResolvedType type)
    {
        IrValue address = _context.Provider switch
        {
            ProbeProvider.Fentry or ProbeProvider.Fexit or ProbeProvider.KProbe or ProbeProvider.KRetProbe => _function.Call(BpfHelper.GetFuncIp, Context),
            ProbeProvider.URetProbe => ReturnedFunction(),
            _ => _function.Load(BpfSize.Bits64, new IrPlace(Context, Registers.InstructionPointer)),
        };
        SymbolInto(target, type, address);
    }

    // The kernel tells the function that has returned since Linux 6.6; before, there is where it returns to.
    private IrValue ReturnedFunction()
    {
        IrValue address = _function.NewValue();
        IrLabel known = _function.NewLabel();
        _function.Copy(address, _function.Call(BpfHelper.GetFuncIp, Context));
        _function.JumpIf(BpfCondition.NotEqual, address, 0, known);
        _function.Copy(address, _function.Load(BpfSize.Bits64, new IrPlace(Context, Registers.InstructionPointer)));
        _function.Mark(known);
        return address;
    }

    private void SymbolInto(IrPlace target, ResolvedType type, IrValue address)
    {
        _function.Store(BpfSize.Bits64, target, address);
        if (type.Kind != ResolvedKind.UserSymbol)
            return;
        _function.Store(BpfSize.Bits32, target.At(8), ProcessNumber(isThread: false, isInitial: false));
        _function.Store(BpfSize.Bits32, target.At(12), 0);
    }

    // len(kstack): how many frames there are. The stack is taken once more, as the map of stacks does not tell programs.
    private IrValue StackLength(CallExpression call)
    {
        var type = (StackType)call.Arguments[0].Type!;
        if (call.Arguments[0] is not (BuiltinExpression or CallExpression))
            throw NotPossible(call.Arguments[0], "len() counts the frames of a stack that is taken here", "$n = len(kstack), beside $s = kstack");
        (int, int) mark = Mark();
        IrPlace room = Reserve(type.Depth * sizeof(ulong));
        IrValue bytes = _function.NewValue();
        IrLabel taken = _function.NewLabel();
        _function.Copy(bytes, _function.Call(BpfHelper.GetStack, Context, room, (long)(type.Depth * sizeof(ulong)), (long)(type.IsUser ? UserStackFlag : 0)));
        _function.JumpIf(BpfCondition.SignedGreaterOrEqual, bytes, 0, taken);
        _function.Constant(bytes, 0);
        _function.Mark(taken);
        Release(mark);
        return _function.Arithmetic(BpfArithmetic.ShiftRight, bytes, 3);
    }

    private void StackInto(StackType type, IrPlace target)
    {
        // Equal stacks get one number: they are keys.
        IrValue number = _function.Call(BpfHelper.GetStackid, Context, _memory.StacksOf(type), (long)(type.IsUser ? UserStackFlag : 0));
        number = SignExtend(number, 32);
        _function.Store(BpfSize.Bits64, target, number);
        IrLabel taken = _function.NewLabel();
        _function.JumpIf(BpfCondition.SignedGreaterOrEqual, number, 0, taken);
        // EFAULT is a context without such a stack (a kernel thread's user part), which is no loss.
        _function.JumpIf(BpfCondition.Equal, number, -14, taken);
        CountLoss(ScriptMemory.StacksLost);
        _function.Mark(taken);
        if (type.IsUser)
        {
            _function.Store(BpfSize.Bits32, target.At(StackType.ProcessOffset), ProcessNumber(isThread: false, isInitial: false));
            // The thread would make two keys of one stack.
            _function.Store(BpfSize.Bits32, target.At(StackType.ThreadOffset), 0);
        }
        else
        {
            _function.Store(BpfSize.Bits64, target.At(StackType.ProcessOffset), 0);
        }
    }
}
