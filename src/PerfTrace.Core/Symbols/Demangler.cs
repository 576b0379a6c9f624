using System.Text;

namespace PerfTrace.Symbols;

/// <summary>
/// Makes the names of C++ and Rust compilers readable: without hashes and what the compiler added behind (<c>.cold</c>, <c>.part.0</c>).
/// </summary>
internal sealed class Demangler(SymbolNameForm form)
{
    private const string Stub = "@plt";

    // Longer names are no names; libstdc++ takes stack for them.
    private const int LongestName = 16 << 10;

    /// <summary>Names of C++ stayed as they are, as the library that can read them is not installed.</summary>
    public bool IsLibraryMissing { get; private set; }

    /// <summary>A name that a C++ or Rust compiler made.</summary>
    public static bool IsMangled(ReadOnlySpan<byte> name) => name.StartsWith("_Z"u8) || name.StartsWith("_R"u8);

    /// <summary>The name as people write it; as it is when it is of no known form.</summary>
    public string Demangle(ReadOnlySpan<byte> name)
    {
        if (form == SymbolNameForm.Raw || !IsMangled(name) || name.Length > LongestName)
            return Encoding.UTF8.GetString(name);
        string text = Encoding.UTF8.GetString(name);
        return text.EndsWith(Stub, StringComparison.Ordinal)
            ? (Demangle(text[..^Stub.Length]) ?? text[..^Stub.Length]) + Stub
            : Demangle(text) ?? text;
    }

    private string? Demangle(string name)
    {
        if (name[1] == 'R')
            return RustName.Demangle(name);
        if (RustLegacyName.Demangle(name) is { } rust)
            return rust;
        if (CppName.Demangle(name) is { } full)
            return form == SymbolNameForm.Whole ? full : CppShortName.Of(full);
        IsLibraryMissing |= CppName.IsLibraryMissing;
        return null;
    }
}
