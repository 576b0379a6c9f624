using System.Management.Automation;
using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>Get-BpfMap: the BPF maps there are.</summary>
[Cmdlet(VerbsCommon.Get, "BpfMap", DefaultParameterSetName = NameSet)]
[OutputType(typeof(BpfMap))]
public sealed class GetBpfMapCommand : BpfObjectCommand
{
    private const string NameSet = "Name", IdSet = "Id", ProgramSet = "Program", PathSet = "PinnedPath", ObjectSet = "InputObject";

    private static readonly string[] All = ["*"];

    /// <summary>Names of maps.</summary>
    [Parameter(ParameterSetName = NameSet, Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BpfMapCompleter))]
    public string[] Name { get; set; } = All;

    /// <summary>Ids of maps.</summary>
    [Parameter(ParameterSetName = IdSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BpfIdCompleter))]
    public uint[] Id { get; set; } = [];

    /// <summary>Programs from Get-BpfProgram whose maps are wanted.</summary>
    [Parameter(ParameterSetName = ProgramSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public BpfProgram[] Program { get; set; } = [];

    /// <summary>Paths in bpffs where maps are pinned.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string[] PinnedPath { get; set; } = [];

    /// <summary>Maps that are read anew.</summary>
    [Parameter(ParameterSetName = ObjectSet, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public BpfMap[] InputObject { get; set; } = [];

    /// <summary>Only maps of these types, in the kernel's words (percpu_hash) or .NET's.</summary>
    [Parameter]
    [BpfTypeTransformation(typeof(BpfMapType))]
    [ArgumentCompleter(typeof(BpfTypeCompleter))]
    public string[]? Type { get; set; }

    protected override void ProcessRecord()
    {
        try
        {
            switch (ParameterSetName)
            {
                case IdSet:
                    Write(Resolve(Id.Select(static id => new BpfMapArgument(id))));
                    break;
                case ProgramSet:
                    Write(Resolve(Program.SelectMany(static p => p.MapId).Select(static id => new BpfMapArgument(id))));
                    break;
                case ObjectSet:
                    Write(Resolve(InputObject.Select(static o => new BpfMapArgument(o.Id))));
                    break;
                case PathSet:
                    Write(Resolve(PinnedPath.Select(path => new BpfMapArgument(InBpffs(path)))));
                    break;
                case NameSet when ArePatterns(Name):
                    Write(Matching(BpfMap.ReadAll(), Name, static map => [map.Name]));
                    break;
                default:
                    Write(Resolve(Name.Select(static n => new BpfMapArgument(n))));
                    break;
            }
        }
        catch (Exception e) when (IsProblem(e))
        {
            WriteProblem(e, ParameterSetName);
        }
    }

    private void Write(IEnumerable<BpfMap> maps) => Write(maps, Type, static map => BpfNames.Of(map.Type));
}
