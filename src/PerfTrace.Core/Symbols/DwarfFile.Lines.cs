using System.Runtime.InteropServices;

namespace PerfTrace.Symbols;

// The way back: from a source line to its code.
internal sealed unsafe partial class DwarfFile
{
    /// <summary>Where the code of a source line begins, as a debugger's breakpoint has it: a place for each source file that the name may mean.</summary>
    /// <param name="file">Its path, or the last parts of it: <c>readline.c</c>, <c>lib/readline.c</c>.</param>
    /// <param name="line">From 1.</param>
    /// <param name="column">From 1; 0: any.</param>
    public IReadOnlyDictionary<string, ulong> FindLine(string file, int line, int column)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        var found = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (LibDw.Die unit in _units)
        {
            LibDw.Die die = unit;
            nint lines;
            nuint count;
            if (LibDw.Lines(&die, &lines, &count) != 0)
                continue;
            for (nuint i = 0; i < count; i++)
            {
                nint one = LibDw.Line(lines, i);
                int number, at;
                ulong address;
                if (LibDw.NumberOfLine(one, &number) != 0 || number != line || (column > 0 && (LibDw.ColumnOfLine(one, &at) != 0 || at != column)) || LibDw.AddressOfLine(one, &address) != 0)
                    continue;
                if (Marshal.PtrToStringUTF8((nint)LibDw.FileOfLine(one, null, null)) is { } path && IsOf(path, file))
                    found.TryAdd(path, address);
            }
        }
        return found;
    }

    private static bool IsOf(string path, string name) => path == name || (path.EndsWith(name, StringComparison.Ordinal) && path[path.Length - name.Length - 1] == '/');
}
