using System.Management.Automation;
using PerfTrace.BpfTrace;

namespace PerfTrace.Commands;

/// <summary>In the place of the translator of script blocks, which the binder lets nobody reach.</summary>
internal static class QueryTranslator
{
    public static QueryExpression Translate(PSCmdlet cmdlet, ScriptBlock block, string parameter) =>
        throw new NotSupportedException($"{cmdlet.GetType().Name} {block} {parameter}: {ScriptBlock.NeedsPowerShell}");

    public static QueryExpression TranslateCondition(PSCmdlet cmdlet, ScriptBlock block, string parameter) => Translate(cmdlet, block, parameter);
}
