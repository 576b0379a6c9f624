using System.Management.Automation;
using PerfTrace.Events;
using PerfTrace.Events.Filtering;
using PerfTrace.Perf;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Makes a kernel filter of a <c>-Where</c> script block for each event, and says what stays with the shell.</summary>
internal sealed class WhereCompiler
{
    private readonly ScriptBlock _block;
    private readonly bool _allowsClient;
    private readonly EventPredicate _predicate;

    public WhereCompiler(PSCmdlet cmdlet, ScriptBlock block, bool allowsClient)
    {
        _block = block;
        _allowsClient = allowsClient;
        _predicate = new WhereTranslator(text => EventExpressions.Evaluate(cmdlet, text)).Translate(block);
    }

    /// <summary>The script block has to be asked for each event that the kernel lets pass.</summary>
    public bool IsFilteredHere { get; private set; }

    public List<TracepointRequest> Compile(IEnumerable<Tracepoint> tracepoints, Action<Exception, object?, string?> problem, Action<string> verbose)
    {
        var requests = new List<TracepointRequest>();
        foreach (Tracepoint tracepoint in tracepoints)
        {
            EventSchema schema = EventSchemas.For(tracepoint.GetFormat());
            KernelFilter filter = KernelFilter.Create(_predicate, schema);
            if (!filter.IsComplete && !_allowsClient)
            {
                EventPredicate.Inexpressible part = filter.Left[0];
                problem(new WhereException(part.Source, $"The kernel can not decide '{part.Source}' for {schema.FullName}: {part.Reason}. "
                    + "Change that part, or let the shell decide it with -AllowClientFilter, at the cost of an object for each event."), _block, null);
                continue;
            }
            if (filter.IsNever)
            {
                verbose($"{schema.FullName} can not meet the condition; it is not watched.");
                continue;
            }
            IsFilteredHere |= !filter.IsComplete;
            verbose($"Filter of {schema.FullName} in the kernel: {filter.Text ?? "none"}"
                + (filter.IsComplete ? "" : $"; in the shell: {string.Join(", ", filter.Left.Select(static l => l.Source))}"));
            requests.Add(new TracepointRequest(tracepoint.GetFormat(), filter.Text));
        }
        return requests;
    }

    /// <summary>Asks the script block.</summary>
    public bool Passes(TraceEvent e) =>
        _block.InvokeWithContext(null, [new PSVariable("_", e)]) is { Count: > 0 } result && LanguagePrimitives.IsTrue(result.Count == 1 ? result[0] : result);
}
