using System.Runtime.CompilerServices;
using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>The constants of the kernel's enumerations by name: all are read when the first is asked for, and kept with the types.</summary>
internal static class KernelConstants
{
    private static readonly ConditionalWeakTable<BtfTypes, Dictionary<string, (BtfType Type, long Value)>> Known = [];

    public static (BtfType Type, long Value)? Find(BtfTypes types, string name) => Of(types).TryGetValue(name, out (BtfType, long) found) ? found : null;

    public static IEnumerable<string> Names(BtfTypes types) => Of(types).Keys;

    private static Dictionary<string, (BtfType Type, long Value)> Of(BtfTypes types) => Known.GetValue(types, Read);

    private static Dictionary<string, (BtfType Type, long Value)> Read(BtfTypes types)
    {
        var constants = new Dictionary<string, (BtfType, long)>(StringComparer.Ordinal);
        foreach (BtfType type in types)
        {
            if (type.Kind is not (BtfKind.Enum or BtfKind.Enum64))
                continue;
            foreach (BtfEnumerator enumerator in type.Enumerators)
                constants.TryAdd(enumerator.Name, (type, (long)enumerator.Bits));
        }
        return constants;
    }
}
