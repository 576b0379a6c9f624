using System.Reflection;

namespace PerfTrace.Bench;

/// <summary>The command line.</summary>
/// <param name="Names">Which measurements; all when there are none.</param>
/// <param name="Check">Exit with 1 when a goal is clearly missed.</param>
/// <param name="Module">The module's manifest.</param>
internal sealed record BenchOptions(IReadOnlyList<string> Names, bool Check, string Module)
{
    public const string Usage = "usage: PerfTrace.Bench [--check] [--module PerfTrace.psd1] [accuracy] [list] [open] [interval] [shell] [flood] [pipe] [pipe-shell] [samples] [record] [maps] [btf] [ring] [script]";

    private static readonly string Root = typeof(BenchOptions).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(static a => a.Key == "RepositoryRoot").Value!;

    public static string Script(string name) => Path.Combine(Root, "bench/PerfTrace.Bench/Shell", name);

    /// <exception cref="FormatException">An option is not known.</exception>
    public static BenchOptions Parse(string[] arguments, IReadOnlyCollection<string> known)
    {
        var names = new List<string>();
        bool check = false;
        string module = Path.Combine(Root, "PerfTrace.psd1");
        for (int i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--check":
                    check = true;
                    break;
                case "--module" when i + 1 < arguments.Length:
                    module = Path.GetFullPath(arguments[++i]);
                    break;
                case var name when known.Contains(name):
                    names.Add(name);
                    break;
                default:
                    throw new FormatException($"'{arguments[i]}' is not known.\n{Usage}");
            }
        }
        return new BenchOptions(names, check, module);
    }
}
