namespace PerfTrace.BpfTrace;

internal sealed partial class ProbeChecker
{
    // Inside of sizeof, offsetof and typeof nothing is evaluated.
    private int _unevaluated;

    // Branches around that are known not to be taken.
    private int _dead;

    /// <summary>Finds the type of an expression and notes it; null when it is not known yet, or wrong.</summary>
    private ScriptType? Visit(Expression expression)
    {
        expression.Constant = null;
        expression.Type = expression switch
        {
            IntegerLiteral integer => Literal(integer),
            BooleanLiteral boolean => Known(boolean, boolean.Value ? 1 : 0, BooleanType.Instance),
            StringLiteral text => VisitString(text),
            IdentifierExpression name => VisitIdentifier(name),
            BuiltinExpression builtin => VisitBuiltin(builtin, builtin.Variable.Kind, builtin.Variable),
            ScratchVariable variable => VisitVariable(variable),
            MapExpression map => VisitMap(map),
            MapAccess access => VisitMapAccess(access),
            PositionalParameter or PositionalCount => IntegerType.Int64,
            FieldAccess access => VisitField(access),
            TupleAccess access => VisitElement(access),
            IndexExpression index => VisitIndex(index),
            TupleExpression tuple => VisitTuple(tuple, tuple.Elements, null),
            RecordExpression record => VisitTuple(record, [.. record.Elements.Select(static e => e.Value)], [.. record.Elements.Select(static e => e.Name)]),
            SizeofExpression size => VisitSizeof(size),
            OffsetofExpression offset => VisitOffsetof(offset),
            TypeinfoExpression info => VisitTypeinfo(info),
            UnaryExpression unary => VisitUnary(unary),
            BinaryExpression binary => VisitBinary(binary),
            CastExpression cast => VisitCast(cast),
            IfExpression choice => VisitChoice(choice),
            BlockExpression block => VisitBlock(block),
            ComptimeExpression known => VisitComptime(known),
            CallExpression call => VisitCall(call),
            TypeArgument type => Resolve(type.Operand),
            _ => Error(expression, "this is not understood here"),
        };
        return expression.Type;
    }

    /// <summary>The number that an expression is known to be; null when it is not known, or no number.</summary>
    private static Int128? Number(Expression expression) => expression.Constant is not { } bits ? null
        : TypeRules.IntegerOf(expression.Type) is { IsSigned: false } ? (ulong)bits : bits;

    /// <summary>Has an expression stand for another, whose type and value it then has.</summary>
    private ScriptType? Mean(Expression expression, Expression meaning)
    {
        expression.Meaning = meaning;
        ScriptType? type = Visit(meaning);
        expression.Constant = meaning.Constant;
        return type;
    }

    private static ScriptType Known(Expression expression, Int128 value, ScriptType? type = null)
    {
        expression.Constant = unchecked((long)(ulong)(UInt128)value);
        return type ?? LiteralTypes.Of(value);
    }

    private static ScriptType Literal(IntegerLiteral integer) => Known(integer, integer.Number);

    private StringType VisitString(StringLiteral text)
    {
        if (text.Bytes.Length + 1 > Settings.MaximumStringLength)
            Error(text, $"the string has {text.Bytes.Length} bytes; a string may have {Settings.MaximumStringLength - 1}", "the setting max_strlen says how long a string may be");
        return new StringType(text.Bytes.Length + 1);
    }

    private ScriptType? VisitIdentifier(IdentifierExpression name)
    {
        if (Types.FindConstant(name.Name) is { } constant)
            return Known(name, constant.Value, constant.Type);
        return Error(name, $"'{name.Name}' is not known here", Messages.IsSilent ? null
            : Hints.Nearest(name.Name, BuiltinVariable.Names) ?? Hints.Nearest(name.Name, Types.ConstantNames));
    }

    private ScriptType? VisitMap(MapExpression map)
    {
        CheckedMap known = Maps[map.Name];
        Maps.RequireKey(known, hasKey: false, map.Span);
        return known.Value;
    }

    private ScriptType? VisitMapAccess(MapAccess access)
    {
        CheckedMap known = Maps[access.Map.Name];
        access.Map.Type = known.Value;
        if (Visit(access.Key) is { } key)
            Maps.UseKey(known, key, access.Key.Span);
        return known.Value;
    }

