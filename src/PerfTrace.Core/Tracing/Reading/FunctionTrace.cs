using System.Buffers;
using System.Globalization;
using System.IO.Enumeration;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Tracing;

/// <summary>
/// A function tracer at work (Documentation/trace/ftrace.rst): in an instance of its own, or where it is told. Disposing of it leaves all as it was.
/// </summary>
public sealed class FunctionTrace : IDisposable
{
    private static readonly SearchValues<char> PatternCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.$*?[]-!^");

    private const string FunctionTracer = "function", GraphTracer = "function_graph";

    private static int s_count;

    private readonly Stack<OwnedTraceResource> _undo = new();
    private readonly FunctionTraceOptions _options;
    private readonly Action<string>? _verbose;

    private FunctionTrace(TracingDirectory directory, FunctionTraceOptions options, Action<string>? verbose)
    {
        Directory = directory;
        _options = options;
        _verbose = verbose;
    }

    /// <summary>Whose buffers it writes to.</summary>
    public TracingDirectory Directory { get; private set; }

    /// <summary>Starts a tracer.</summary>
    /// <param name="paths">Where the virtual file systems are.</param>
    /// <param name="directory">Where; null for an instance of its own.</param>
    /// <param name="options">What.</param>
    /// <param name="verbose">Hears of what is set.</param>
    /// <exception cref="KernelFeatureException">This kernel has no such tracer, or not in instances.</exception>
    /// <exception cref="FunctionTracingDeniedException">Policy denies function tracing.</exception>
    /// <exception cref="KernelResourceException">Another tracer is at work there.</exception>
    /// <exception cref="KernelFunctionNotFoundException">No function that can be traced has the name.</exception>
    /// <exception cref="TraceNameException">That can not be a function's name.</exception>
    public static FunctionTrace Start(SystemPaths paths, TracingDirectory? directory, FunctionTraceOptions options, Action<string>? verbose = null)
    {
        TracingDirectory top = TracingDirectory.Open(paths, null, verbose);
        Check(top, options);
        var trace = new FunctionTrace(directory ?? top, options, verbose);
        try
        {
            if (directory is null)
                trace.MakeInstance(paths);
            trace.Set();
            return trace;
        }
        catch
        {
            trace.Dispose();
            throw;
        }
    }

    /// <summary>Stops the tracer and leaves all as it was. trace_pipe must not be open any more.</summary>
    /// <exception cref="KernelException">It can not be undone; the session's end tries again.</exception>
    public void Dispose()
    {
        while (_undo.TryPop(out OwnedTraceResource? resource))
            resource.Dispose();
    }

    // Before anything is changed: the names, and whether functions can be traced at all.
    private static void Check(TracingDirectory top, FunctionTraceOptions options)
    {
        RequireTracer(top, options.Graph ? GraphTracer : FunctionTracer);
        using (top.OpenRead("available_filter_functions"))
        {
        }
        RequireArguments(top, options);
        foreach (string name in options.Functions.Concat(options.Exclude).Append(options.Module).OfType<string>())
            CheckPattern(name);
        KernelFunction[] all = [.. KernelFunctions.List(top.Paths)];
        foreach (string name in options.Functions)
        {
            if (!Array.Exists(all, f => FileSystemName.MatchesSimpleExpression(Simple(name), f.Name, ignoreCase: false) && (options.Module is null || f.Module == options.Module)))
                throw KernelFunctions.NotFound(name, all);
        }
    }

    // A set of letters stands for any of them here: this only finds names that are none.
    private static string Simple(string pattern)
    {
        int open;
        while ((open = pattern.IndexOf('[', StringComparison.Ordinal)) >= 0 && pattern.IndexOf(']', open) is > 0 and var close)
            pattern = $"{pattern[..open]}?{pattern[(close + 1)..]}";
        return pattern;
    }

    private static void CheckPattern(string pattern)
    {
        if (pattern.Length is 0 or > 255 || pattern.AsSpan().ContainsAnyExcept(PatternCharacters))
            throw new TraceNameException(pattern, $"'{pattern}' can not be the name of a kernel function, nor a wildcard for such.");
    }

    private static void RequireTracer(TracingDirectory directory, string tracer)
    {
        if (Tracer.List(directory).Any(t => t.Name == tracer))
            return;
        throw KernelException.Create(Errno.ENODEV, "write", Path.Combine(directory.Path, "current_tracer"),
            directory.Instance is not null && Tracer.List(directory.Top).Any(t => t.Name == tracer)
                ? $"This kernel has the tracer {tracer} at the top level alone, not in instances (function_graph: since Linux 6.12): say -TopLevel, which all users of the machine share."
                : $"This kernel has no tracer {tracer} (CONFIG_{(tracer == GraphTracer ? "FUNCTION_GRAPH_TRACER" : "FUNCTION_TRACER")}), or the machine's policy hides it.");
    }

    private static string ArgumentsOption(FunctionTraceOptions options) => options.Graph ? "options/funcgraph-args" : "options/func-args";

    private static void RequireArguments(TracingDirectory top, FunctionTraceOptions options)
    {
        if (options.Arguments && !top.Exists(ArgumentsOption(options)))
        {
            throw KernelException.Create(Errno.EOPNOTSUPP, "open", Path.Combine(top.Path, ArgumentsOption(options)),
                "This kernel records no arguments of functions (Linux 6.15, CONFIG_FUNCTION_TRACE_ARGS). A probe can: New-KProbe.");
        }
    }

