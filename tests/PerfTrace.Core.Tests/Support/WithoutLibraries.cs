using System.Runtime.InteropServices;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Symbols;

namespace PerfTrace.Tests.Support;

/// <summary>In a process of its own: reads a recording as if some libraries were not installed, and says what comes of it.</summary>
internal static class WithoutLibraries
{
    /// <param name="libraries">Their file names, by commas.</param>
    /// <param name="recording">What is read.</param>
    /// <param name="target">Where a compressed recording is written to; empty for none.</param>
    public static void Run(string libraries, string recording, string target)
    {
        string[] hidden = libraries.Split(',');
        NativeLibrary.SetDllImportResolver(typeof(SymbolStore).Assembly, (name, assembly, search) =>
            hidden.Contains(name) ? throw new DllNotFoundException(name) : NativeLibrary.TryLoad(name, assembly, search, out nint handle) ? handle : 0);
        if (target.Length == 0)
        {
            Read(recording);
            return;
        }
        Try("read", () => Read(recording));
        Try("written", () => PerfRecording.Start(EventCatalogue.Default.Resolve("cpu-clock"), new CounterTarget.Command("true", [], "/"), new RecordingOptions { Path = target, Compress = true })?.Dispose());
    }

    private static void Try(string what, Action action)
    {
        try
        {
            action();
            Console.WriteLine($"{what}: all is well");
        }
        catch (Exception e) when (e is NotSupportedException or DllNotFoundException)
        {
            Console.WriteLine($"{what}: {e.GetType().Name} {e.Message}");
        }
    }

    private static void Read(string recording)
    {
        using var symbols = new SymbolStore(SystemPaths.Default);
        using PerfSampleReader reader = PerfSampleReader.Open(File.OpenRead(recording), symbols);
        var samples = new List<PerfSample>();
        while (reader.TryRead(out PerfSample? sample))
            samples.Add(sample);
        StackFrame busy = samples.Where(static s => s.Module == "work").GroupBy(static s => s.Frame!.Address).MaxBy(static g => g.Count())!.First().Frame!;
        Console.WriteLine($"samples: {(samples.Count > 50 ? "some" : samples.Count)}");
        Console.WriteLine($"symbol: {busy.Symbol ?? $"none: {busy.Missing}"}");
        Console.WriteLine($"lines: {busy.Locations.Count > 0}");
        Console.WriteLine($"caller: {samples.Count(static s => s.CallStack!.Any(static f => f.Symbol == "main")) > samples.Count / 2}");
        Console.WriteLine($"missing: {reader.Missing}");
        foreach (string missing in symbols.Missing)
            Console.WriteLine($"store: {missing}");
    }
}
