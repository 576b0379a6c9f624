using System.Management.Automation;
using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>Get-BpfLink: what holds BPF programs to their hooks.</summary>
[Cmdlet(VerbsCommon.Get, "BpfLink", DefaultParameterSetName = TargetSet)]
[OutputType(typeof(BpfLink))]
public sealed class GetBpfLinkCommand : BpfObjectCommand
{
    private const string TargetSet = "Target", IdSet = "Id", ProgramSet = "Program", PathSet = "PinnedPath", ObjectSet = "InputObject";

    private static readonly string[] All = ["*"];

    /// <summary>What the programs are attached to: tracepoints, functions, files, interfaces.</summary>
    [Parameter(ParameterSetName = TargetSet, Position = 0)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Target { get; set; } = All;

    /// <summary>Ids of links.</summary>
    [Parameter(ParameterSetName = IdSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BpfIdCompleter))]
    public uint[] Id { get; set; } = [];

    /// <summary>Programs from Get-BpfProgram whose links are wanted.</summary>
    [Parameter(ParameterSetName = ProgramSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public BpfProgram[] Program { get; set; } = [];

    /// <summary>Paths in bpffs where links are pinned.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string[] PinnedPath { get; set; } = [];

    /// <summary>Links that are read anew.</summary>
    [Parameter(ParameterSetName = ObjectSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public BpfLink[] InputObject { get; set; } = [];

    /// <summary>Only links of these types, in the kernel's words (perf_event) or .NET's.</summary>
    [Parameter]
    [BpfTypeTransformation(typeof(BpfLinkType))]
    [ArgumentCompleter(typeof(BpfTypeCompleter))]
    public string[]? Type { get; set; }

    protected override void ProcessRecord()
    {
        try
        {
            switch (ParameterSetName)
            {
                case IdSet:
                    Write(Resolve(Id.Select(static id => new BpfLinkArgument(id))));
                    break;
                case ObjectSet:
                    Write(Resolve(InputObject.Select(static o => new BpfLinkArgument(o.Id))));
                    break;
                case PathSet:
                    Write(Resolve(PinnedPath.Select(path => new BpfLinkArgument(InBpffs(path)))));
                    break;
                case ProgramSet:
                    HashSet<uint> programs = [.. Program.Select(static p => p.Id)];
                    Write(BpfLink.ReadAll().Where(link => programs.Contains(link.ProgramId)));
                    break;
                case TargetSet when ArePatterns(Target):
                    Write(Matching(BpfLink.ReadAll(), Target, static link => [link.Target]));
                    break;
                default:
                    Write(Resolve(Target.Select(static t => new BpfLinkArgument(t))));
                    break;
            }
        }
        catch (Exception e) when (IsProblem(e))
        {
            WriteProblem(e, ParameterSetName);
        }
    }

    private void Write(IEnumerable<BpfLink> links) => Write(links, Type, static link => BpfNames.Of(link.Type));
}
