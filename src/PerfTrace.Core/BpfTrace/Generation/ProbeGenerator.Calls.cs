using System.Net;
using PerfTrace.Bpf;
using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

internal sealed partial class ProbeGenerator
{
    // Calls without a value.
    private void Call(CallExpression call)
    {
        if (_context.Pin is not null && call.Action is not null)
        {
            WriteToFile(call);
            return;
        }
        switch (call.Function)
        {
            case ScriptFunction.Printf or ScriptFunction.Errorf or ScriptFunction.Warnf or ScriptFunction.Cat or ScriptFunction.System:
                Event(call, [.. call.Arguments.Skip(1)]);
                break;
            case ScriptFunction.Print:
                Event(call, _plan.Actions[call.Action!.Value].Kind switch
                {
                    ScriptActionKind.PrintMap => [],
                    ScriptActionKind.PrintEntry => [((MapAccess)call.Arguments[0]).Key],
                    _ => [call.Arguments[0]],
                });
                break;
            case ScriptFunction.Clear or ScriptFunction.Zero or ScriptFunction.Time:
                Event(call, []);
                break;
            case ScriptFunction.Exit:
                Exit(call);
                _function.Jump(_end);
                break;
            case ScriptFunction.Unwatch:
                IrValue address = Kept(call.Arguments[0]);
                Event(call, (place, layout) => _function.Store(BpfSize.Bits64, place.At(layout.Offsets[0]), address));
                break;
            case ScriptFunction.Defined:
                CallOwn(call);
                break;
            case ScriptFunction.Join:
                Join(call);
                break;
            case ScriptFunction.Signal or ScriptFunction.SignalThread:
                _function.Call(call.Function == ScriptFunction.Signal ? BpfHelper.SendSignal : BpfHelper.SendSignalThread, Scalar(call.Arguments[0]));
                break;
            case ScriptFunction.Fail or ScriptFunction.StaticAssert:
                break; // decided before
            case ScriptFunction.Override:
                _function.Call(BpfHelper.OverrideReturn, Context, Scalar(call.Arguments[0]));
                break;
            default:
                throw NotPossible(call, $"{call.Name}() can not be compiled yet");
        }
    }

    // Calls whose value is a number.
    private IrValue NumberOf(CallExpression call)
    {
        switch (call.Function)
        {
            case ScriptFunction.Defined:
                return CallOwn(call);
            case ScriptFunction.Nsecs:
                return Time(call);
            case ScriptFunction.HasKey:
                return HasKey(call);
            case ScriptFunction.Find:
                return Find(call);
            case ScriptFunction.Delete:
                return Delete(call);
            case ScriptFunction.BSwap when call.Type!.Size == 1:
                return Scalar(call.Arguments[0]);
            case ScriptFunction.BSwap:
                return _function.BigEndian(Scalar(call.Arguments[0]), call.Type!.Size * 8);
            case ScriptFunction.UAddr:
                return UserAddress(call);
            case ScriptFunction.Len when call.Arguments[0].Type is StackType:
                return StackLength(call);
            case ScriptFunction.Len:
                return MapLength(call);
            case ScriptFunction.KAddr:
                return _function.Constant((long)KernelAddress(call));
            case ScriptFunction.PerCpuKAddr:
                return AddressOnCpu(call);
            case ScriptFunction.KPtr or ScriptFunction.UPtr:
                return Scalar(call.Arguments[0]);
            case ScriptFunction.StrNCmp or ScriptFunction.MemCmp:
                return CompareBytes(call);
            case ScriptFunction.StrLen:
                return TextLength(call.Arguments[0]);
            case ScriptFunction.StrStr:
                return FindText(call);
            case ScriptFunction.SocketCookie:
                return _function.Call(BpfHelper.GetSocketCookie, Scalar(call.Arguments[0]));
            case ScriptFunction.Pid or ScriptFunction.Tid:
                return ProcessNumber(isThread: call.Function == ScriptFunction.Tid, isInitial: call.Arguments is [IdentifierExpression { Name: "init" }]);
            case ScriptFunction.SkbOutput:
                return OutputPacket(call);
            case ScriptFunction.ProbeWriteUser:
                return WriteUser(call);
            case ScriptFunction.Reg:
                string register = ((StringLiteral)call.Arguments[0]).Value;
                return Registers.ByName.TryGetValue(register, out int offset) ? _function.Load(BpfSize.Bits64, new IrPlace(Context, offset))
                    : throw NotPossible(call.Arguments[0], $"this machine has no register '{register}'", $"it has: {string.Join(", ", Registers.ByName.Keys)}");
            case ScriptFunction.DwUStack:
                throw NotPossible(call, "dw_ustack() is not there: no table of the program's frames is brought to the kernel", "ustack takes programs with frame pointers; Start-PerfRecord -CallGraph dwarf takes those without");
            default:
                throw NotPossible(call, $"{call.Name}() can not be compiled yet");
        }
    }

