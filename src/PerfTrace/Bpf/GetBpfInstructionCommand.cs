using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.Commands;

/// <summary>Get-BpfInstruction: the instructions of loaded programs, as the verifier left them or as machine code.</summary>
[Cmdlet(VerbsCommon.Get, "BpfInstruction", DefaultParameterSetName = TranslatedSet)]
[OutputType(typeof(BpfTranslatedInstruction), typeof(BpfJitedInstruction))]
public sealed class GetBpfInstructionCommand : BpfObjectCommand
{
    private const string TranslatedSet = "Translated", JitedSet = "Jited";

    private KernelSymbolTable? _symbols;

    /// <summary>The programs: objects, ids, names or tags with wildcards, paths in bpffs.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ValidateNotEmptyText]
    [ArgumentCompleter(typeof(BpfProgramCompleter))]
    public BpfProgramArgument[] Program { get; set; } = [];

    /// <summary>The machine code instead.</summary>
    [Parameter(ParameterSetName = JitedSet, Mandatory = true)]
    public SwitchParameter Jited { get; set; }

    /// <summary>How machine code is written: Att as objdump does, or Intel.</summary>
    [Parameter(ParameterSetName = JitedSet)]
    public AssemblySyntax Syntax { get; set; }

    /// <summary>The listing as text, as bpftool prints it, instead of objects.</summary>
    [Parameter(ParameterSetName = TranslatedSet)]
    public SwitchParameter AsText { get; set; }

    protected override void ProcessRecord()
    {
        foreach (BpfProgram program in Resolve(Program))
        {
            try
            {
                _symbols ??= KernelSymbolTable.Read(SystemPaths.Default);
                if (Jited)
                    Write(BpfJitedListing.Read(program, _symbols, Syntax).Instructions());
                else if (AsText)
                    WriteObject(BpfListing.Read(program, _symbols).ToText());
                else
                    Write(BpfListing.Read(program, _symbols).Instructions());
            }
            catch (Exception e) when (IsProblem(e))
            {
                WriteProblem(e, program);
            }
        }
    }

    private void Write(IEnumerable<object> instructions)
    {
        foreach (object instruction in instructions)
        {
            if (StopToken.IsCancellationRequested)
                return;
            WriteObject(instruction);
        }
    }
}
