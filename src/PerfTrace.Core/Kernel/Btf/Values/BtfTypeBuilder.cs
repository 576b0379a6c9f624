using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using System.Text;

namespace PerfTrace.Kernel;

/// <summary>Writes the classes of structs and the enumerations: one allocation holds the bytes, and properties read from them.</summary>
/// <remarks>Callers hold the lock of <see cref="BtfDecoderBuilder"/>.</remarks>
internal static class BtfTypeBuilder
{
    /// <summary>Larger structs, and those that end with an array without a length, have their bytes in an array.</summary>
    private const int LargestInPlace = 4096;

    private static readonly GeneratedModules Modules = new("PerfTrace.Btf.Generated");

    /// <summary>The bytes, and how many there are.</summary>
    private static readonly Type[] Arguments = [typeof(byte).MakeByRefType(), typeof(int)];

    private static readonly ConstructorInfo BaseConstructor = typeof(BtfValue).GetConstructor(GeneratedMembers.Instance, Type.EmptyTypes)!;

    private static readonly ConstructorInfo SpanOfArray = typeof(ReadOnlySpan<byte>).GetConstructor([typeof(byte[])])!;
    private static readonly MethodInfo CreateSpan = typeof(MemoryMarshal).GetMethod(nameof(MemoryMarshal.CreateReadOnlySpan))!.MakeGenericMethod(typeof(byte));

    public static Type BuildEnum(BtfType type, Type number, string name)
    {
        EnumBuilder builder = Modules.DefineEnum(ClassName(name), number);
        var values = new HashSet<ulong>();
        var names = new HashSet<string>(StringComparer.Ordinal) { "value__" };
        foreach (BtfEnumerator one in type.Enumerators)
        {
            if (one.Name.Length == 0 || !values.Add(one.Bits) || !names.Add(one.Name))
                continue;
            unchecked
            {
                object value = Type.GetTypeCode(number) switch
                {
                    TypeCode.SByte => (sbyte)one.Bits,
                    TypeCode.Byte => (byte)one.Bits,
                    TypeCode.Int16 => (short)one.Bits,
                    TypeCode.UInt16 => (ushort)one.Bits,
                    TypeCode.Int32 => (int)one.Bits,
                    TypeCode.UInt32 => (uint)one.Bits,
                    TypeCode.Int64 => (long)one.Bits,
                    TypeCode.UInt64 => one.Bits,
                    _ => throw type.Damage($"it is an enumeration of {type.Size} bytes"),
                };
                builder.DefineLiteral(one.Name, value);
            }
        }
        return builder.CreateType();
    }

    public static (Type Type, BtfValueFactory Create, bool IsFlexible) BuildClass(BtfType type, string name)
    {
        int size = (int)type.Size!.Value;
        IReadOnlyList<BtfProperty> properties = BtfProperty.Of(type);
        // What the properties need comes first: their classes must be there when this one is made.
        var decoders = new BtfDecoder?[properties.Count];
        for (int i = 0; i < decoders.Length; i++)
        {
            if (properties[i].BitFieldSize == 0)
                decoders[i] = BtfDecoderBuilder.For(properties[i].Type, $"{name}.{properties[i].Member}", properties[i].IsLast);
        }
        bool isFlexible = decoders is [.., { IsFlexible: true }];
        TypeBuilder builder = Modules.DefineClass(ClassName(name), typeof(BtfValue));
        FieldBuilder typeField = builder.DefineField("s_type", typeof(BtfType), FieldAttributes.Public | FieldAttributes.Static);
        FieldBuilder bytes = builder.DefineField("_bytes", isFlexible || size > LargestInPlace ? typeof(byte[]) : GeneratedRecords.Of(size), FieldAttributes.Private);

        builder.DefineFactory(DefineConstructor(builder, bytes, size), Arguments);
        builder.OverrideGetter("CType", typeof(BtfType), il => il.Emit(OpCodes.Ldsfld, typeField));
        builder.OverrideGetter("Bytes", typeof(ReadOnlySpan<byte>), il =>
        {
            il.Emit(OpCodes.Ldarg_0);
            if (bytes.FieldType.IsArray)
            {
                il.Emit(OpCodes.Ldfld, bytes);
                il.Emit(OpCodes.Newobj, SpanOfArray);
            }
            else
            {
                il.Emit(OpCodes.Ldflda, bytes);
                il.Emit(OpCodes.Ldc_I4, size);
                il.Emit(OpCodes.Call, CreateSpan);
            }
        });
        for (int i = 0; i < properties.Count; i++)
            DefineProperty(builder, bytes, properties[i], decoders[i], i, $"{name}.{properties[i].Member}");

        Type made = builder.CreateType();
        made.GetField(typeField.Name)!.SetValue(null, type);
        for (int i = 0; i < decoders.Length; i++)
            made.GetField(DecoderField(i))?.SetValue(null, decoders[i]);
        return (made, made.GetMethod("Create")!.CreateDelegate<BtfValueFactory>(), isFlexible);
    }

