using System.Collections.Frozen;

namespace PerfTrace.BpfTrace;

/// <summary>Types that have a name of their own: those of the language, those of C on a machine of 64 bits, and the kernel's names of a width.</summary>
internal static class CTypeNames
{
    private static readonly IntegerType Int8 = new(1, true), UInt8 = new(1, false), Int16 = new(2, true), UInt16 = new(2, false);

    private static readonly FrozenDictionary<string, ScriptType> Types = new Dictionary<string, ScriptType>(StringComparer.Ordinal)
    {
        ["void"] = VoidType.Instance,
        ["bool"] = BooleanType.Instance, ["_Bool"] = BooleanType.Instance,
        ["int8"] = Int8, ["int16"] = Int16, ["int32"] = IntegerType.Int32, ["int64"] = IntegerType.Int64,
        ["uint8"] = UInt8, ["uint16"] = UInt16, ["uint32"] = IntegerType.UInt32, ["uint64"] = IntegerType.UInt64,
        ["char"] = Int8, ["signed char"] = Int8, ["unsigned char"] = UInt8,
        ["short"] = Int16, ["unsigned short"] = UInt16, ["short int"] = Int16, ["short unsigned int"] = UInt16,
        ["int"] = IntegerType.Int32, ["unsigned int"] = IntegerType.UInt32, ["unsigned"] = IntegerType.UInt32,
        ["long"] = IntegerType.Int64, ["unsigned long"] = IntegerType.UInt64, ["long int"] = IntegerType.Int64, ["long unsigned int"] = IntegerType.UInt64,
        ["long long"] = IntegerType.Int64, ["unsigned long long"] = IntegerType.UInt64, ["long long int"] = IntegerType.Int64,
        ["long long unsigned int"] = IntegerType.UInt64,
        ["int8_t"] = Int8, ["int16_t"] = Int16, ["int32_t"] = IntegerType.Int32, ["int64_t"] = IntegerType.Int64,
        ["uint8_t"] = UInt8, ["uint16_t"] = UInt16, ["uint32_t"] = IntegerType.UInt32, ["uint64_t"] = IntegerType.UInt64,
        ["s8"] = Int8, ["s16"] = Int16, ["s32"] = IntegerType.Int32, ["s64"] = IntegerType.Int64,
        ["u8"] = UInt8, ["u16"] = UInt16, ["u32"] = IntegerType.UInt32, ["u64"] = IntegerType.UInt64,
        ["__s8"] = Int8, ["__s16"] = Int16, ["__s32"] = IntegerType.Int32, ["__s64"] = IntegerType.Int64,
        ["__u8"] = UInt8, ["__u16"] = UInt16, ["__u32"] = IntegerType.UInt32, ["__u64"] = IntegerType.UInt64,
        ["size_t"] = IntegerType.UInt64, ["ssize_t"] = IntegerType.Int64, ["uintptr_t"] = IntegerType.UInt64, ["intptr_t"] = IntegerType.Int64,
        ["pid_t"] = IntegerType.Int32, ["uid_t"] = IntegerType.UInt32, ["gid_t"] = IntegerType.UInt32, ["dev_t"] = IntegerType.UInt32,
        ["loff_t"] = IntegerType.Int64, ["off_t"] = IntegerType.Int64, ["umode_t"] = UInt16, ["gfp_t"] = IntegerType.UInt32,
        ["__be16"] = UInt16, ["__be32"] = IntegerType.UInt32, ["__be64"] = IntegerType.UInt64,
        ["__le16"] = UInt16, ["__le32"] = IntegerType.UInt32, ["__le64"] = IntegerType.UInt64,
        // The language's own; a size behind them is the room they have.
        ["string"] = new StringType(0), ["buffer"] = new BufferType(0), ["inet"] = new ResolvedType(ResolvedKind.InternetAddress),
        ["username_t"] = new ResolvedType(ResolvedKind.UserName), ["ksym_t"] = new ResolvedType(ResolvedKind.KernelSymbol),
        ["usym_t"] = new ResolvedType(ResolvedKind.UserSymbol), ["timestamp"] = new ResolvedType(ResolvedKind.Timestamp),
        ["macaddr_t"] = new ResolvedType(ResolvedKind.MacAddress), ["mac_address"] = new ResolvedType(ResolvedKind.MacAddress),
        ["cgroup_path_t"] = new ResolvedType(ResolvedKind.CGroupPath),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> Names => Types.Keys;

    public static ScriptType? Find(string name) => Types.GetValueOrDefault(name);
}
