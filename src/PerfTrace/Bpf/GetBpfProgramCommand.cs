using System.Management.Automation;
using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>Get-BpfProgram: the BPF programs that are loaded.</summary>
[Cmdlet(VerbsCommon.Get, "BpfProgram", DefaultParameterSetName = NameSet)]
[OutputType(typeof(BpfProgram))]
public sealed class GetBpfProgramCommand : BpfObjectCommand
{
    private const string NameSet = "Name", IdSet = "Id", LinkSet = "Link", PathSet = "PinnedPath", ObjectSet = "InputObject";

    private static readonly string[] All = ["*"];

    /// <summary>Names or tags of programs.</summary>
    [Parameter(ParameterSetName = NameSet, Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BpfProgramCompleter))]
    public string[] Name { get; set; } = All;

    /// <summary>Ids of programs.</summary>
    [Parameter(ParameterSetName = IdSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BpfIdCompleter))]
    public uint[] Id { get; set; } = [];

    /// <summary>Links from Get-BpfLink and New-BpfLink whose programs are wanted.</summary>
    [Parameter(ParameterSetName = LinkSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public BpfLink[] Link { get; set; } = [];

    /// <summary>Paths in bpffs where programs are pinned.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string[] PinnedPath { get; set; } = [];

    /// <summary>Programs that are read anew.</summary>
    [Parameter(ParameterSetName = ObjectSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public BpfProgram[] InputObject { get; set; } = [];

    /// <summary>Only programs of these types, in the kernel's words (kprobe, raw_tracepoint) or .NET's.</summary>
    [Parameter]
    [BpfTypeTransformation(typeof(BpfProgramType))]
    [ArgumentCompleter(typeof(BpfTypeCompleter))]
    public string[]? Type { get; set; }

    protected override void ProcessRecord()
    {
        try
        {
            switch (ParameterSetName)
            {
                case IdSet:
                    Write(Resolve(Id.Select(static id => new BpfProgramArgument(id))));
                    break;
                case LinkSet:
                    Write(Resolve(Link.Where(static l => l.ProgramId != 0).Select(static l => new BpfProgramArgument(l.ProgramId))));
                    break;
                case ObjectSet:
                    Write(Resolve(InputObject.Select(static o => new BpfProgramArgument(o.Id))));
                    break;
                case PathSet:
                    Write(Resolve(PinnedPath.Select(path => new BpfProgramArgument(InBpffs(path)))));
                    break;
                case NameSet when ArePatterns(Name):
                    Write(Matching(BpfProgram.ReadAll(), Name, static program => [program.Name, program.Tag]));
                    break;
                default:
                    Write(Resolve(Name.Select(static n => new BpfProgramArgument(n))));
                    break;
            }
        }
        catch (Exception e) when (IsProblem(e))
        {
            WriteProblem(e, ParameterSetName);
        }
    }

    private void Write(IEnumerable<BpfProgram> programs) => Write(programs, Type, static program => BpfNames.Of(program.Type));
}
