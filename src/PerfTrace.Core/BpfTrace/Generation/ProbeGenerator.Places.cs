using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

// What lies in memory: texts, tuples, records, arrays.
internal sealed partial class ProbeGenerator
{
    /// <summary>Where the value of an expression lies in the program's memory; until the statement ends.</summary>
    private IrPlace InMemory(Expression expression)
    {
        if (expression.Meaning is { } meaning)
            return InMemory(meaning);
        if (expression is ScratchVariable variable && StorageOf(variable) is var storage && (storage.Value is null || storage.IsAddressed))
            return storage.Place;
        if (expression is not (FieldAccess or TupleAccess or IndexExpression))
        {
            IrPlace own = Reserve(expression.Type!.Size);
            Into(expression, own, expression.Type);
            return own;
        }
        // Found once: the way to it may be several reads.
        Location location = Locate(expression);
        if (location.Space == MemorySpace.Program)
            return location.Place;
        IrPlace place = Reserve(expression.Type!.Size);
        FromLocation(location, expression, place, expression.Type, isClean: true);
        return place;
    }

    private void Write(Expression expression, IrPlace target, ScriptType type, bool isClean)
    {
        if (type.IsScalar)
        {
            if (expression is IntegerLiteral literal && (type.Size < 8 || (long)literal.Value == (int)literal.Value))
                _function.Store(SizeOf(type.Size), target, (int)literal.Value);
            else
                _function.Store(SizeOf(type.Size), target, Scalar(expression));
            return;
        }
        if (expression.Meaning is { } meaning)
        {
            Into(meaning, target, type, isClean);
            return;
        }
        switch (expression)
        {
            case StringLiteral literal:
                ReadOnlySpan<byte> bytes = literal.Bytes.Span;
                WriteBytes(target, bytes[..Math.Min(bytes.Length, type.Size - 1)], type.Size);
                break;
            case TupleExpression tuple:
                Elements(tuple.Elements, null, target, (TupleType)type);
                break;
            case RecordExpression record:
                Elements([.. record.Elements.Select(static e => e.Value)], [.. record.Elements.Select(static e => e.Name)], target, (TupleType)type);
                break;
            case BuiltinExpression { Variable.Kind: not BuiltinKind.Arguments } builtin:
                BuiltinInto(builtin, target, type);
                break;
            case CallExpression call:
                CallInto(call, target, type, isClean);
                break;
            case MapExpression or MapAccess:
                MapInto(expression, target, type);
                break;
            case IfExpression { Then: { } one, Else: { } other, Condition.Constant: { } known }:
                Into(known != 0 ? one : other, target, type, isClean);
                break;
            case IfExpression { Then: { } then, Else: { } otherwise } choice:
                IrLabel no = _function.NewLabel(), end = _function.NewLabel();
                Branch(choice.Condition, no, when: false);
                Into(then, target, type, isClean);
                _function.Jump(end);
                _function.Mark(no);
                Into(otherwise, target, type, isClean);
                _function.Mark(end);
                break;
            case BlockExpression { Value: { } value } block:
                Block(block, () => Into(value, target, type, isClean));
                break;
            case ComptimeExpression comptime:
                Into(comptime.Operand, target, type, isClean);
                break;
            case ScratchVariable variable:
                Widen(StorageOf(variable).Place, variable.Type!, target, type);
                break;
            case CastExpression cast when TypeRules.ValueOf(cast.Operand.Type!).IsScalar:
                // The bytes of a number, extended by its sign, as an array; a user's number is one of 8 bytes.
                if (type.Size is not (1 or 2 or 4 or 8))
                    Zero(target, type.Size);
                StoreBytes(target, Scalar(cast.Operand), Math.Min(type.Size, sizeof(ulong)));
                break;
            case CastExpression cast:
                Into(cast.Operand, target, type, isClean);
                break;
            case FieldAccess or TupleAccess or IndexExpression or UnaryExpression { Operator: UnaryOperator.Dereference } or BuiltinExpression or { Type: PointerType }:
                FromLocation(Locate(expression), expression, target, type, isClean);
                break;
            default:
                // What this does not know, Locate() would have put into memory by this.
                throw NotPossible(expression, $"a value of type {expression.Type!.Name} can not be put into memory here");
        }
    }

