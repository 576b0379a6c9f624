namespace PerfTrace.Kernel;

/// <summary>Makes the decoder of a type, and the classes that it needs. Classes are never unloaded: a layout has only one.</summary>
internal static class BtfDecoderBuilder
{
    private static readonly Lock Guard = new();
    private static readonly Dictionary<string, BtfDecoder> Structs = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, Type> Enums = new(StringComparer.Ordinal);

    public static BtfDecoder Build(BtfType type)
    {
        _ = BtfLayout.Of(type); // refuses what contains itself
        lock (Guard)
            return For(type, type.Name, isLast: true);
    }

    /// <summary>The decoder of a member or element. Under the lock.</summary>
    /// <param name="type">The type.</param>
    /// <param name="name">What to call the class of a struct that has no name.</param>
    /// <param name="isLast">An array without a length has all that follows.</param>
    public static BtfDecoder For(BtfType type, string name, bool isLast)
    {
        type = type.Kind == BtfKind.Variable ? type.Type!.Resolve() : type.Resolve();
        return type.Kind switch
        {
            BtfKind.Integer when type.IsBoolean => new BooleanDecoder((int)type.Size!.Value),
            BtfKind.Integer or BtfKind.Pointer => Number(type),
            BtfKind.Float => type.Size switch
            {
                2 => new PlainDecoder<Half>(),
                4 => new PlainDecoder<float>(),
                8 => new PlainDecoder<double>(),
                var size => new BytesDecoder((int)size!.Value),
            },
            BtfKind.Enum or BtfKind.Enum64 => Make(typeof(PlainDecoder<>), EnumType(type, name)),
            BtfKind.Array => Array(type, name, isLast),
            BtfKind.Struct or BtfKind.Union or BtfKind.DataSection => Struct(type, name),
            _ => throw new BtfValueException("", type.TypeName, $"{type.TypeName} has no values"),
        };
    }

    /// <summary>The .NET enumeration of one of C. Several names of one value: the first.</summary>
    public static Type EnumType(BtfType type, string name)
    {
        Type number = IntegerType(type);
        if (type.Enumerators.Count == 0)
            return number;
        string layout = BtfLayout.Of(type);
        if (!Enums.TryGetValue(layout, out Type? known))
            Enums[layout] = known = BtfTypeBuilder.BuildEnum(type, number, type.Name.Length > 0 ? type.Name : name);
        return known;
    }

    /// <summary>The .NET type of an integer, enumeration or pointer of 1 to 16 bytes.</summary>
    public static Type IntegerType(BtfType type) => (type.Size, type.IsSigned) switch
    {
        (1, true) => typeof(sbyte),
        (1, false) => typeof(byte),
        (2, true) => typeof(short),
        (2, false) => typeof(ushort),
        (4, true) => typeof(int),
        (4, false) => typeof(uint),
        (8, true) => typeof(long),
        (8, false) => typeof(ulong),
        (16, true) => typeof(Int128),
        (16, false) => typeof(UInt128),
        _ => throw type.Damage($"it is a number of {type.Size} bytes"),
    };

    private static BtfDecoder Number(BtfType type) => Make(typeof(PlainDecoder<>), IntegerType(type));

    private static BtfDecoder Array(BtfType type, string name, bool isLast)
    {
        _ = type.Size; // refuses what is larger than can be
        int length = (int)Math.Min(type.Length!.Value, int.MaxValue);
        bool isFlexible = isLast && length == 0;
        if (type.Type!.Resolve() is { IsCharacter: true })
            return new TextDecoder(length, isFlexible);
        BtfDecoder element = For(type.Type!, name, isLast: false);
        if (element.GetType().IsGenericType && element.GetType().GetGenericTypeDefinition() == typeof(PlainDecoder<>))
            return Make(typeof(PlainArrayDecoder<>), element.ValueType, length, isFlexible);
        // Elements without a size have no values, however many there are said to be.
        return Make(typeof(ArrayDecoder<>), element.ValueType, element, element.Size == 0 ? 0 : length, isFlexible);
    }

    private static BtfDecoder Struct(BtfType type, string name)
    {
        string layout = BtfLayout.Of(type);
        if (Structs.TryGetValue(layout, out BtfDecoder? known))
            return known;
        (Type made, BtfValueFactory create, bool isFlexible) = BtfTypeBuilder.BuildClass(type, type.Name.Length > 0 ? type.Name : name);
        return Structs[layout] = Make(typeof(StructDecoder<>), made, create, (int)type.Size!.Value, isFlexible);
    }

    private static BtfDecoder Make(Type decoder, Type value, params object[] arguments) => (BtfDecoder)Activator.CreateInstance(decoder.MakeGenericType(value), arguments)!;
}
