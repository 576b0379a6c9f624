using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.Commands;

/// <summary>Get-BtfType: the types that the kernel, a module, a BPF program or a file tells of itself.</summary>
[Cmdlet(VerbsCommon.Get, "BtfType", DefaultParameterSetName = KernelSet)]
[OutputType(typeof(BtfType))]
public sealed class GetBtfTypeCommand : PerfTraceCommand
{
    private const string KernelSet = "Kernel", ModuleSet = "Module", PathSet = "Path", BtfSet = "Btf", ProgramSet = "Program";

    /// <summary>Names; wildcards. With its keyword, as in "struct file", a name says the kind.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = KernelSet)]
    [Parameter(Position = 0, ParameterSetName = ModuleSet)]
    [Parameter(Position = 0, ParameterSetName = PathSet)]
    [Parameter(Position = 0, ParameterSetName = BtfSet)]
    [Parameter(Position = 0, ParameterSetName = ProgramSet)]
    [SupportsWildcards]
    [ValidateWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BtfTypeCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Types by their numbers; 0 is void.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public uint[]? Id { get; set; }

    /// <summary>Types of these kinds alone.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public BtfKind[]? Kind { get; set; }

    /// <summary>The types of modules of the kernel.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ModuleSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BtfModuleCompleter))]
    public string[] Module { get; set; } = [];

    /// <summary>The types of files: type information alone, or of ELF files the section .BTF.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The type information that the kernel has under these numbers; also programs and maps from the pipeline.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = BtfSet)]
    [ValidateNotNullOrEmpty]
    public uint[] BtfId { get; set; } = [];

    /// <summary>The types of BPF programs that are loaded, by their numbers.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ProgramSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BpfIdCompleter))]
    public uint[] ProgramId { get; set; } = [];

    /// <summary>Declarations in C.</summary>
    [Parameter]
    public SwitchParameter AsC { get; set; }

    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case ModuleSet:
                ForEach(Module, static m => BtfTypes.OfModule(m));
                break;
            case PathSet:
                ForEach(Path, p => BtfFile.Open(TypedPath.Full(this, p)));
                break;
            case BtfSet:
                ForEach(BtfId, Loaded);
                break;
            case ProgramSet:
                ForEach(ProgramId, static id => Loaded((BpfProgram.Read(id) ?? throw new BtfNotFoundException($"There is no BPF program {id}.")).BtfId));
                break;
            default:
                ForEach(["vmlinux"], static _ => BtfTypes.Kernel);
                break;
        }
    }

    private static BtfTypes Loaded(uint id) =>
        id == 0 ? throw new BtfNotFoundException("It was loaded without type information.") : BtfTypes.FromId(id);

    private void ForEach<T>(IEnumerable<T> sources, Func<T, BtfTypes> open)
    {
        foreach (T source in sources)
        {
            if (StopToken.IsCancellationRequested)
                return;
            try
            {
                Find(open(source));
            }
            catch (Exception e) when (IsProblem(e))
            {
                WriteProblem(e, source);
            }
        }
    }

    private static bool IsProblem(Exception e) =>
        e is BtfException or BtfNotFoundException or KernelException or ElfException or IOException or UnauthorizedAccessException;

    private void Find(BtfTypes types)
    {
        foreach (uint id in Id ?? [])
            Try(id, () => Write(types[id]));
        if (Name is null && Id is null)
            WriteMatching(types, "*");
        foreach (string name in Name ?? [])
        {
            if (WildcardPattern.ContainsWildcardCharacters(name))
                WriteMatching(types, name);
            else
                Try(name, () => WriteNamed(types, name));
        }
    }

    private void WriteNamed(BtfTypes types, string wanted)
    {
        (string name, BtfKind? kind) = BtfTypes.SplitName(wanted);
        bool isFound = false;
        foreach (BtfType type in types.FindAll(name))
        {
            if (kind is not null && type.Kind != kind && !(kind == BtfKind.Enum && type.Kind == BtfKind.Enum64))
                continue;
            isFound |= Write(type);
        }
        if (!isFound)
            throw types.NotFound(wanted, Kind);
    }

    private void WriteMatching(BtfTypes types, string name)
    {
        // Names of C differ in case.
        WildcardPattern pattern = WildcardPattern.Get(name, WildcardOptions.Compiled);
        bool isAll = name == "*" && Name is null;
        for (uint id = types.FirstId; id - types.FirstId < types.Count; id++)
        {
            if (StopToken.IsCancellationRequested)
                return;
            BtfType type = types[id];
            if (isAll || (type.Name.Length > 0 && pattern.IsMatch(type.Name)))
                Write(type);
        }
    }

    private bool Write(BtfType type)
    {
        if (Kind is not null && !Kind.Contains(type.Kind))
            return false;
        WriteObject(AsC ? type.ToDeclaration() : type);
        return true;
    }

    private void Try(object target, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (IsProblem(e))
        {
            WriteProblem(e, target);
        }
    }
}