    private void FromLocation(Location location, Expression expression, IrPlace target, ScriptType type, bool isClean)
    {
        ScriptType from = expression.Type!;
        if (type is StringType && location.Space != MemorySpace.Program)
            ReadText(target, location, (long)Math.Min(from.Size, type.Size), type.Size, isClean);
        else if (location.Space == MemorySpace.Program)
            Widen(location.Place, from, target, type);
        else
            Read(target, location, type.Size);
    }

    // A shorter text in larger room; tuples element by element where they differ.
    private void Widen(IrPlace source, ScriptType from, IrPlace target, ScriptType to)
    {
        if (from is TupleType few && to is TupleType many && from != to)
        {
            Zero(target, to.Size);
            for (int i = 0; i < few.Elements.Count; i++)
            {
                int at = PlaceOf(few.Names, i, many);
                WidenElement(source.At(few.Offsets[i]), few.Elements[i], target.At(many.Offsets[at]), many.Elements[at]);
            }
            return;
        }
        int common = Math.Min(from.Size, to.Size);
        CopyBytes(target, source, common);
        if (to.Size > common)
            Zero(target.At(common), to.Size - common);
    }

    private void WidenElement(IrPlace source, ScriptType from, IrPlace target, ScriptType to)
    {
        if (to.IsScalar)
            _function.Store(SizeOf(to.Size), target, ReadNumber(new Location(source, MemorySpace.Program), from));
        else
            Widen(source, from, target, to);
    }

    // Elements of records are found by their names, those of tuples by where they stand.
    private static int PlaceOf(IReadOnlyList<string>? names, int element, TupleType type) =>
        names is not null && type.Names is { } wanted ? TypeRules.IndexOf(wanted, names[element]) : element;

    private void Elements(IReadOnlyList<Expression> elements, IReadOnlyList<string>? names, IrPlace target, TupleType type)
    {
        // What lies between elements is zero too.
        if (type.Elements.Sum(static e => e.Size) < type.Size)
            Zero(target, type.Size);
        for (int i = 0; i < elements.Count; i++)
        {
            int at = PlaceOf(names, i, type);
            Into(elements[i], target.At(type.Offsets[at]), type.Elements[at]);
        }
    }

    /// <summary>Where something lies that is a part of something else, or that an address leads to.</summary>
    private Location Locate(Expression expression)
    {
        expression = expression.Meaning ?? expression;
        switch (expression)
        {
            case FieldAccess access when access.Target.Type is TupleType tuple:
                return new Location(InMemory(access.Target).At(tuple.Offsets[tuple.Names!.ToList().IndexOf(access.Field)]), MemorySpace.Program);
            case FieldAccess access:
                return FieldLocation(access);
            case TupleAccess access:
                return new Location(InMemory(access.Target).At(((TupleType)access.Target.Type!).Offsets[access.Index]), MemorySpace.Program);
            case IndexExpression index:
                return IndexLocation(index);
            case UnaryExpression { Operator: UnaryOperator.Dereference } dereference:
                return Behind(dereference.Operand);
            case BuiltinExpression { Variable.Kind: BuiltinKind.Arguments } when _context.Provider == ProbeProvider.UProbe:
                throw NotPossible(expression, "the arguments of a program's function are in registers: each is read by its name", "args.name");
            case BuiltinExpression { Variable.Kind: BuiltinKind.Arguments }:
                return new Location(new IrPlace(Context, 0), MemorySpace.Context);
            case CastExpression { Operand.Type.IsScalar: false } cast:
                return Locate(cast.Operand);
            case ComptimeExpression comptime:
                return Locate(comptime.Operand);
            default:
                return expression.Type is PointerType ? Behind(expression) : new Location(InMemory(expression), MemorySpace.Program);
        }
    }

