namespace PerfTrace.Symbols;

/// <summary>Names of Rust compilers, mangling v0 (RFC 2603).</summary>
internal static class RustName
{
    /// <summary>The path without the hashes of crates; null when it is no such name.</summary>
    public static string? Demangle(string name)
    {
        // Behind a dot is what the code generator appended: .llvm.1234, .cold.
        int end = name.IndexOf('.');
        ReadOnlySpan<char> symbol = end < 0 ? name : name.AsSpan(0, end);
        if (symbol.Length < 3 || !symbol.StartsWith("_R") || !char.IsAsciiLetterUpper(symbol[2]) || symbol.ContainsAnyExcept(RustNameReader.Characters))
            return null;
        var parser = new RustNameParser(symbol[2..].ToString());
        return parser.TryParse() ? parser.Text : null;
    }
}
