namespace PerfTrace.Events;

/// <summary>
/// Sizes of the C types that arrays are made of. A scalar's size is in the format file; an array's element is not, where
/// its dimension is a name or open.
/// </summary>
internal static class CTypes
{
    private static readonly Dictionary<string, int> Sizes = new(StringComparer.Ordinal)
    {
        ["char"] = 1, ["signed char"] = 1, ["unsigned char"] = 1, ["bool"] = 1, ["_Bool"] = 1,
        ["u8"] = 1, ["s8"] = 1, ["__u8"] = 1, ["__s8"] = 1, ["uint8_t"] = 1, ["int8_t"] = 1,
        ["short"] = 2, ["unsigned short"] = 2, ["u16"] = 2, ["s16"] = 2, ["__u16"] = 2, ["__s16"] = 2, ["uint16_t"] = 2, ["int16_t"] = 2,
        ["__le16"] = 2, ["__be16"] = 2,
        ["int"] = 4, ["unsigned int"] = 4, ["unsigned"] = 4, ["uint"] = 4, ["u32"] = 4, ["s32"] = 4, ["__u32"] = 4, ["__s32"] = 4,
        ["uint32_t"] = 4, ["int32_t"] = 4, ["__le32"] = 4, ["__be32"] = 4, ["pid_t"] = 4, ["gfp_t"] = 4, ["dev_t"] = 4,
        ["long"] = 8, ["unsigned long"] = 8, ["long long"] = 8, ["unsigned long long"] = 8, ["u64"] = 8, ["s64"] = 8, ["__u64"] = 8,
        ["__s64"] = 8, ["uint64_t"] = 8, ["int64_t"] = 8, ["__le64"] = 8, ["__be64"] = 8, ["size_t"] = 8, ["ssize_t"] = 8,
    };

    public static bool IsCharacter(string type) => WithoutQualifiers(type) is "char";

    /// <summary>Bytes of one element on a 64-bit kernel; null for a type that is not known.</summary>
    public static int? SizeOf(string type)
    {
        string plain = WithoutQualifiers(type);
        return plain.EndsWith('*') ? sizeof(ulong) : Sizes.TryGetValue(plain, out int size) ? size : null;
    }

    private static string WithoutQualifiers(string type) =>
        string.Join(' ', type.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(static w => w is not ("const" or "volatile")));
}
