using System.Reflection;
using System.Reflection.Emit;
using System.Text;
using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>Makes the classes of records and prints, and enumerations: one for each form, however many scripts have it.</summary>
internal static class GeneratedClasses
{
    private static readonly Lock Guard = new();
    private static readonly GeneratedModules Modules = new("PerfTrace.BpfTrace.Generated");
    private static readonly Dictionary<string, (Type Type, Func<object?[], object> Create)> Classes = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, Type> Enums = new(StringComparer.Ordinal);

    /// <summary>A class with a property for each value that has a name; two properties differ by more than their case.</summary>
    /// <param name="name">What it is called, where there is no other of that name.</param>
    /// <param name="parent">It has a constructor that takes the values, and <c>ValueAt</c>.</param>
    /// <param name="properties">By the numbers of the values; null: none.</param>
    public static (Type Type, Func<object?[], object> Create) Class(string name, Type parent, IReadOnlyList<(string? Name, Type Type)> properties)
    {
        // A form is the same when it has the same properties of the same types, which have one object each.
        string form = $"{parent.Name} {name} {string.Join(' ', properties.Select(static p => $"{p.Name}:{p.Type.AssemblyQualifiedName}"))}";
        lock (Guard)
        {
            if (Classes.TryGetValue(form, out (Type, Func<object?[], object>) known))
                return known;
            TypeBuilder type = Modules.DefineClass(ClassName(name), parent);
            ConstructorBuilder constructor = DefineConstructor(type, parent);
            type.DefineFactory(constructor, typeof(object[]));
            // PowerShell does not tell upper case from lower.
            var taken = new HashSet<string>(parent.GetProperties(GeneratedMembers.Instance).Select(static p => p.Name), StringComparer.OrdinalIgnoreCase);
            for (int i = 0; i < properties.Count; i++)
            {
                if (properties[i].Name is { Length: > 0 } property && taken.Add(property))
                    DefineProperty(type, parent, property, properties[i].Type, i);
            }
            Type made = type.CreateType();
            return Classes[form] = (made, made.GetMethod("Create")!.CreateDelegate<Func<object?[], object>>());
        }
    }

    /// <summary>The enumeration of an enumeration.</summary>
    public static Type Enum(EnumType type)
    {
        Type number = ValueReader.NumberType(type.Underlying);
        string form = $"{type.Tag} {number.Name} {string.Join(' ', type.Names.Select(static n => $"{n.Key}={n.Value}"))}";
        lock (Guard)
        {
            if (Enums.TryGetValue(form, out Type? known))
                return known;
            EnumBuilder builder = Modules.DefineEnum(ClassName(type.Tag), number);
            var names = new HashSet<string>(StringComparer.Ordinal) { "value__" };
            foreach ((long value, string name) in type.Names)
            {
                if (name.Length > 0 && names.Add(name))
                    builder.DefineLiteral(name, ValueReader.Number(value, type.Underlying));
            }
            return Enums[form] = builder.CreateType();
        }
    }

    private static ConstructorBuilder DefineConstructor(TypeBuilder type, Type parent)
    {
        ConstructorBuilder constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.HasThis, [typeof(object[])]);
        ILGenerator il = constructor.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Call, parent.GetConstructor(GeneratedMembers.Instance, [typeof(object[])])!);
        il.Emit(OpCodes.Ret);
        return constructor;
    }

    private static void DefineProperty(TypeBuilder type, Type parent, string name, Type result, int index) => type.DefineGetter(name, result, il =>
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I4, index);
        il.Emit(OpCodes.Call, parent.GetMethod("ValueAt", GeneratedMembers.Instance)!);
        il.Emit(OpCodes.Unbox_Any, result);
    });

    private static string ClassName(string name)
    {
        var text = new StringBuilder("PerfTrace.BpfTrace.Types.");
        foreach (char c in name.Length == 0 ? "value" : name)
            text.Append(char.IsLetterOrDigit(c) ? c : '_');
        return text.ToString();
    }
}
