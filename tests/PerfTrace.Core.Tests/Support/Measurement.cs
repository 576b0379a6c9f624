using PerfTrace.Kernel;
using PerfTrace.Perf;

namespace PerfTrace.Tests.Support;

/// <summary>Short forms of a measurement.</summary>
internal sealed class Measurement(string events, CounterTarget target, CounterOptions? options = null, EventCatalogue? catalogue = null)
{
    public List<CounterProblem> Problems { get; } = [];

    public List<string> Warnings { get; } = [];

    public static CounterTarget Command(string name, params string[] arguments) => new CounterTarget.Command(name, arguments, "/");

    public CounterSession Session() => new((catalogue ?? EventCatalogue.Default).Resolve(events), target, options ?? new CounterOptions())
    {
        Problem = Problems.Add,
        Warning = Warnings.Add,
    };

    public PerfCounter[] Run(CancellationToken stop = default)
    {
        using CounterSession session = Session();
        return [.. session.Measure(stop)];
    }

    /// <summary>One event, one result.</summary>
    public static PerfCounter One(string events, CounterTarget target, CounterOptions? options = null) => Assert.Single(new Measurement(events, target, options).Run());

    public static CpuSet Online => new CpuTopology(SystemPaths.Default).Online;
}