    // Where a symbol of the kernel is does not change while it runs.
    private ulong KernelAddress(CallExpression call) => KernelAddress(call, ((StringLiteral)call.Arguments[0]).Value);

    private ulong KernelAddress(CallExpression call, string name) => _memory.KernelSymbols.Value.AddressOf(name) is { } address and not 0 ? address
        : throw NotPossible(call.Arguments[0], $"the kernel tells of no address of '{name}'", "it must be in /proc/kallsyms (variables are, where the kernel has CONFIG_KALLSYMS_ALL), and root alone is told addresses");

    // Each CPU's copy of a variable is as far from the symbol as the kernel's table says: per_cpu_ptr() of include/linux/percpu-defs.h. 0: there is no such CPU.
    private IrValue AddressOnCpu(CallExpression call)
    {
        long variable = (long)KernelAddress(call), table = (long)KernelAddress(call, "__per_cpu_offset");
        IrValue cpu = call.Arguments.Count > 1 ? Scalar(call.Arguments[1]) : _function.Call(BpfHelper.GetSmpProcessorId);
        IrValue address = _function.Constant(0);
        IrLabel end = _function.NewLabel();
        _function.JumpIf(BpfCondition.GreaterOrEqual, cpu, BpfMapShape.PossibleCpus, end);
        IrValue entry = _function.Arithmetic(BpfArithmetic.Add, _function.Arithmetic(BpfArithmetic.ShiftLeft, cpu, 3), _function.Operand(table));
        IrValue distance = ReadNumber(new Location(new IrPlace(entry, 0), MemorySpace.Kernel), IntegerType.UInt64);
        _function.Copy(address, _function.Arithmetic(BpfArithmetic.Add, distance, _function.Operand(variable)));
        _function.Mark(end);
        return address;
    }

    // sw_tai: how far the clock of the atomic time is from the monotonic one does not change but for leap seconds, so that the kernel need not read it (it can since Linux 6.1).
    private IrValue Time(CallExpression call) => ProbeChecker.ClockOf(call) switch
    {
        ScriptClock.Monotonic => _function.Call(BpfHelper.KtimeGetNs),
        ScriptClock.Tai => _function.Call(BpfHelper.KtimeGetTaiNs),
        ScriptClock.SwTai => _function.Arithmetic(BpfArithmetic.Add, _function.Call(BpfHelper.KtimeGetNs), _function.Operand(KernelClock.WallClockOffset(KernelClock.MonotonicId) - KernelClock.WallClockOffset(KernelClock.AtomicId))),
        _ => _function.Call(BpfHelper.KtimeGetBootNs),
    };

