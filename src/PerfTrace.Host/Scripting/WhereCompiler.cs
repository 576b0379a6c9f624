using System.Management.Automation;
using PerfTrace.Events;
using PerfTrace.Perf;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>In the place of the compiler of script blocks, which the binder lets nobody reach.</summary>
internal sealed class WhereCompiler
{
    public WhereCompiler(PSCmdlet cmdlet, ScriptBlock block, bool allowsClient) =>
        throw new NotSupportedException($"{cmdlet.GetType().Name} {block} {allowsClient}: {ScriptBlock.NeedsPowerShell}");

    public bool IsFilteredHere { get; private init; }

    public List<TracepointRequest> Compile(IEnumerable<Tracepoint> tracepoints, Action<Exception, object?, string?> problem, Action<string> verbose) =>
        throw new NotSupportedException(ScriptBlock.NeedsPowerShell);

    public bool Passes(TraceEvent e) => throw new NotSupportedException(ScriptBlock.NeedsPowerShell);
}
