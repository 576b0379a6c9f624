namespace PerfTrace.Tests.Support;

/// <summary>A small C program that keeps a CPU busy in functions of known names: <c>busy ROUNDS</c>, 1000 rounds for some 30 ms.</summary>
internal static class BusyProgram
{
    private const string Source = """
        #include <stdlib.h>
        #include <unistd.h>
        volatile unsigned long sink;
        __attribute__((noinline)) unsigned long leaf(unsigned long n) { unsigned long s = 0; for (unsigned long i = 0; i < n; i++) s += i * i ^ s >> 3; return s; }
        __attribute__((noinline)) unsigned long recurse(int d, unsigned long n) { if (d == 0) return leaf(n); return recurse(d - 1, n) + 1; }
        __attribute__((noinline)) unsigned long middle(int d, unsigned long n) { return recurse(d, n) + leaf(n / 2); }
        int main(int c, char **v)
        {
            int rounds = c > 1 ? atoi(v[1]) : 200;
            for (int i = 0; i < rounds; i++)
            {
                sink += middle(i % 12 + 3, 20000);
                if (i % 50 == 0) { char *p = malloc(1 << 20); p[4096] = 1; free(p); getppid(); }
            }
            return 0;
        }
        """;

    /// <summary>Compiles it into a directory and returns the path.</summary>
    public static string Build(string directory, params string[] options)
    {
        string source = Path.Combine(directory, "busy.c"), program = Path.Combine(directory, "busy");
        File.WriteAllText(source, Source);
        Command.Result built = Command.Run("gcc", ["-O1", "-g", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls", .. options, source, "-o", program]);
        Assert.True(built.ExitCode == 0, built.Error);
        return program;
    }
}