    private TupleType? VisitTuple(Expression tuple, IReadOnlyList<Expression> elements, IReadOnlyList<string>? names)
    {
        var types = new List<ScriptType>();
        foreach (Expression element in elements)
        {
            if (Visit(element) is not { } type)
                continue;
            if (type is VoidType || (type is AggregateType && !TypeRules.IsCountable(type)))
                Error(element, $"a value of type {type.Name} can not be part of a tuple");
            else
                types.Add(TypeRules.ValueOf(type));
        }
        return types.Count == elements.Count ? new TupleType(types, names) : null;
    }

    private ScriptType? VisitElement(TupleAccess access)
    {
        if (Visit(access.Target) is not { } type)
            return null;
        if (type is not TupleType { Names: null } tuple)
            return Error(access, $"a value of type {type.Name} has no element {access.Index}: it is no tuple");
        return access.Index < tuple.Elements.Count
            ? tuple.Elements[access.Index]
            : Error(access, $"the tuple has no element {access.Index}", $"it has {tuple.Elements.Count}, counted from 0");
    }

    private ScriptType? VisitIndex(IndexExpression index)
    {
        ScriptType? target = Visit(index.Target), at = Visit(index.Index);
        if (target is null || at is null)
            return null;
        if (target is TupleType { Names: null } tuple)
        {
            return Number(index.Index) is not { } place ? Error(index.Index, "the place of a tuple's element must be known before the script runs")
                : place >= 0 && place < tuple.Elements.Count ? tuple.Elements[(int)place]
                : Error(index, $"the tuple has no element {place}", $"it has {tuple.Elements.Count}, counted from 0");
        }
        if (TypeRules.IntegerOf(at) is not { } number || (number.IsSigned && !LiteralTypes.IsFlexible(number) && !(Number(index.Index) >= 0)))
            return Error(index.Index, $"an index is a number without a sign, not a value of type {at.Name}", "a cast takes the sign away: (uint64)");
        int? count = target switch { ArrayType { Count: > 0 } array => array.Count, StringType text => text.Capacity, _ => null };
        if (count is { } most && Number(index.Index) is { } known && known >= most)
            return Error(index, $"the index {known} is beyond the end: there are {most} elements");
        return target switch
        {
            ArrayType array => Element(array.Element, SpaceOf(index.Target)),
            StringType => new IntegerType(1, true),
            PointerType { Target: VoidType } => Error(index, "what a 'void *' leads to has no size", "cast it to another pointer first"),
            PointerType pointer => Element(pointer.Target, pointer.Space),
            _ => Error(index, $"a value of type {target.Name} has no elements", "arrays, pointers, strings and tuples have"),
        };
    }

    // What stands in memory of a space leads to memory of that space; the verifier does not follow addresses in arrays.
    private static ScriptType Element(ScriptType type, MemorySpace space) =>
        type is PointerType { Space: MemorySpace.Kernel } pointer && space == MemorySpace.User ? pointer with { Space = MemorySpace.User } : type;

    private ScriptType? VisitChoice(IfExpression choice)
    {
        if (choice.Condition is ComptimeExpression)
        {
            Visit(choice.Condition);
            if (choice.Condition.Constant is not { } known)
                return null;
            Expression? taken = known != 0 ? choice.Then ?? choice.Condition : choice.Else;
            return taken is null ? VoidType.Instance : Visit(taken);
        }
        Condition(choice.Condition);
        Int128? decided = Number(choice.Condition);
        ScriptType? then = choice.Then is null ? choice.Condition.Type : VisitBranch(choice.Then, isDead: decided == 0);
        ScriptType? otherwise = choice.Else is null ? VoidType.Instance : VisitBranch(choice.Else, isDead: decided is not null && decided != 0);
        if (then is null || otherwise is null)
            return null;
        if (then is VoidType && otherwise is VoidType)
            return VoidType.Instance;
        return TypeRules.Promote(TypeRules.ValueOf(then), TypeRules.ValueOf(otherwise), Settings.MaximumStringLength) is { } both
            ? TypeRules.Plain(both)
            : Error(choice, $"one branch is of type {then.Name}, the other of type {otherwise.Name}");
    }