    private static ConstructorBuilder DefineConstructor(TypeBuilder type, FieldBuilder bytes, int size)
    {
        ConstructorBuilder constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.HasThis, Arguments);
        ILGenerator il = constructor.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Call, BaseConstructor);
        il.Emit(OpCodes.Ldarg_0);
        if (bytes.FieldType.IsArray)
        {
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldarg_2);
            il.Emit(OpCodes.Call, typeof(BtfValue).GetMethod("Copy", BindingFlags.Static | BindingFlags.NonPublic)!);
            il.Emit(OpCodes.Stfld, bytes);
        }
        else
        {
            il.Emit(OpCodes.Ldflda, bytes);
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldc_I4, size); // constant: the JIT makes moves of it
            il.Emit(OpCodes.Unaligned, (byte)1);
            il.Emit(OpCodes.Cpblk);
        }
        il.Emit(OpCodes.Ret);
        return constructor;
    }

    private static void DefineProperty(TypeBuilder type, FieldBuilder bytes, BtfProperty property, BtfDecoder? decoder, int index, string path)
    {
        Type result = decoder?.ValueType ?? BitFieldType(property, path);
        type.DefineGetter(property.Name, result, il => EmitProperty(type, il, bytes, property, decoder, index, result));
    }

    private static void EmitProperty(TypeBuilder type, ILGenerator il, FieldBuilder bytes, BtfProperty property, BtfDecoder? decoder, int index, Type result)
    {
        int offset = (int)(property.BitOffset / 8);
        il.Emit(OpCodes.Ldarg_0);
        if (decoder is null)
        {
            il.Emit(OpCodes.Ldc_I4, (int)property.BitOffset);
            il.Emit(OpCodes.Ldc_I4, property.BitFieldSize);
            il.Emit(property.Type.Resolve().IsSigned ? OpCodes.Ldc_I4_1 : OpCodes.Ldc_I4_0);
            il.Emit(OpCodes.Call, typeof(BtfValue).GetMethod("Bits", GeneratedMembers.Instance)!);
            EmitNarrow(il, result);
        }
        else if (IsLoadable(decoder) && !bytes.FieldType.IsArray)
        {
            il.Emit(OpCodes.Ldflda, bytes);
            il.Emit(OpCodes.Ldc_I4, offset);
            il.Emit(OpCodes.Add);
            il.EmitLoad(result);
        }
        else
        {
            FieldBuilder field = type.DefineField(DecoderField(index), typeof(BtfDecoder<>).MakeGenericType(result), FieldAttributes.Public | FieldAttributes.Static);
            LocalBuilder slice = il.DeclareLocal(typeof(ReadOnlySpan<byte>));
            il.Emit(OpCodes.Ldc_I4, offset);
            il.Emit(OpCodes.Ldc_I4, decoder.IsFlexible ? -1 : decoder.Size);
            il.Emit(OpCodes.Call, typeof(BtfValue).GetMethod("Slice", GeneratedMembers.Instance)!);
            il.Emit(OpCodes.Stloc, slice);
            il.Emit(OpCodes.Ldsfld, field);
            il.Emit(OpCodes.Ldloc, slice);
            il.Emit(OpCodes.Callvirt, field.FieldType.GetMethod("Read")!);
        }
    }

    private static Type BitFieldType(BtfProperty property, string path) => property.Type.Resolve() switch
    {
        { IsBoolean: true } => typeof(bool),
        { Kind: BtfKind.Enum or BtfKind.Enum64 } type when type.Size <= sizeof(ulong) => BtfDecoderBuilder.EnumType(type, path),
        { Kind: BtfKind.Integer } type when type.Size <= sizeof(ulong) => BtfDecoderBuilder.IntegerType(type),
        var type => throw type.Damage($"the bit field {path} is of type {type.TypeName}"),
    };

    private static bool IsLoadable(BtfDecoder decoder) =>
        decoder.GetType().IsGenericType && decoder.GetType().GetGenericTypeDefinition() == typeof(PlainDecoder<>) && decoder.ValueType is { } type
        && (type.IsEnum || Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.UInt64);

    // From 64 bits.
    private static void EmitNarrow(ILGenerator il, Type type)
    {
        switch (Type.GetTypeCode(type))
        {
            case TypeCode.Boolean:
                il.Emit(OpCodes.Ldc_I4_0);
                il.Emit(OpCodes.Conv_I8);
                il.Emit(OpCodes.Cgt_Un);
                break;
            case TypeCode.SByte: il.Emit(OpCodes.Conv_I1); break;
            case TypeCode.Byte: il.Emit(OpCodes.Conv_U1); break;
            case TypeCode.Int16: il.Emit(OpCodes.Conv_I2); break;
            case TypeCode.UInt16: il.Emit(OpCodes.Conv_U2); break;
            case TypeCode.Int32: il.Emit(OpCodes.Conv_I4); break;
            case TypeCode.UInt32: il.Emit(OpCodes.Conv_U4); break;
        }
    }

    private static string DecoderField(int index) => string.Create(CultureInfo.InvariantCulture, $"s_decoder{index}");

    // Rust's names of types, for one, have signs that the names of .NET give a meaning to.
    private static string ClassName(string name)
    {
        var text = new StringBuilder("PerfTrace.Btf.");
        foreach (char c in name.Trim('.').Length == 0 ? "value" : name.Trim('.'))
            text.Append(char.IsLetterOrDigit(c) || c is '_' or '.' ? c : '_');
        return text.ToString();
    }
}
