using System.Globalization;

namespace PerfTrace.BpfTrace;

/// <summary>Reads the files that a script imports, each once: scripts (<c>.bt</c>) with all that they hold, C headers (<c>.h</c>) for their definitions.</summary>
internal sealed class ImportReader
{
    private const int MostFiles = 200;

    private const int MostBytes = 16 << 20;

    private readonly ScriptOptions options;
    private readonly List<ScriptDiagnostic> diagnostics;
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);

    // Those before the others that the others import: their "begin" comes first.
    private readonly List<ScriptTree> read = [];
    private long bytes;

    private ImportReader(ScriptOptions options, List<ScriptDiagnostic> diagnostics) => (this.options, this.diagnostics) = (options, diagnostics);

    /// <summary>The script with all that its imports bring.</summary>
    public static ScriptTree Read(ScriptTree tree, ScriptOptions options, List<ScriptDiagnostic> diagnostics)
    {
        if (tree.Imports.Count == 0)
            return tree;
        var reader = new ImportReader(options, diagnostics);
        if (File.Exists(tree.Source.Name))
            reader.seen.Add(Path.GetFullPath(tree.Source.Name));
        reader.ReadAll(tree.Imports, DirectoryOf(tree.Source) ?? options.Directory);
        reader.read.Add(tree);
        return tree with
        {
            Imports = [],
            Definitions = [.. reader.read.SelectMany(static t => t.Definitions)],
            Maps = [.. reader.read.SelectMany(static t => t.Maps)],
            Macros = [.. reader.read.SelectMany(static t => t.Macros)],
            Functions = [.. reader.read.SelectMany(static t => t.Functions)],
            Probes = [.. reader.read.SelectMany(static t => t.Probes)],
        };
    }

    // The files that a script lies beside; of one that was typed there are none.
    private static string? DirectoryOf(ScriptSource source) => File.Exists(source.Name) ? Path.GetDirectoryName(Path.GetFullPath(source.Name)) : null;

    private void ReadAll(IReadOnlyList<ImportDirective> imports, string directory)
    {
        foreach (ImportDirective import in imports)
        {
            try
            {
                string path = Path.GetFullPath(import.Path, directory);
                if (!Directory.Exists(path))
                    ReadFile(import, path);
                else if (Trusted(import, path))
                    foreach (string file in Directory.EnumerateFiles(path).Where(IsKnown).Order(StringComparer.Ordinal))
                        ReadFile(import, file);
            }
            catch (SyntaxError error)
            {
                diagnostics.Add(error.Diagnostic);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                diagnostics.Add(new ScriptDiagnostic(ScriptSeverity.Error, import.Span, $"the import can not be read: {e.Message}"));
            }
        }
    }

    private static bool IsKnown(string path) => Path.GetExtension(path) is ".bt" or ".h";

    private void ReadFile(ImportDirective import, string path)
    {
        if (!seen.Add(path))
            return;
        if (!IsKnown(path))
            throw new SyntaxError(import.Span, $"'{Path.GetFileName(path)}' is neither a script (.bt) nor a C header (.h)",
                path.EndsWith(".c", StringComparison.Ordinal) ? "programs in C are not compiled here" : null);
        if (!File.Exists(path))
            throw new SyntaxError(import.Span, $"there is no file '{path}'");
        Trusted(import, path);
        Trusted(import, Path.GetDirectoryName(path)!);
        if ((bytes += new FileInfo(path).Length) > MostBytes || seen.Count > MostFiles)
            throw new SyntaxError(import.Span, string.Create(CultureInfo.InvariantCulture, $"imports of more than {MostFiles} files or {MostBytes >> 20} MiB"));
        var source = new ScriptSource(path, File.ReadAllText(path));
        ScriptTree tree = ScriptParser.Parse(source, options, diagnostics);
        if (tree.Config is { } config)
            diagnostics.Add(new ScriptDiagnostic(ScriptSeverity.Error, config.Span, "a config block in an import", "it belongs into the script that is run"));
        if (path.EndsWith(".h", StringComparison.Ordinal) && tree.Probes.Count + tree.Macros.Count + tree.Functions.Count + tree.Maps.Count > 0)
            diagnostics.Add(new ScriptDiagnostic(ScriptSeverity.Error, import.Span, "a C header holds definitions only"));
        ReadAll(tree.Imports, Path.GetDirectoryName(path)!);
        read.Add(tree);
    }

    // What everybody may write is not run with the rights of the one who traces.
    private static bool Trusted(ImportDirective import, string path) =>
        (new FileInfo(path).UnixFileMode & UnixFileMode.OtherWrite) == 0
            ? true
            : throw new SyntaxError(import.Span, $"'{path}' can be written by everybody", $"chmod o-w '{path}'");
}
