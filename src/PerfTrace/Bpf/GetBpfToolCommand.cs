using System.Management.Automation;
using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>Get-BpfTool: the tools that ship with the module.</summary>
[Cmdlet(VerbsCommon.Get, "BpfTool")]
[OutputType(typeof(BpfTool))]
public sealed class GetBpfToolCommand : PerfTraceCommand
{
    /// <summary>Names, wildcards in them.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BpfToolCompleter))]
    public string[] Name { get; set; } = ["*"];

    protected override void ProcessRecord()
    {
        foreach (string name in Name)
        {
            if (!WildcardPattern.ContainsWildcardCharacters(name))
            {
                try
                {
                    WriteObject(BpfToolSet.Find(name));
                }
                catch (BpfToolNotFoundException e)
                {
                    WriteProblem(e, name);
                }
                continue;
            }
            WildcardPattern pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            foreach (BpfTool tool in BpfToolSet.All.Where(t => pattern.IsMatch(t.Name)))
                WriteObject(tool);
        }
    }
}
