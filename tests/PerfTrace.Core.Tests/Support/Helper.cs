using System.Diagnostics;
using System.Runtime.CompilerServices;
using PerfTrace.Bpf;
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

    /// <summary>Starts this executable and gives back what it wrote.</summary>
    public static string[] RunHere(string name, params string[] arguments) => Start("env", [], name, [.. arguments]);

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
            case "record":
                Record(arguments[0], compress: arguments[1] == "compress");
                return 0;
            case "bpf-unprivileged":
                TryBpf();
                return 0;
            case "record-unprivileged":
                RecordUnprivileged(arguments[0]);
                return 0;
            case "record-many":
                RecordMany(arguments[0]);
                return 0;
            case "without":
                WithoutLibraries.Run(arguments[0], arguments[1], arguments[2]);
                return 0;
            case "hold-link":
                HoldLink(arguments[0]);
                return 0;
            case "spin":
                Spin(TimeSpan.FromMilliseconds(int.Parse(arguments[0], System.Globalization.CultureInfo.InvariantCulture)));
                return 0;
            default:
                throw new ArgumentException($"There is no helper '{name}'.", nameof(name));
        }
    }

    /// <summary>Starts this executable and does not wait for it.</summary>
    public static Process Begin(string name, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. IsHosted, Switch, name, .. arguments]) { RedirectStandardOutput = true })!;

    /// <summary>The words that start this executable.</summary>
    public static string[] CommandLine(string name, params string[] arguments) => [Environment.ProcessPath!, .. IsHosted, Switch, name, .. arguments];

    // Managed code that a profile is to show.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Spin(TimeSpan time)
    {
        // By its own time, as others may have the CPUs.
        TimeSpan begin = Environment.CpuUsage.TotalTime;
        uint value = 1;
        while (Environment.CpuUsage.TotalTime - begin < time)
            value = SpinOnce(value);
        Console.WriteLine(value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint SpinOnce(uint value)
    {
        for (int i = 0; i < 100_000; i++)
            value = (value * 1664525) + 1013904223;
        return value;
    }

    // Until it is killed.
    private static void HoldLink(string tracepoint)
    {
        using var linked = new BpfLinks(PerfTrace.Bpf.BpfProgramType.Tracepoint);
        PerfTrace.Bpf.BpfLink link = linked.Attach(PerfTrace.Bpf.TracepointHook.Find(tracepoint))[0];
        Console.WriteLine($"{link.Id} {link.ProgramId}");
        Thread.Sleep(TimeSpan.FromSeconds(60));
    }

    // Until it is killed.
    private static void Record(string path, bool compress)
    {
        using PerfRecording? recording = PerfRecording.Start(EventCatalogue.Default.Resolve("cpu-clock,sched:sched_switch"), new CounterTarget.Cpus(Measurement.Online), new RecordingOptions
        {
            Path = path,
            Sampling = new SamplingOptions { CallStack = CallStackMode.FramePointer },
            Compress = compress,
        });
        Thread.Sleep(TimeSpan.FromSeconds(30));
    }

    private static void TryBpf()
    {
        foreach ((string name, Action action) in (IEnumerable<(string, Action)>)
            [
                ("list", static () => _ = BpfMap.ReadAll().Count()), ("programs", static () => _ = BpfProgram.ReadAll().Count()),
                ("create", static () => BpfMapCreation.Create(new BpfMapRequest { Type = BpfMapType.Hash }).Dispose()), ("open", static () => _ = BpfMap.Read(1)),
                ("load", static () => BpfProgramLoader.Load(new BpfProgramRequest(BpfProgramType.Tracepoint, new BpfCode(BpfInstruction.Alu64(BpfArithmetic.Move, BpfRegister.R0, 0), BpfInstruction.Exit()))).Dispose()),
            ])
        {
            try
            {
                action();
                Console.WriteLine($"{name}: allowed");
            }
            catch (KernelException e)
            {
                Console.WriteLine($"{name}: {e.GetType().Name}: {e.Advice}");
            }
        }
    }

    private static void RecordUnprivileged(string path)
    {
        var command = new CounterTarget.Command("sh", ["-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"], "/");
        Try("command", path, command, new SamplingOptions());
        Try("all", path + "2", new CounterTarget.Cpus(Measurement.Online), new SamplingOptions());
        Try("buffer", path + "3", command, new SamplingOptions { BufferSize = 64 << 20 });
    }

    private static void RecordMany(string path)
    {
        // The second time counts.
        OpenTooMany(path);
        int before = Descriptors.Count();
        OpenTooMany(path);
        Console.WriteLine($"left open: {Descriptors.Count() - before}");
    }

    private static void OpenTooMany(string path)
    {
        string events = string.Join(',', Enumerable.Repeat("cpu-clock", 200));
        try
        {
            PerfRecording.Start(EventCatalogue.Default.Resolve(events), new CounterTarget.Cpus(Measurement.Online), new RecordingOptions { Path = path });
        }
        catch (KernelException e)
        {
            Console.WriteLine($"error: {e.GetType().Name} {e.Errno} {e.Message}");
        }
    }

    private static void Try(string what, string path, CounterTarget target, SamplingOptions sampling)
    {
        try
        {
            using PerfRecording recording = PerfRecording.Start(EventCatalogue.Default.Resolve("cpu-clock"), target, new RecordingOptions { Path = path, Sampling = sampling },
                warning: static w => Console.WriteLine($"warning: {w}"))!;
            recording.Wait(TimeSpan.FromSeconds(20));
            Console.WriteLine($"{what}: {recording.State} {recording.Samples}");
        }
        catch (KernelException e)
        {
            Console.WriteLine($"{what}: {e.GetType().Name} {e.Message}");
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
