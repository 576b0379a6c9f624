namespace PerfTrace.BpfTrace;

// Functions of text and bytes.
internal sealed partial class ProbeChecker
{
    // str(address), str(address, length): one more byte than the length, for the end.
    public ScriptType? CheckStr(CallExpression call)
    {
        int capacity = Settings.MaximumStringLength;
        if (call.Arguments.Count > 1)
        {
            NumberArgument(call, 1);
            if (Number(call.Arguments[1]) is { } length)
            {
                if (length < 0)
                    return Error(call.Arguments[1], $"{call.Name}() takes a length here, not {length}");
                if (length + 1 > capacity)
                    Messages.Warn(call.Arguments[1].Span, $"the string may have {capacity - 1} bytes, not {length}", "the setting max_strlen says how long a string may be");
                else
                    capacity = (int)length + 1;
            }
        }
        if (Visit(call.Arguments[0]) is not { } type)
            return null;
        if (type is not (PointerType or StringType or IntegerType or EnumType or ArrayType { Element.Size: 1 }))
            return Wrong(call, 0, "the address of a text");
        return new StringType(capacity);
    }

    public ScriptType? CheckBuf(CallExpression call)
    {
        int most = Settings.MaximumStringLength - BufferType.LengthSize;
        ScriptType? type = Visit(call.Arguments[0]);
        int? length = null;
        if (call.Arguments.Count > 1)
        {
            NumberArgument(call, 1);
            if (Number(call.Arguments[1]) is { } known)
            {
                if (known < 0)
                    return Error(call.Arguments[1], $"buf() takes a length here, not {known}");
                length = (int)Int128.Min(known, most);
            }
        }
        if (type is null)
            return null;
        if (type is not (PointerType or StringType or IntegerType or ArrayType or RecordType))
            return Wrong(call, 0, "an address, an array or a string");
        if (call.Arguments.Count == 1)
        {
            if (type is not (ArrayType or StringType or RecordType))
                return Error(call, $"buf() takes a length with a value of type {type.Name}");
            length = Math.Min(type.Size, most);
        }
        return new BufferType(length ?? most);
    }

    public ScriptType CheckStrNCmp(CallExpression call)
    {
        TextArgument(call, 0);
        TextArgument(call, 1);
        KnownNumber(call, 2, 0, long.MaxValue);
        return IntegerType.UInt64;
    }

    public ScriptType CheckSearch(CallExpression call)
    {
        TextArgument(call, 0);
        TextArgument(call, 1);
        return IntegerType.Int64;
    }

    // It is where it is found.
    public ScriptType? CheckContains(CallExpression call)
    {
        SourceSpan span = call.Span;
        return TextArgument(call, 0) is null | TextArgument(call, 1) is null ? null
            : Mean(call, new BinaryExpression(span, new CallExpression(span, "strstr", call.Arguments), BinaryOperator.GreaterOrEqual, new IntegerLiteral(span, 0)));
    }

    public ScriptType? CheckConcat(CallExpression call) =>
        TextArgument(call, 0) is StringType first && TextArgument(call, 1) is StringType second
            ? new StringType(Math.Min(first.Capacity + second.Capacity - 1, Settings.MaximumStringLength))
            : null;

    public ScriptType CheckLength(CallExpression call)
    {
        LikeText(call);
        return IntegerType.UInt64;
    }

    // Of an address nothing but the text tells.
    public ScriptType? CheckCapacity(CallExpression call) => LikeText(call) switch
    {
        null => null,
        PointerType => Mean(call, new CallExpression(call.Span, "strlen", call.Arguments)),
        var type => Known(call, type.Size, IntegerType.Int64),
    };

    /// <summary>The room of a text whose length nothing tells.</summary>
    public ScriptType CheckDefaultLength(CallExpression call) => Known(call, Settings.MaximumStringLength, IntegerType.UInt64);

    private ScriptType? LikeText(CallExpression call) => Visit(call.Arguments[0]) switch
    {
        null => null,
        StringType or ArrayType { Element.Size: 1 } or PointerType { Target.Size: 1 } => call.Arguments[0].Type,
        _ => Wrong(call, 0, "a text"),
    };

    public ScriptType CheckMemCmp(CallExpression call)
    {
        for (int i = 0; i < 2; i++)
        {
            if (Visit(call.Arguments[i]) is { } type && type is not (StringType or ArrayType or PointerType or BufferType or RecordType or TupleType))
                Wrong(call, i, "an address, an array or a string");
        }
        NumberArgument(call, 2);
        return IntegerType.Int32;
    }

    public ScriptType? CheckPath(CallExpression call)
    {
        long? size = call.Arguments.Count > 1 ? KnownNumber(call, 1, 1, Settings.MaximumStringLength) : Settings.MaximumStringLength;
        if (Visit(call.Arguments[0]) is { } type && type is not (RecordType or PointerType))
            return Wrong(call, 0, "a struct path or its address");
        return size is null ? null : new StringType((int)size.Value);
    }

    public ScriptType CheckReg(CallExpression call)
    {
        KnownText(call, 0);
        return IntegerType.UInt64;
    }

    public ScriptType CheckSkbOutput(CallExpression call)
    {
        if (KnownText(call, 0, isUnbounded: true) is { } path)
            call.Text = Text(path);
        if (Visit(call.Arguments[1]) is { } type and not PointerType)
            Wrong(call, 1, "the address of a struct sk_buff");
        NumberArgument(call, 2);
        NumberArgument(call, 3);
        return IntegerType.UInt32;
    }

    private ScriptType? TextArgument(CallExpression call, int at)
    {
        if (Visit(call.Arguments[at]) is not { } type)
            return null;
        return type is StringType ? type : Wrong(call, at, "a text");
    }
}
