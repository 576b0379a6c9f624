using System.Runtime.InteropServices;

namespace PerfTrace.Symbols;

/// <summary>C++ names through <c>__cxa_demangle</c> of libstdc++ (cxxabi.h), which is loaded when first called.</summary>
internal static partial class CppName
{
    private const string Library = "libstdc++.so.6";

    /// <summary>What to say when it is not installed.</summary>
    public const string Advice = $"{Library} is not installed (the package libstdc++6 on Debian and Ubuntu, libstdc++ on Fedora)";

    private static volatile bool s_isMissing;

    /// <summary>The library is not there: names stay as they are.</summary>
    public static bool IsLibraryMissing => s_isMissing;

    /// <summary>The name with return type and parameters; null when it is none, or the library is not there.</summary>
    public static string? Demangle(string name)
    {
        if (s_isMissing)
            return null;
        // What compilers append to copies of a function is no part of the name; the library would put it into brackets.
        int end = name.AsSpan().IndexOfAny('.', '@');
        return (end < 0 ? null : DemangleWhole(name[..end])) ?? DemangleWhole(name);
    }

    private static unsafe string? DemangleWhole(string name)
    {
        try
        {
            int status;
            byte* text = Demangle(name, null, null, &status);
            if (text is null)
                return null;
            string result = Marshal.PtrToStringUTF8((nint)text)!;
            NativeMemory.Free(text);
            return status == 0 ? result : null;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            s_isMissing = true;
            return null;
        }
    }

    [LibraryImport(Library, EntryPoint = "__cxa_demangle", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial byte* Demangle(string mangled, byte* buffer, nuint* length, int* status);
}