    // The bytes are brought to the program's own memory first: the helper takes them from there alone.
    private IrValue WriteUser(CallExpression call)
    {
        (int, int) mark = Mark();
        Expression source = call.Arguments[1];
        int size = call.Arguments[2].Constant is > 0 and <= 4096 and var known ? (int)known : throw NotPossible(call.Arguments[2], "write_user() takes a number of bytes that is known before the script runs, from 1 to 4096");
        IrValue target = Kept(call.Arguments[0]);
        IrPlace place = Reserve(size);
        Zero(place, size);
        if (source.Type is PointerType)
            Read(place, Behind(source), size);
        else
            Read(place, Locate(source), Math.Min(size, source.Type!.Size));
        IrValue error = _function.Call(BpfHelper.ProbeWriteUser, target, place, (long)size), result = _function.NewValue();
        IrLabel end = _function.NewLabel();
        _function.Constant(result, 0);
        _function.JumpIf(BpfCondition.NotEqual, error, 0, end);
        _function.Constant(result, 1);
        _function.Mark(end);
        Release(mark);
        return result;
    }

    // Calls whose value lies in memory.
    private void CallInto(CallExpression call, IrPlace target, ScriptType type, bool isClean)
    {
        switch (call.Function)
        {
            case ScriptFunction.Defined:
                CallOwnInto(call, target, type);
                break;
            case ScriptFunction.Str or ScriptFunction.KStr or ScriptFunction.UStr:
                StringInto(call, target, type, isClean);
                break;
            case ScriptFunction.Buf:
                BufferInto(call, target, (BufferType)type);
                break;
            case ScriptFunction.KSym or ScriptFunction.USym:
                SymbolInto(target, (ResolvedType)type, Scalar(call.Arguments[0]));
                break;
            case ScriptFunction.KStack or ScriptFunction.UStack:
                StackInto((StackType)type, target);
                break;
            case ScriptFunction.StrConcat:
                Concatenate(call, target, type);
                break;
            case ScriptFunction.Path:
                PathInto(call, target, type, isClean);
                break;
            case ScriptFunction.PToN:
                WriteBytes(target, IPAddress.Parse(((StringLiteral)call.Arguments[0]).Value).GetAddressBytes(), type.Size);
                break;
            case ScriptFunction.StrError or ScriptFunction.SignalName or ScriptFunction.SystemCallName or ScriptFunction.Comm:
                _function.Store(BpfSize.Bits64, target, Scalar(call.Arguments[0]));
                break;
            case ScriptFunction.StrFTime:
                _function.Store(BpfSize.Bits64, target, Scalar(call.Arguments[1]));
                _function.Store(BpfSize.Bits32, target.At(8), call.Text!.Value);
                _function.Store(BpfSize.Bits32, target.At(12), (int)ProbeChecker.ClockOf(call.Arguments[1]));
                break;
            case ScriptFunction.CGroupPath:
                _function.Store(BpfSize.Bits64, target, Scalar(call.Arguments[0]));
                _function.Store(BpfSize.Bits64, target.At(8), call.Text ?? 0);
                break;
            case ScriptFunction.MacAddr:
                Read(target, Behind(call.Arguments[0]), type.Size);
                break;
            case ScriptFunction.NToP:
                AddressInto(call, target);
                break;
            default:
                throw NotPossible(call, $"{call.Name}() can not be compiled yet");
        }
    }

    // ntop([family,] address): 4 bytes as a number, or 4 or 16 as an array.
    private void AddressInto(CallExpression call, IrPlace target)
    {
        const int familyIPv4 = 2, familyIPv6 = 10, room = 16;
        Expression address = call.Arguments[^1];
        Zero(target.At(sizeof(uint)), room);
        bool isNumber = address.Type!.IsScalar && address.Type is not PointerType;
        if (call.Arguments.Count > 1)
            _function.Store(BpfSize.Bits32, target, Scalar(call.Arguments[0]));
        else
            _function.Store(BpfSize.Bits32, target, isNumber || address.Type.Size == 4 ? familyIPv4 : familyIPv6);
        if (isNumber)
            _function.Store(BpfSize.Bits32, target.At(sizeof(uint)), Scalar(address));
        else
            Read(target.At(sizeof(uint)), Behind(address), address.Type is ArrayType array ? array.Size : room);
    }
}
