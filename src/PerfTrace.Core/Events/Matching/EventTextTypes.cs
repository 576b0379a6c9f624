using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using PerfTrace.Kernel;

namespace PerfTrace.Events.Matching;

/// <summary>Makes the classes of events that are read from text: the properties of <see cref="EventSchema"/>, each of which can be null.</summary>
internal static class EventTextTypes
{
    private static readonly Lock Guard = new();
    private static readonly ConcurrentDictionary<EventSchema, Factory> Known = new();
    private static readonly GeneratedModules Modules = new("PerfTrace.Events.Text.Generated");

    /// <summary>Makes an event.</summary>
    public delegate TraceEventText Factory(ref readonly EventEnvelope envelope, string message, object?[] values);

    /// <summary>An event from its text and what that tells.</summary>
    public static TraceEventText Create(EventSchema schema, in EventEnvelope envelope, string message, RecoveredFields fields)
    {
        object?[] values = new object?[schema.Properties.Count];
        for (int i = 0; i < values.Length; i++)
        {
            EventProperty property = schema.Properties[i];
            values[i] = property.SymbolIndex is null ? fields.ValueOf(property.Field) : fields.Symbols.GetValueOrDefault(property.Field);
        }
        return FactoryOf(schema)(in envelope, message, values);
    }

    private static Factory FactoryOf(EventSchema schema)
    {
        if (Known.TryGetValue(schema, out Factory? factory))
            return factory;
        lock (Guard)
            return Known.TryGetValue(schema, out factory) ? factory : Known[schema] = Build(schema);
    }

    private static Factory Build(EventSchema schema)
    {
        Type[] arguments = [typeof(EventEnvelope).MakeByRefType(), typeof(string), typeof(object[])];
        TypeBuilder type = Modules.DefineClass($"{schema.Type.FullName}.Text", typeof(TraceEventText));
        FieldBuilder own = type.DefineField("s_schema", typeof(EventSchema), FieldAttributes.Public | FieldAttributes.Static);

        ConstructorBuilder constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.HasThis, arguments);
        ILGenerator il = constructor.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Ldarg_3);
        il.Emit(OpCodes.Call, typeof(TraceEventText).GetConstructor(GeneratedMembers.Instance, arguments)!);
        il.Emit(OpCodes.Ret);

        type.DefineFactory(constructor, arguments);
        type.OverrideGetter("Schema", typeof(EventSchema), il => il.Emit(OpCodes.Ldsfld, own));
        for (int i = 0; i < schema.Properties.Count; i++)
            DefineProperty(type, schema.Properties[i], i);
        Type made = type.CreateType();
        made.GetField("s_schema")!.SetValue(null, schema);
        return made.GetMethod("Create")!.CreateDelegate<Factory>();
    }

    private static void DefineProperty(TypeBuilder type, EventProperty property, int index)
    {
        Type shown = property.Type.IsValueType ? typeof(Nullable<>).MakeGenericType(property.Type) : property.Type;
        type.DefineGetter(property.Name, shown, il =>
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldc_I4, index);
            il.Emit(OpCodes.Call, typeof(TraceEventText).GetMethod("Value", GeneratedMembers.Instance)!);
            il.Emit(OpCodes.Unbox_Any, shown); // of a class it is a cast; null becomes no value
        });
    }
}
