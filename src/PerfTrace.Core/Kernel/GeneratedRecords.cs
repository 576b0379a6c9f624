using System.Reflection;
using System.Reflection.Emit;

namespace PerfTrace.Kernel;

/// <summary>Structures of a size for the bytes that objects of generated classes hold.</summary>
internal static class GeneratedRecords
{
    private static readonly Lock Guard = new();
    private static readonly Dictionary<int, Type> Types = [];

    // Classes of all modules have fields of these types, and find them by the name of their assembly: it must be the only one of its name.
    private static readonly ModuleBuilder Module = AssemblyBuilder
        .DefineDynamicAssembly(new AssemblyName("PerfTrace.Generated.Records"), AssemblyBuilderAccess.Run)
        .DefineDynamicModule("Records");

    /// <summary>The structure of a size. Its field only keeps the runtime from taking it for empty.</summary>
    public static Type Of(int size)
    {
        lock (Guard)
        {
            if (Types.TryGetValue(size, out Type? known))
                return known;
            TypeBuilder type = Module.DefineType($"PerfTrace.Generated.RecordOf{size}Bytes", TypeAttributes.Public | TypeAttributes.Sealed | TypeAttributes.SequentialLayout,
                typeof(ValueType), PackingSize.Size8, Math.Max(size, 1));
            type.DefineField("_first", typeof(byte), FieldAttributes.Private);
            return Types[size] = type.CreateType();
        }
    }
}