    // What an address leads to.
    private Location Behind(Expression pointer) => pointer.Type is PointerType { Space: var space }
        ? pointer is BuiltinExpression { Variable.Kind: BuiltinKind.Arguments } ? Locate(pointer) : new Location(new IrPlace(Scalar(pointer), 0), Seen(space))
        : pointer.Type is IntegerType or EnumType ? new Location(new IrPlace(Scalar(pointer), 0), SpaceOf(pointer)) : Locate(pointer);

    // The arguments of raw tracepoints have the kernel's types only in programs that are loaded for those.
    private MemorySpace Seen(MemorySpace space) => space == MemorySpace.Trusted && _context.ProgramType != BpfProgramType.Tracing ? MemorySpace.Kernel : space;

    private static RecordField Field(FieldAccess access)
    {
        ScriptType target = access.Target.Type is PointerType pointer ? pointer.Target : access.Target.Type!;
        return target is RecordType record && record.Find(access.Field) is { } field ? field : throw NotPossible(access, $"'{target}' has no field '{access.Field}'");
    }

    private Location FieldLocation(FieldAccess access)
    {
        RecordField field = Field(access);
        Location record = access.Target.Type is PointerType ? Behind(access.Target) : Locate(access.Target);
        if (record.Space == MemorySpace.Context && _context.Provider == ProbeProvider.UProbe)
            throw NotPossible(access, "the arguments of a program's function are in registers: they are read as args.name");
        Location place = record.At(field.Offset);
        if (field.Location == DataLocation.InPlace)
            return place;
        // Offset and length in 4 bytes; the data is somewhere behind the record.
        IrValue word = _function.Load(BpfSize.Bits32, place.Place);
        IrValue distance = _function.Arithmetic(BpfArithmetic.And, word, 0xffff);
        IrValue start = _function.Address(field.Location == DataLocation.FromRecord ? record.Place : place.Place.At(sizeof(uint)));
        return new Location(new IrPlace(_function.Arithmetic(BpfArithmetic.Add, start, distance), 0), MemorySpace.Kernel);
    }

    private Location IndexLocation(IndexExpression index)
    {
        ScriptType element = index.Target.Type switch
        {
            ArrayType array => array.Element,
            PointerType pointer => pointer.Target,
            _ => index.Type!,
        };
        Location begin = index.Target.Type is PointerType ? Behind(index.Target) : Locate(index.Target);
        if (index.Target.Type is TupleType tuple)
            return begin.At(tuple.Offsets[(int)index.Index.Constant!.Value]);
        if (index.Index is IntegerLiteral literal)
            return begin.At((int)((long)literal.Value * element.Size));
        IrValue distance = _function.Arithmetic(BpfArithmetic.Multiply, Scalar(index.Index), Math.Max(1, element.Size));
        int count = index.Target.Type switch { ArrayType array => array.Count, StringType text => text.Size, _ => 0 };
        if (begin.Space is MemorySpace.Program && count > 0)
            return new Location(new IrPlace(Within(begin.Place, distance, count, Math.Max(1, element.Size)), 0), MemorySpace.Program);
        IrValue address = _function.Arithmetic(BpfArithmetic.Add, _function.Address(begin.Place), distance);
        // Of addresses with a distance that is not constant the verifier reads none directly but the program's own.
        return new Location(new IrPlace(address, 0), begin.Space is MemorySpace.Program or MemorySpace.User ? begin.Space : MemorySpace.Kernel);
    }

    // The address of an element, of which the verifier must see that it stays within; behind the end there are zeros.
    private IrValue Within(IrPlace begin, IrValue distance, int count, int size)
    {
        IrPlace nothing = Reserve(size);
        Zero(nothing, size);
        IrValue place = _function.NewValue(), address = _function.NewValue();
        IrLabel end = _function.NewLabel();
        _function.Copy(place, distance);
        _function.Copy(address, _function.Address(nothing));
        _function.JumpIf(BpfCondition.Greater, place, (count - 1) * size, end);
        _function.Copy(address, _function.Arithmetic(BpfArithmetic.Add, _function.Address(begin), place));
        _function.Mark(end);
        return address;
    }
}
