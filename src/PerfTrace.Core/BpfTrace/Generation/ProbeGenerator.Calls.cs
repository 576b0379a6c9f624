using PerfTrace.Bpf;
using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

internal sealed partial class ProbeGenerator
{
    // Calls without a value.
    private void Call(CallExpression call)
    {
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
                Event(call, [.. call.Arguments]);
                _function.Jump(_end);
                break;
            case ScriptFunction.Join:
                Join(call);
                break;
            case ScriptFunction.Delete:
                Delete(call);
                break;
            case ScriptFunction.Signal:
                _function.Call(BpfHelper.SendSignal, Scalar(call.Arguments[0]));
                break;
            case ScriptFunction.Override:
                _function.Call(BpfHelper.OverrideReturn, Context, Scalar(call.Arguments[0]));
                break;
            default:
                throw NotPossible(call, $"{call.Name}() can not be compiled yet");
        }
    }

    /// <summary>What is done outside: the values, in the ring buffer; where that is full, the event is counted as lost.</summary>
    private void Event(CallExpression call, IReadOnlyList<Expression> values) => Event(call, (place, layout) =>
    {
        for (int i = 0; i < layout.Types.Count; i++)
        {
            (int, int) mark = Mark();
            if (i < values.Count)
                Into(values[i], place.At(layout.Offsets[i]), layout.Types[i], isClean: false);
            else
                Zero(place.At(layout.Offsets[i]), layout.Types[i].Size);
            Release(mark);
        }
    });

    private void Event(CallExpression call, Action<IrPlace, EventLayout> write)
    {
        int number = call.Action!.Value;
        EventLayout layout = _plan.Actions[number].Layout;
        // A reserved record must be given back on every way: what may leave the program early comes before.
        IrValue record = _function.Call(BpfHelper.RingbufReserve, _memory.Events, (long)layout.Size, 0L);
        IrLabel full = _function.NewLabel(), end = _function.NewLabel();
        _function.JumpIf(BpfCondition.Equal, record, 0, full);
        var place = new IrPlace(record, 0);
        _function.Store(BpfSize.Bits32, place, number);
        _function.Store(BpfSize.Bits32, place.At(4), ProbeNumber());
        write(place, layout);
        _function.Call(BpfHelper.RingbufSubmit, record, 0L);
        _function.Jump(end);
        _function.Mark(full);
        CountLoss(ScriptMemory.EventsLost);
        _function.Mark(end);
    }

    // A count, then so many texts, from an array of addresses that a zero ends: the arguments of a program.
    private void Join(CallExpression call)
    {
        IrValue array = Kept(call.Arguments[0]);
        MemorySpace space = call.Arguments[0].Type is PointerType pointer ? pointer.Space : DefaultSpace;
        Event(call, (place, layout) =>
        {
            IrValue count = _function.NewValue();
            IrLabel end = _function.NewLabel();
            _function.Constant(count, 0);
            for (int i = 1; i < layout.Types.Count; i++)
            {
                IrValue text = ReadNumber(new Location(new IrPlace(array, 8 * (i - 1)), space), IntegerType.UInt64);
                _function.JumpIf(BpfCondition.Equal, text, 0, end);
                IrPlace target = place.At(layout.Offsets[i]);
                _function.Store(BpfSize.Bits8, target, 0);
                ReadText(target, new Location(new IrPlace(text, 0), space), (long)layout.Types[i].Size, layout.Types[i].Size, isClean: false);
                _function.Arithmetic(BpfArithmetic.Add, count, count, 1);
            }
            _function.Mark(end);
            _function.Store(BpfSize.Bits64, place.At(layout.Offsets[0]), count);
        });
    }

    private void Delete(CallExpression call)
    {
        // delete(@x[1]) and delete(@x, 1) say the same.
        Expression target = call.Arguments[0];
        (ScriptMap plan, IrMap map, Expression? key, _) = MapOf(target);
        if (call.Arguments.Count > 1)
            key = call.Arguments[1];
        _function.Call(BpfHelper.MapDeleteElem, map, KeyOf(plan, key));
    }

    // Calls whose value is a number.
    private IrValue NumberOf(CallExpression call)
    {
        switch (call.Function)
        {
            case ScriptFunction.Nsecs:
                return _function.Call(Clock(call));
            case ScriptFunction.HasKey:
                (ScriptMap plan, IrMap map, _, _) = MapOf(call.Arguments[0]);
                IrValue found = _function.Call(BpfHelper.MapLookupElem, map, KeyOf(plan, call.Arguments[1]));
                IrValue result = _function.NewValue();
                IrLabel end = _function.NewLabel();
                _function.Constant(result, 0);
                _function.JumpIf(BpfCondition.Equal, found, 0, end);
                _function.Constant(result, 1);
                _function.Mark(end);
                return result;
            case ScriptFunction.BSwap:
                return _function.BigEndian(Scalar(call.Arguments[0]), call.Type!.Size * 8);
            case ScriptFunction.KAddr:
                return _function.Constant((long)KernelAddress(call));
            case ScriptFunction.KPtr or ScriptFunction.UPtr:
                return Scalar(call.Arguments[0]);
            case ScriptFunction.Delete:
                Delete(call);
                return _function.Constant(1);
            case ScriptFunction.StrNCmp:
                return CompareText(call);
            case ScriptFunction.Reg:
                string register = ((StringLiteral)call.Arguments[0]).Value;
                return Registers.ByName.TryGetValue(register, out int offset) ? _function.Load(BpfSize.Bits64, new IrPlace(Context, offset))
                    : throw NotPossible(call.Arguments[0], $"this machine has no register '{register}'", $"it has: {string.Join(", ", Registers.ByName.Keys)}");
            default:
                throw NotPossible(call, $"{call.Name}() can not be compiled yet");
        }
    }

    // Where a symbol of the kernel is does not change while it runs.
    private static ulong KernelAddress(CallExpression call)
    {
        string name = ((StringLiteral)call.Arguments[0]).Value;
        return KernelSymbolTable.Read(SystemPaths.Default).AddressOf(name) is { } address and not 0 ? address
            : throw NotPossible(call.Arguments[0], $"the kernel tells of no address of '{name}'", "it must be in /proc/kallsyms, and root alone is told addresses");
    }

    private static BpfHelper Clock(CallExpression call) => call.Arguments is [IdentifierExpression { Name: var name }, ..]
        ? name switch
        {
            "monotonic" => BpfHelper.KtimeGetNs,
            "boot" => BpfHelper.KtimeGetBootNs,
            "tai" => BpfHelper.KtimeGetTaiNs,
            _ => throw NotPossible(call, $"the clock '{name}' can not be compiled yet"),
        }
        : BpfHelper.KtimeGetBootNs;

    // strncmp(a, b, n): 0 where the first n bytes, or the whole texts, are the same; else 1.
    private IrValue CompareText(CallExpression call)
    {
        (int, int) mark = Mark();
        IrPlace left = InMemory(call.Arguments[0]), right = InMemory(call.Arguments[1]);
        int count = (int)Math.Min(((IntegerLiteral)call.Arguments[2]).Value, (ulong)Math.Min(call.Arguments[0].Type!.Size, call.Arguments[1].Type!.Size));
        IrValue result = _function.NewValue();
        IrLabel same = _function.NewLabel(), end = _function.NewLabel();
        for (int i = 0; i < count; i++)
        {
            IrValue one = _function.Load(BpfSize.Bits8, left.At(i));
            _function.Constant(result, 1);
            _function.JumpIf(BpfCondition.NotEqual, one, _function.Load(BpfSize.Bits8, right.At(i)), end);
            _function.JumpIf(BpfCondition.Equal, one, 0, same);
        }
        _function.Mark(same);
        _function.Constant(result, 0);
        _function.Mark(end);
        Release(mark);
        return result;
    }

    // Calls whose value lies in memory.
    private void CallInto(CallExpression call, IrPlace target, ScriptType type, bool isClean)
    {
        switch (call.Function)
        {
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
            case ScriptFunction.StrError:
                _function.Store(BpfSize.Bits64, target, Scalar(call.Arguments[0]));
                break;
            case ScriptFunction.StrFTime:
                _function.Store(BpfSize.Bits64, target, Scalar(call.Arguments[1]));
                _function.Store(BpfSize.Bits32, target.At(8), call.Text!.Value);
                _function.Store(BpfSize.Bits32, target.At(12), (int)ScriptClock.Boot);
                break;
            case ScriptFunction.CGroupPath:
                _function.Store(BpfSize.Bits64, target, Scalar(call.Arguments[0]));
                _function.Store(BpfSize.Bits64, target.At(8), call.Text ?? 0);
                break;
            case ScriptFunction.MacAddr:
                Read(target, Locate(call.Arguments[0]), type.Size);
                break;
            case ScriptFunction.NToP:
                AddressInto(call, target);
                break;
            default:
                throw NotPossible(call, $"{call.Name}() can not be compiled yet");
        }
    }

    // str(address) and str(address, length): the zero has a place in the length that the helper is given.
    private void StringInto(CallExpression call, IrPlace target, ScriptType type, bool isClean)
    {
        Expression source = call.Arguments[0];
        if (source.Type is StringType)
        {
            Into(source, target, type, isClean);
            return;
        }
        Location location = source.Type is PointerType or ArrayType ? Behind(source) : new Location(new IrPlace(Scalar(source), 0), DefaultSpace);
        if (call.Function != ScriptFunction.Str)
            location = location with { Space = call.Function == ScriptFunction.UStr ? MemorySpace.User : MemorySpace.Kernel };
        IrArgument size = (long)type.Size;
        if (call.Arguments.Count > 1 && call.Arguments[1] is not IntegerLiteral)
        {
            IrValue length = _function.NewValue();
            IrLabel fits = _function.NewLabel();
            _function.Arithmetic(BpfArithmetic.Add, length, Scalar(call.Arguments[1]), 1);
            _function.JumpIf(BpfCondition.LessOrEqual, length, type.Size, fits);
            _function.Constant(length, type.Size);
            _function.Mark(fits);
            size = length;
        }
        else if (call.Arguments.Count > 1)
        {
            size = (long)Math.Min(((IntegerLiteral)call.Arguments[1]).Value + 1, (ulong)type.Size);
        }
        if (!isClean)
            _function.Store(BpfSize.Bits8, target, 0);
        ReadText(target, location, size, type.Size, isClean);
    }

    private MemorySpace DefaultSpace => _context.Provider is ProbeProvider.UProbe or ProbeProvider.URetProbe or ProbeProvider.Usdt ? MemorySpace.User : MemorySpace.Kernel;

    private void BufferInto(CallExpression call, IrPlace target, BufferType type)
    {
        Expression source = call.Arguments[0];
        Location location = source.Type is PointerType or ArrayType or StringType ? Behind(source) : new Location(new IrPlace(Scalar(source), 0), DefaultSpace);
        IrPlace content = target.At(BufferType.LengthSize);
        Zero(content, type.Capacity);
        if (call.Arguments.Count < 2 || call.Arguments[1] is IntegerLiteral)
        {
            _function.Store(BpfSize.Bits32, target, type.Capacity);
            Read(content, location, type.Capacity);
            return;
        }
        IrValue length = _function.NewValue();
        IrLabel fits = _function.NewLabel();
        _function.Copy(length, Scalar(call.Arguments[1]));
        _function.JumpIf(BpfCondition.LessOrEqual, length, type.Capacity, fits);
        _function.Constant(length, type.Capacity);
        _function.Mark(fits);
        _function.Store(BpfSize.Bits32, target, length);
        _function.Call(location.Space == MemorySpace.User ? BpfHelper.ProbeReadUser : BpfHelper.ProbeReadKernel, content, length, location.Place);
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
