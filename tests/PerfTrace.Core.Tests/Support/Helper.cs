using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;

namespace PerfTrace.Tests.Support;

/// <summary>What tests want done in a process of its own: as another user, with fewer descriptors.</summary>
internal static class Helper
{
    public const string Switch = "--helper";

    /// <summary>nobody, on every distribution.</summary>
    private const string Nobody = "65534";

    /// <summary>Starts this executable as <c>nobody</c> and gives back what it wrote.</summary>
    public static string[] RunAsNobody(string name, params string[] arguments)
    {
        Assert.True(Environment.IsPrivilegedProcess, "This test changes the user: run it as root.");
        return Start("setpriv", ["--reuid=" + Nobody, "--regid=" + Nobody, "--clear-groups", "--inh-caps=-all"], name, arguments);
    }

    /// <summary>Starts this executable with a limit on its descriptors.</summary>
    public static string[] RunWithDescriptors(int limit, string name, params string[] arguments) => Start("prlimit", [$"--nofile={limit}:{limit}"], name, arguments);

    /// <summary>Runs in the helper process.</summary>
    public static int Run(string name, string[] arguments)
    {
        switch (name)
        {
            case "count-command":
                Count(arguments[0], new CounterTarget.Command(arguments[1], arguments[2..], "/"), new CounterOptions());
                return 0;
            case "count-cpus":
                Count(arguments[0], new CounterTarget.Cpus(Measurement.Online), new CounterOptions { Duration = TimeSpan.FromMilliseconds(20) });
                return 0;
            case "count-process":
                Count(arguments[0], new CounterTarget.Processes([int.Parse(arguments[1], System.Globalization.CultureInfo.InvariantCulture)]),
                    new CounterOptions { Duration = TimeSpan.FromMilliseconds(20) });
                return 0;
            default:
                throw new ArgumentException($"There is no helper '{name}'.", nameof(name));
        }
    }

    private static void Count(string events, CounterTarget target, CounterOptions options)
    {
        // The second time counts: the first loads assemblies. The console opens descriptors of its own.
        var said = new List<string>();
        Measure(events, target, options, said.Add);
        Thread.Sleep(50);
        said.Clear();
        int before = Descriptors.Count();
        Measure(events, target, options, said.Add);
        Thread.Sleep(50);
        said.Add($"left open: {Descriptors.Count() - before}");
        foreach (string line in said)
            Console.WriteLine(line);
    }

    private static void Measure(string events, CounterTarget target, CounterOptions options, Action<string> tell)
    {
        try
        {
            using var session = new CounterSession(EventCatalogue.Default.Resolve(events), target, options)
            {
                Warning = text => tell($"warning: {text}"),
                Problem = problem => tell($"problem: {problem.Id} {problem.Cause.GetType().Name} {problem.Cause.Message}"),
            };
            foreach (PerfCounter counter in session.Measure(CancellationToken.None))
                tell($"counter: {counter.Event} {counter.Status}");
        }
        catch (KernelException e)
        {
            tell($"error: {e.GetType().Name} {e.Errno} {e.Message}");
        }
        catch (NothingCountableException e)
        {
            tell($"error: {e.GetType().Name} {e.Message}");
        }
    }

    private static string[] Start(string wrapper, string[] wrapperArguments, string name, string[] arguments)
    {
        Command.Result result = Command.Run(wrapper, [.. wrapperArguments, Environment.ProcessPath!, .. IsHosted, Switch, name, .. arguments]);
        Assert.True(result.ExitCode == 0, $"The helper process failed ({result.ExitCode}): {result.Error}{result.Output}");
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    // Run by "dotnet PerfTrace.Core.Tests.dll", the process's path is the runtime's.
    private static string[] IsHosted => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(Helper).Assembly.Location] : [];
}
