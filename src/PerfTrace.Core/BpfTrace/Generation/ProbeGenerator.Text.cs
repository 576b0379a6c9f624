using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

// Texts and bytes: read, measured, searched, compared, put together.
internal sealed partial class ProbeGenerator
{
    // What is searched and compared in a loop the verifier goes through step by step.
    private const int MostCompared = 4096, MostSearched = 64 << 10, LongestUnrolled = 16;

    // str(address) and str(address, length): the zero has a place in the length that the helper is given.
    private void StringInto(CallExpression call, IrPlace target, ScriptType type, bool isClean)
    {
        Expression source = call.Arguments[0];
        if (source.Type is StringType)
        {
            Into(source, target, type, isClean);
            return;
        }
        Location location = source.Type is PointerType or ArrayType ? Behind(source) : new Location(new IrPlace(Scalar(source), 0), SpaceOf(source));
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

    private MemorySpace SpaceOf(Expression number) => ProbeChecker.NumberSpace(number, isUser: _context.Provider is ProbeProvider.UProbe or ProbeProvider.URetProbe or ProbeProvider.Usdt);

    private void BufferInto(CallExpression call, IrPlace target, BufferType type)
    {
        Expression source = call.Arguments[0];
        Location location = source.Type is PointerType or ArrayType or StringType or RecordType ? Behind(source) : new Location(new IrPlace(Scalar(source), 0), SpaceOf(source));
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
        ReadBytes(location.Space, content, length, location.Place);
    }

    /// <summary>strlen(x): the helper that copies text tells how long it was. It is given one byte more than there are: text without an end fills them all.</summary>
    private IrValue TextLength(Expression text)
    {
        bool isHere = text.Type is StringType or ArrayType;
        int most = isHere ? text.Type!.Size : _plan.Settings.MaximumStringLength;
        return TextLength(isHere ? new Location(InMemory(text), MemorySpace.Program) : Behind(text), most);
    }

    private IrValue TextLength(Location text, int most)
    {
        (int, int) mark = Mark();
        IrPlace room = Reserve(most + 1);
        IrValue length = _function.NewValue();
        IrLabel isText = _function.NewLabel();
        _function.Copy(length, ReadString(text.Space, room, (long)(most + 1), text.Place));
        // An error is a negative number: without a sign the largest.
        _function.Arithmetic(BpfArithmetic.Subtract, length, length, 1);
        _function.JumpIf(BpfCondition.LessOrEqual, length, most, isText);
        _function.Constant(length, 0);
        _function.Mark(isText);
        Release(mark);
        return length;
    }

    // str_concat(a, b): the second is put where the first ends. There is room for both, so that the verifier need not know where that is.
    private void Concatenate(CallExpression call, IrPlace target, ScriptType type)
    {
        (int, int) mark = Mark();
        ScriptType first = call.Arguments[0].Type!, second = call.Arguments[1].Type!;
        IrPlace left = InMemory(call.Arguments[0]), right = InMemory(call.Arguments[1]), room = Reserve(first.Size + second.Size + 1);
        Zero(room, first.Size + second.Size + 1);
        IrValue length = TextLength(new Location(left, MemorySpace.Program), first.Size);
        CopyBytes(room, left, first.Size);
        IrValue end = _function.Arithmetic(BpfArithmetic.Add, _function.Address(room), length);
        _function.Call(BpfHelper.ProbeReadKernelStr, new IrPlace(end, 0), (long)second.Size, right);
        int common = Math.Min(type.Size - 1, first.Size + second.Size);
        CopyBytes(target, room, common);
        Zero(target.At(common), type.Size - common);
        Release(mark);
    }

    // strstr(haystack, needle): where the needle begins first; -1: nowhere.
    private IrValue FindText(CallExpression call)
    {
        (int, int) mark = Mark();
        Expression needle = call.Arguments[1];
        int room = call.Arguments[0].Type!.Size, wanted = needle is StringLiteral literal ? literal.Bytes.Length : needle.Type!.Size;
        if (room > MostCompared || (long)room * Math.Max(1, wanted) > MostSearched)
            throw NotPossible(call, $"a text of {room} bytes can not be searched for one of {wanted}: the verifier goes through each step", "str(x, 64) makes texts shorter");
        if (needle is not StringLiteral && room > MostInline && _memory.HasLoop)
            return FindText(call, room, wanted);
        IrPlace haystack = InMemory(call.Arguments[0]);
        IrValue result = _function.NewValue(), at = _function.NewValue();
        IrLabel begin = _function.NewLabel(), next = _function.NewLabel(), found = _function.NewLabel(), end = _function.NewLabel();
        IrValue start = _function.Address(haystack);
        IrPlace? text = needle is StringLiteral ? null : InMemory(needle);
        _function.Constant(result, -1);
        _function.Constant(at, 0);
        _function.Mark(begin);
        IrValue here = _function.Arithmetic(BpfArithmetic.Add, start, at);
        if (text is { } place)
            MatchText(here, at, room, place, wanted, next, found, end);
        else
            MatchLiteral(here, at, room, (StringLiteral)needle, next, found, end);
        _function.Mark(next);
        _function.Arithmetic(BpfArithmetic.Add, at, at, 1);
        _function.Jump(begin);
        _function.Mark(found);
        _function.Copy(result, at);
        _function.Mark(end);
        Release(mark);
        return result;
    }

    // The same for a needle that is not known before, by a function for each place where it may begin.
    private IrValue FindText(CallExpression call, int room, int wanted)
    {
        (int, int) mark = Mark();
        // Behind the text there are zeros, so that each place has as many bytes behind it as the needle.
        var haystack = new IrPlace(Scratch, _area.Allocate(room + wanted));
        Zero(haystack, room + wanted);
        Into(call.Arguments[0], haystack, call.Arguments[0].Type!);
        IrPlace needle = InMemory(call.Arguments[1]);
        IrValue result = _function.NewValue();
        _function.Constant(result, -1);
        Called(call, room, (round, at) =>
        {
            (IrLabel missing, IrLabel next) = round._loops.Peek();
            IrLabel found = round._function.NewLabel();
            IrPlace own = round.Outside(haystack);
            IrValue place = round.Capture(result);
            // The verifier knows no limit of the number that a round is called with.
            round._function.JumpIf(BpfCondition.GreaterOrEqual, at, room, missing);
            round.MatchText(round._function.Arithmetic(BpfArithmetic.Add, round._function.Address(own), at), at, room, round.Outside(needle), wanted, next, found, missing);
            round._function.Mark(found);
            round._function.Copy(place, at);
            round._function.Jump(missing);
        });
        Release(mark);
        return result;
    }

    // What differs comes first in the order of the code: the verifier then has few ways open at a time.
    private void MatchLiteral(IrValue here, IrValue at, int room, StringLiteral needle, IrLabel next, IrLabel found, IrLabel missing)
    {
        ReadOnlySpan<byte> bytes = needle.Bytes.Span;
        if (room < bytes.Length)
        {
            _function.Jump(missing);
            return;
        }
        _function.JumpIf(BpfCondition.Greater, at, room - bytes.Length, missing);
        for (int i = 0; i < bytes.Length; i++)
        {
            IrLabel same = _function.NewLabel();
            IrValue one = _function.Load(BpfSize.Bits8, new IrPlace(here, i));
            if (i == 0)
                _function.JumpIf(BpfCondition.Equal, one, 0, missing);
            _function.JumpIf(BpfCondition.Equal, one, bytes[i], same);
            _function.Jump(next);
            _function.Mark(same);
        }
        _function.Jump(found);
    }

    private void MatchText(IrValue here, IrValue at, int room, IrPlace needle, int wanted, IrLabel next, IrLabel found, IrLabel missing)
    {
        IrValue matched = _function.NewValue(), left = _function.NewValue();
        IrLabel begin = _function.NewLabel(), same = _function.NewLabel();
        _function.JumpIf(BpfCondition.GreaterOrEqual, at, room, missing);
        _function.Constant(matched, 0);
        _function.Constant(left, room);
        _function.Arithmetic(BpfArithmetic.Subtract, left, left, at);
        _function.Mark(begin);
        _function.JumpIf(BpfCondition.GreaterOrEqual, matched, wanted, found);
        IrValue letter = _function.Load(BpfSize.Bits8, new IrPlace(_function.Arithmetic(BpfArithmetic.Add, _function.Address(needle), matched), 0));
        _function.JumpIf(BpfCondition.Equal, letter, 0, found);
        // Where the text ends before the needle, it does not begin further on either.
        _function.JumpIf(BpfCondition.GreaterOrEqual, matched, left, missing);
        IrValue one = _function.Load(BpfSize.Bits8, new IrPlace(_function.Arithmetic(BpfArithmetic.Add, here, matched), 0));
        _function.JumpIf(BpfCondition.Equal, one, letter, same);
        _function.JumpIf(BpfCondition.Equal, one, 0, missing);
        _function.Jump(next);
        _function.Mark(same);
        _function.Arithmetic(BpfArithmetic.Add, matched, matched, 1);
        _function.Jump(begin);
    }

    // strncmp(a, b, n): 0 where the first n bytes, or the whole texts, are the same, else 1. memcmp(a, b, n): by how much the first byte that differs is above the other's.
    private IrValue CompareBytes(CallExpression call)
    {
        (int, int) mark = Mark();
        bool isText = call.Function == ScriptFunction.StrNCmp;
        long? known = call.Arguments[2].Constant;
        IrValue? asked = known is null ? Kept(call.Arguments[2]) : null;
        // Where neither has an end and nothing says how many there are, as many as can be compared.
        int room = Math.Min(Room(call.Arguments[0]), Room(call.Arguments[1]));
        bool isOpen = asked is not null && room == int.MaxValue;
        int most = (int)Math.Min(known is >= 0 and var number ? number : isOpen ? MostCompared : room, room);
        if (most > MostCompared)
            throw NotPossible(call, $"{most} bytes can not be compared: the verifier goes through each, and takes {MostCompared}");
        IrPlace left = Bytes(call.Arguments[0], most, asked), right = Bytes(call.Arguments[1], most, asked);
        IrValue result = _function.NewValue();
        IrLabel same = _function.NewLabel(), end = _function.NewLabel();
        if (asked is null && most <= LongestUnrolled)
        {
            for (int i = 0; i < most; i++)
                CompareByte(left.At(i), right.At(i), result, isText, same, end);
        }
        else
        {
            IrValue at = _function.NewValue(), first = _function.Address(left), second = _function.Address(right);
            IrLabel begin = _function.NewLabel();
            _function.Constant(at, 0);
            _function.Mark(begin);
            if (asked is { } count)
                _function.JumpIf(BpfCondition.GreaterOrEqual, at, count, same);
            // What was not compared is not told to be the same.
            if (isOpen)
                _function.Constant(result, 1);
            _function.JumpIf(BpfCondition.GreaterOrEqual, at, most, isOpen ? end : same);
            CompareByte(new IrPlace(_function.Arithmetic(BpfArithmetic.Add, first, at), 0), new IrPlace(_function.Arithmetic(BpfArithmetic.Add, second, at), 0), result, isText, same, end);
            _function.Arithmetic(BpfArithmetic.Add, at, at, 1);
            _function.Jump(begin);
        }
        _function.Mark(same);
        _function.Constant(result, 0);
        _function.Mark(end);
        Release(mark);
        return result;
    }

    private void CompareByte(IrPlace left, IrPlace right, IrValue result, bool isText, IrLabel same, IrLabel differ)
    {
        IrLabel next = _function.NewLabel();
        IrValue one = _function.Load(BpfSize.Bits8, left), other = _function.Load(BpfSize.Bits8, right);
        _function.JumpIf(BpfCondition.Equal, one, other, next);
        if (isText)
            _function.Constant(result, 1);
        else
            _function.Arithmetic(BpfArithmetic.Subtract, result, one, other);
        _function.Jump(differ);
        _function.Mark(next);
        if (isText)
            _function.JumpIf(BpfCondition.Equal, one, 0, same);
    }

    // Behind an address there may be any number of bytes.
    private static int Room(Expression expression) => expression.Type is PointerType ? int.MaxValue : expression.Type!.Size;

    // Where so many bytes of a value lie, or of what an address leads to: no more of them than are asked for, as behind those there may be none that can be read.
    private IrPlace Bytes(Expression expression, int most, IrValue? asked)
    {
        if (expression.Type is not PointerType)
            return InMemory(expression);
        IrPlace place = Reserve(most);
        Location source = Behind(expression);
        if (asked is not { } count)
        {
            Read(place, source, most);
            return place;
        }
        IrValue length = _function.NewValue();
        IrLabel fits = _function.NewLabel();
        Zero(place, most);
        _function.Copy(length, count);
        _function.JumpIf(BpfCondition.LessOrEqual, length, most, fits);
        _function.Constant(length, most);
        _function.Mark(fits);
        ReadBytes(source.Space, place, length, source.Place);
        return place;
    }

    // The helper takes the struct's address as the kernel's types know it, in functions that it is known to be safe in.
    private void PathInto(CallExpression call, IrPlace target, ScriptType type, bool isClean)
    {
        Expression path = call.Arguments[0];
        Location place = path.Type is PointerType ? Behind(path) : Locate(path);
        if (place.Space != MemorySpace.Trusted)
            throw NotPossible(path, "path() takes a struct path that an argument of the probe leads to", "path(args.file.f_path)");
        (int, int) mark = Mark();
        // The helper leaves behind the text what it made on the way (bpf_d_path() of kernel/trace/bpf_trace.c): keys are made of a copy.
        IrPlace room = isClean ? Reserve(type.Size) : target;
        IrValue error = _function.Call(BpfHelper.DPath, place.Place, room, (long)type.Size);
        TellOfError(BpfHelper.DPath, error);
        IrLabel good = _function.NewLabel();
        _function.JumpIf(BpfCondition.SignedGreater, error, 0, good);
        _function.Store(BpfSize.Bits8, room, 0);
        _function.Mark(good);
        if (isClean)
            ReadText(target, new Location(room, MemorySpace.Program), (long)type.Size, type.Size);
        Release(mark);
    }
}
