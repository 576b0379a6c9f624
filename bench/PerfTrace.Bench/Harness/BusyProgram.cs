using System.Globalization;

namespace PerfTrace.Bench;

/// <summary>A C program that computes, with call chains of 3 to 25 functions, for so many seconds.</summary>
internal static class BusyProgram
{
    private const string Source = """
        #include <stdlib.h>
        #include <time.h>
        volatile unsigned long sink;
        __attribute__((noinline)) unsigned long leaf(unsigned long n) { unsigned long s = 0; for (unsigned long i = 0; i < n; i++) s += i * i ^ s >> 3; return s; }
        __attribute__((noinline)) unsigned long recurse(int d, unsigned long n) { if (d == 0) return leaf(n); return recurse(d - 1, n) + 1; }
        __attribute__((noinline)) unsigned long middle(int d, unsigned long n) { return recurse(d, n) + leaf(n / 2); }
        int main(int c, char **v)
        {
            double end = clock() + atof(v[1]) * CLOCKS_PER_SEC;
            for (int i = 0; clock() < end; i++) sink += middle(i % 20 + 3, 20000);
            return 0;
        }
        """;

    /// <summary>Why it can not be made; null when it can.</summary>
    public static string? WhyNot => Peer.Find("perf") is null || Peer.Find("gcc") is null ? "perf and gcc are needed" : null;

    /// <summary>Compiles it into a folder.</summary>
    public static string Make(string folder)
    {
        string source = Path.Combine(folder, "busy.c"), program = Path.Combine(folder, "busy");
        File.WriteAllText(source, Source);
        _ = Peer.Capture("gcc", "-O1", "-g", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls", source, "-o", program);
        return program;
    }

    /// <summary>Records it with perf: so many samples with call chains.</summary>
    public static string Record(string folder, int samples, int frequency)
    {
        string recording = Path.Combine(folder, "perf.data");
        _ = Peer.Capture("perf", "record", "-q", "-N", "-g", "-e", "cpu-clock", "-F", Text(frequency), "-o", recording, "--", Make(folder), Text((double)samples / frequency));
        return recording;
    }

    public static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
