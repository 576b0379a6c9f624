namespace PerfTrace.Tests.Support;

/// <summary>Compiles C to BPF object files, with the declarations of <c>bpf/</c>.</summary>
internal static class BpfCompiler
{
    private static readonly Lazy<string> Clang = new(static () =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(static d => Path.Combine(d, "clang")).FirstOrDefault(File.Exists)
        ?? (Directory.Exists("/usr/lib") ? Directory.EnumerateDirectories("/usr/lib", "llvm-*").Order(StringComparer.Ordinal).Select(static d => Path.Combine(d, "bin/clang")).LastOrDefault(File.Exists) : null)
        ?? throw new FileNotFoundException("clang is not installed: ./test.sh installs it."));

    /// <summary>Compiles a text that begins behind <c>#include "kernel.h"</c> and a license.</summary>
    /// <returns>The object file.</returns>
    public static string Compile(TemporaryTree tree, string name, string source, params string[] options)
    {
        string text = $"#include \"kernel.h\"\nchar LICENSE[] SEC(\"license\") = \"GPL\";\n{source}";
        tree.With($"{name}.bpf.c", text);
        string target = tree[$"{name}.bpf.o"];
        string order = options.Contains("bpfeb") || options.Contains("bpfel") ? options[0] : "bpf";
        Command.Result result = Command.Run(Clang.Value,
            ["-target", order, "-mcpu=v3", "-O2", "-g", "-I", Repository.Bpf(""), .. options.Where(static o => o is not ("bpfeb" or "bpfel")), "-c", tree[$"{name}.bpf.c"], "-o", target]);
        Assert.True(result.ExitCode == 0, result.Error);
        return target;
    }
}