    // fail() is an error where it would be reached.
    private ScriptType? VisitBranch(Expression branch, bool isDead)
    {
        _dead += isDead ? 1 : 0;
        ScriptType? type = Visit(branch);
        _dead -= isDead ? 1 : 0;
        return type;
    }

    private ScriptType? VisitBlock(BlockExpression block)
    {
        Enter(block);
        foreach (Statement statement in block.Statements)
            Visit(statement);
        ScriptType? type = block.Value is null ? VoidType.Instance : Visit(block.Value);
        Leave();
        return type;
    }

    private ScriptType? VisitComptime(ComptimeExpression known)
    {
        if (Visit(known.Operand) is not { } type)
            return null;
        known.Constant = known.Operand.Constant;
        return known.Constant is null && known.Operand is not StringLiteral
            ? Error(known, "the value is not known before the script runs")
            : type;
    }

    /// <summary>A type as it is written, or that of an expression.</summary>
    private ScriptType? Resolve(TypeSyntax syntax)
    {
        switch (syntax)
        {
            case TypeofSyntax of:
                return VisitUnevaluated(of.Operand);
            case PointerTypeSyntax pointer when HasTypeof(pointer):
                return Resolve(pointer.Element) is { } target ? new PointerType(target, MemorySpace.Kernel) : null;
            case ArrayTypeSyntax array when HasTypeof(array):
                return Resolve(array.Element) is { } element ? new ArrayType(element, (int)Math.Min(array.Length ?? 0, int.MaxValue)) : null;
            default:
                return Types.Resolve(syntax, Messages);
        }
    }

    private static bool HasTypeof(TypeSyntax syntax) => syntax switch
    {
        TypeofSyntax => true,
        PointerTypeSyntax pointer => HasTypeof(pointer.Element),
        ArrayTypeSyntax array => HasTypeof(array.Element),
        _ => false,
    };

    private ScriptType? VisitUnevaluated(Expression operand)
    {
        _unevaluated++;
        // A map as a whole is its key here, as macros declare variables for keys.
        ScriptType? type = operand is MapExpression map && Maps.Find(map.Name) is { HasKey: true } known ? known.Key : Visit(operand);
        _unevaluated--;
        return type;
    }

    private ScriptType? VisitSizeof(SizeofExpression size)
    {
        // A word that could be a type may be a constant, which is as large as its enumeration.
        ScriptType? type = size.Operand is NamedTypeSyntax word && !Types.Has(word) && Types.FindConstant(word.Name) is { } constant
            ? constant.Type ?? (ScriptType)IntegerType.Int64 : Resolve(size.Operand);
        return type is null ? null : Known(size, type.Size);
    }

    private ScriptType? VisitOffsetof(OffsetofExpression offset)
    {
        ScriptType? type = Resolve(offset.Operand);
        Int128 at = 0;
        foreach (string name in offset.Fields)
        {
            if (type is null)
                return null;
            while (type is PointerType pointer)
                type = pointer.Target;
            if (type is not RecordType record)
                return Error(offset, $"{type.Name} is no struct: it has no field '{name}'");
            if (record.Find(name) is not { } field)
                return NoField(offset.Span, record, name);
            at += field.Offset;
            type = field.Type;
        }
        return Known(offset, at);
    }

    private ScriptType? VisitTypeinfo(TypeinfoExpression info)
    {
        if (Resolve(info.Operand) is not { } type)
            return null;
        SourceSpan span = info.Span;
        return Mean(info, new RecordExpression(span,
        [
            new RecordElement(span, "btf_id", new IntegerLiteral(span, Types.IdOf(type))),
            new RecordElement(span, "base_type", new StringLiteral(span, BaseName(type))),
            new RecordElement(span, "full_type", new StringLiteral(span, type.Name)),
        ]));
    }

    /// <summary>What kind of type it is: <c>int</c>, <c>string</c>, <c>pointer</c>.</summary>
    internal static string BaseName(ScriptType type) => type switch
    {
        IntegerType or EnumType => "int",
        StringType => "string",
        PointerType => "pointer",
        ArrayType => "array",
        BufferType => "buffer",
        RecordType => "c_type",
        TupleType { Names: null } => "tuple",
        TupleType => "record",
        _ => type.Name,
    };
}
