namespace PerfTrace.Tracing;

/// <summary>A tracer of the kernel: what <c>current_tracer</c> may be set to (Documentation/trace/ftrace.rst, "The Tracers").</summary>
/// <param name="Name">Its name: <c>function_graph</c>.</param>
/// <param name="IsCurrent">It is at work in the instance.</param>
/// <param name="Instance">The instance; null for the top level.</param>
public sealed record Tracer(string Name, bool IsCurrent, string? Instance)
{
    /// <summary>The tracers that there are, in the kernel's order. An instance has fewer than the top level.</summary>
    /// <exception cref="PerfTrace.Interop.KernelException">It is not permitted.</exception>
    public static IReadOnlyList<Tracer> List(TracingDirectory directory)
    {
        string current = directory.ReadText("current_tracer");
        return [.. directory.ReadText("available_tracers").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(name => new Tracer(name, name == current, directory.Instance))];
    }
}