    private void MakeInstance(SystemPaths paths)
    {
        string name = TraceOwner.Current.NameOf(string.Create(CultureInfo.InvariantCulture, $"function{Interlocked.Increment(ref s_count)}"));
        TraceInstances.Create(paths, name, _verbose);
        _undo.Push(TraceSession.Current.Own($"instance {name}", () => WhileBusy(() => TraceInstances.RemoveIfThere(paths, name))));
        Directory = TracingDirectory.Open(paths, name);
        RequireTracer(Directory, _options.Graph ? GraphTracer : FunctionTracer);
    }

    private void Set()
    {
        string tracer = Directory.ReadText("current_tracer");
        if (tracer != "nop")
        {
            throw KernelException.Create(Errno.EBUSY, "write", Path.Combine(Directory.Path, "current_tracer"),
                $"The tracer {tracer} is at work in {Directory.Description}: end it first, or use an instance of its own (without -Instance and -TopLevel).");
        }
        // The filter first: without one, every function of the kernel would be traced.
        SetList("set_ftrace_filter", _options.Functions);
        if (_options.Exclude.Count > 0)
            SetList("set_ftrace_notrace", _options.Exclude);
        if (_options.Processes.Count > 0)
            SetProcesses();
        if (_options.MaxDepth is { } depth)
            SetValue(Directory.Top, "max_graph_depth", depth.ToString(CultureInfo.InvariantCulture));
        // Before the tracer begins: what it recorded until then would be without stacks. The kernel takes an option of a tracer that is not at work.
        if (_options.StackTrace)
            SetTracerOption("options/func_stack_trace");
        if (_options.Arguments)
            SetTracerOption(ArgumentsOption(_options));
        string wanted = _options.Graph ? GraphTracer : FunctionTracer;
        TraceWrite[] end = [new("current_tracer", "nop")];
        Undo(Directory, $"tracer {wanted} in {Directory.Description}", end, () => WhileBusy(() => TraceWrite.Apply(Directory, end)));
        Directory.WriteText("current_tracer", wanted);
        _verbose?.Invoke($"Set the tracer {wanted} in {Directory.Description} for {string.Join(", ", _options.Functions)}.");
    }

    private void SetList(string file, IReadOnlyList<string> patterns)
    {
        string before = Directory.ReadText(file);
        // The file shows what it has by name, and a comment when it has nothing.
        Undo(Directory, $"{file} of {Directory.Description}", Entries(file, before.Split('\n').Where(static l => !l.StartsWith('#')).Select(static l => l.Split(' ')[0])));
        for (int i = 0; i < patterns.Count; i++)
        {
            string line = file == "set_ftrace_filter" && _options.Module is { } module ? $"{patterns[i]}:mod:{module}" : patterns[i];
            try
            {
                if (i == 0)
                    Directory.WriteText(file, line);
                else
                    Directory.AppendText(file, line);
            }
            catch (KernelException e) when (e.Errno == Errno.EINVAL)
            {
                throw KernelFunctions.NotFound(patterns[i], KernelFunctions.List(Directory.Paths));
            }
        }
    }

    private void SetProcesses()
    {
        int[] threads = [.. _options.Processes.SelectMany(p => ProcessFacts.ThreadsOf(Directory.Paths, p) is { Count: > 0 } own
            ? own
            : throw KernelException.Create(Errno.ESRCH, "write", string.Create(CultureInfo.InvariantCulture, $"process {p}"), "There is no such process, or no longer."))];
        string before = Directory.ReadText("set_ftrace_pid");
        Undo(Directory, $"set_ftrace_pid of {Directory.Description}", Entries("set_ftrace_pid", before.Split('\n').Where(static l => l.Length > 0 && char.IsAsciiDigit(l[0]))));
        Directory.WriteText("set_ftrace_pid", "");
        foreach (int thread in threads)
            Directory.AppendText("set_ftrace_pid", thread.ToString(CultureInfo.InvariantCulture));
        SetValue(Directory, "options/function-fork", "1");
    }

    private void SetValue(TracingDirectory directory, string file, string value)
    {
        string before = directory.ReadText(file);
        Undo(directory, $"{file} of {directory.Description}", [new TraceWrite(file, before)]);
        directory.WriteText(file, value);
    }

    private static TraceWrite[] Entries(string file, IEnumerable<string> entries) =>
        [new TraceWrite(file, ""), .. entries.Where(static e => e.Length > 0).Select(e => new TraceWrite(file, e, TraceWriteKind.Append))];

    // A tracer's options are those of all instances; newer kernels have them for each.
    private void SetTracerOption(string file)
    {
        if (Directory.Instance is not null)
            Undo(Directory.Top, $"{file} of {Directory.Top.Description}", [new TraceWrite(file, Directory.Top.ReadText(file))]);
        SetValue(Directory, file, "1");
    }

    private void Undo(TracingDirectory directory, string description, IReadOnlyList<TraceWrite> writes, Action? release = null) =>
        _undo.Push(TraceSession.Current.Own(directory, description, writes, release));

    // A reader may be about to close trace_pipe.
    private static void WhileBusy(Action action)
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                action();
                return;
            }
            catch (KernelException e) when (e.Errno == Errno.EBUSY && tries < 50)
            {
                Thread.Sleep(20);
            }
            catch (TraceInstanceNotFoundException)
            {
                return;
            }
        }
    }
}
