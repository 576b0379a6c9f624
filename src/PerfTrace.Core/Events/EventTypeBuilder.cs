using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using PerfTrace.Kernel;

namespace PerfTrace.Events;

/// <summary>Writes the class of an event: the record's fixed part lies inside the object, and properties read from it.</summary>
/// <remarks>
/// One allocation holds the envelope and the record, so that an event costs its own size and one copy; nothing is decoded until a
/// property is asked for. Only what the kernel appends behind the fixed part (dynamic strings and arrays) is an array of its own.
/// </remarks>
internal static class EventTypeBuilder
{
    private static readonly Lock Guard = new();
    private static readonly GeneratedModules Modules = new("PerfTrace.Events.Generated");

    /// <summary>The envelope, the record, and how many bytes that has.</summary>
    private static readonly Type[] Arguments = [typeof(EventEnvelope).MakeByRefType(), typeof(byte).MakeByRefType(), typeof(int)];

    private static readonly ConstructorInfo BaseConstructor = typeof(TraceEvent).GetConstructor(GeneratedMembers.Instance, [typeof(EventEnvelope).MakeByRefType()])!;
    private static readonly MethodInfo CreateSpan = typeof(MemoryMarshal).GetMethod(nameof(MemoryMarshal.CreateReadOnlySpan))!.MakeGenericMethod(typeof(byte));

    /// <summary>The field lies, wholly or in part, behind the fixed part of the record.</summary>
    public static bool IsDynamic(EventField field) =>
        field.Size == 0 || field.TypeName.StartsWith("__data_loc ", StringComparison.Ordinal) || field.TypeName.StartsWith("__rel_loc ", StringComparison.Ordinal);

    public static int FixedSizeOf(EventFormat format) =>
        format.CommonFields.Concat(format.Fields).Select(static f => f.Offset + f.Size).DefaultIfEmpty(0).Max();

    public static (Type Type, EventSchema.EventFactory Create) Build(EventSchema schema)
    {
        lock (Guard)
            return BuildType(schema);
    }

    private static (Type, EventSchema.EventFactory) BuildType(EventSchema schema)
    {
        TypeBuilder type = Modules.DefineClass($"PerfTrace.Event.{schema.Format.System}.{schema.Format.Name}", typeof(TraceEvent));
        FieldBuilder record = type.DefineField("_record", GeneratedRecords.Of(schema.FixedSize), FieldAttributes.Private);
        FieldBuilder? tail = schema.HasDynamicPart ? type.DefineField("_tail", typeof(byte[]), FieldAttributes.Private) : null;
        FieldBuilder schemaField = type.DefineField("s_schema", typeof(EventSchema), FieldAttributes.Public | FieldAttributes.Static);

        ConstructorBuilder constructor = DefineConstructor(type, record, tail, schema.FixedSize);
        type.DefineFactory(constructor, Arguments);
        type.OverrideGetter("Schema", typeof(EventSchema), il => il.Emit(OpCodes.Ldsfld, schemaField));
        type.OverrideGetter("FixedPart", typeof(ReadOnlySpan<byte>), il =>
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldflda, record);
            il.Emit(OpCodes.Ldc_I4, schema.FixedSize);
            il.Emit(OpCodes.Call, CreateSpan);
        });
        if (tail is not null)
        {
            type.OverrideGetter("DynamicPart", typeof(byte[]), il =>
            {
                il.Emit(OpCodes.Ldarg_0);
                il.Emit(OpCodes.Ldfld, tail);
            });
        }
        foreach (EventProperty property in schema.Properties)
            DefineProperty(type, record, property);

        Type made = type.CreateType();
        made.GetField("s_schema")!.SetValue(null, schema);
        return (made, made.GetMethod("Create")!.CreateDelegate<EventSchema.EventFactory>());
    }

    private static ConstructorBuilder DefineConstructor(TypeBuilder type, FieldBuilder record, FieldBuilder? tail, int fixedSize)
    {
        ConstructorBuilder constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.HasThis, Arguments);
        ILGenerator il = constructor.GetILGenerator();
        Label isShort = il.DefineLabel(), copied = il.DefineLabel();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Call, BaseConstructor);

        il.Emit(OpCodes.Ldarg_3);
        il.Emit(OpCodes.Ldc_I4, fixedSize);
        il.Emit(OpCodes.Blt, isShort);
        EmitCopy(il, record, il => il.Emit(OpCodes.Ldc_I4, fixedSize)); // of constant size: the JIT makes moves of it
        if (tail is not null)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldarg_2);
            il.Emit(OpCodes.Ldc_I4, fixedSize);
            il.Emit(OpCodes.Ldarg_3);
            il.Emit(OpCodes.Call, typeof(TraceEvent).GetMethod("CopyTail", BindingFlags.Static | BindingFlags.NonPublic)!);
            il.Emit(OpCodes.Stfld, tail);
        }
        il.Emit(OpCodes.Br, copied);
        il.MarkLabel(isShort);
        EmitCopy(il, record, static il => il.Emit(OpCodes.Ldarg_3));
        il.MarkLabel(copied);
        il.Emit(OpCodes.Ret);
        return constructor;
    }

    private static void EmitCopy(ILGenerator il, FieldBuilder record, Action<ILGenerator> size)
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldflda, record);
        il.Emit(OpCodes.Ldarg_2);
        size(il);
        il.Emit(OpCodes.Unaligned, (byte)1);
        il.Emit(OpCodes.Cpblk);
    }

    private static void DefineProperty(TypeBuilder type, FieldBuilder record, EventProperty property) => type.DefineGetter(property.Name, property.Type, il =>
    {
        if (property.SymbolIndex is { } index)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldc_I4, index);
            il.Emit(OpCodes.Call, Helper("Symbol"));
        }
        else
        {
            EmitField(il, record, property.Field);
        }
    });

    private static void EmitField(ILGenerator il, FieldBuilder record, EventField field)
    {
        il.Emit(OpCodes.Ldarg_0);
        if (field.Kind is EventFieldKind.Integer or EventFieldKind.Pointer)
        {
            il.Emit(OpCodes.Ldflda, record);
            il.Emit(OpCodes.Ldc_I4, field.Offset);
            il.Emit(OpCodes.Add);
            il.EmitLoad(field.Type);
            return;
        }
        il.Emit(OpCodes.Ldc_I4, field.Offset);
        bool isString = field.Type == typeof(string);
        if (field.Size == 0)
        {
            il.Emit(OpCodes.Call, isString ? Helper("TrailingString") : Helper("TrailingArray").MakeGenericMethod(field.Type.GetElementType()!));
        }
        else if (IsDynamic(field))
        {
            il.Emit(field.IsRelative ? OpCodes.Ldc_I4_1 : OpCodes.Ldc_I4_0);
            il.Emit(OpCodes.Call, isString ? Helper("DynamicString") : Helper("DynamicArray").MakeGenericMethod(field.Type.GetElementType()!));
        }
        else
        {
            il.Emit(OpCodes.Ldc_I4, field.Size);
            il.Emit(OpCodes.Call, isString ? Helper("FixedString") : Helper("FixedArray").MakeGenericMethod(field.Type.GetElementType()!));
        }
    }

    private static MethodInfo Helper(string name) => typeof(TraceEvent).GetMethod(name, GeneratedMembers.Instance)!;
}
