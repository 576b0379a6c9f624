using System.Diagnostics;
using System.Globalization;
using PerfTrace.Kernel;

namespace PerfTrace.Bench;

/// <summary>The kernel's type information opened and <c>task_struct</c> found in it: in a fresh process, and then again.</summary>
internal sealed class TypeLookup : IMeasurement
{
    /// <summary>The command line's word for the fresh process.</summary>
    public const string Verb = "find-type";

    private const int Rounds = 7, WarmRounds = 1001;

    public string Name => "btf";

    /// <summary>Prints the milliseconds that the first look-up of this process took.</summary>
    public static int RunOnce()
    {
        Console.WriteLine(Find(static () => BtfTypes.Kernel).ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    public IEnumerable<Row> Run(BenchOptions options)
    {
        string self = typeof(TypeLookup).Assembly.Location;
        Samples cold = new(), warm = new(), again = new();
        for (int i = 0; i < Rounds; i++)
            cold.Add(double.Parse(Peer.Capture(Environment.ProcessPath!, [self, Verb]).Output.Trim(), CultureInfo.InvariantCulture));
        _ = Find(static () => BtfTypes.Kernel);
        for (int i = 0; i < WarmRounds; i++)
            warm.Add(Find(static () => BtfTypes.Kernel));
        for (int i = 0; i < Rounds; i++)
            again.Add(Find(static () => BtfTypes.OpenKernel(SystemPaths.Default)));
        yield return Row.Absolute("task_struct found in a fresh process", cold.Median, "ms", new Goal(50, "≤ 50 ms"));
        yield return Row.Absolute("task_struct found again", warm.Median, "ms", new Goal(1, "≤ 1 ms"));
        yield return Row.Information("the kernel's types opened anew in a warm process, and task_struct found", Figures.Text(again.Median, "ms"), "");
    }

    private static double Find(Func<BtfTypes> types)
    {
        long begin = Stopwatch.GetTimestamp();
        BtfType? found = types().Find("task_struct", BtfKind.Struct);
        double milliseconds = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        return found is { Size: > 1000 } ? milliseconds : throw new InvalidOperationException("There is no task_struct.");
    }
}
