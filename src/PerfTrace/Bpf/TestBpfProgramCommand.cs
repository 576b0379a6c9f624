using System.Management.Automation;
using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>Test-BpfProgram: runs programs by hand, with a packet or a context.</summary>
[Cmdlet(VerbsDiagnostic.Test, "BpfProgram")]
[OutputType(typeof(BpfTestRun))]
public sealed class TestBpfProgramCommand : BpfObjectCommand
{
    /// <summary>The programs: objects, ids, names or tags with wildcards, paths in bpffs.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ValidateNotEmptyText]
    [ArgumentCompleter(typeof(BpfProgramCompleter))]
    public BpfProgramArgument[] Program { get; set; } = [];

    /// <summary>How often it runs.</summary>
    [Parameter]
    [ValidateRange(1L, long.MaxValue)]
    public long Repeat { get; set; } = 1;

    /// <summary>The packet that it gets, with its Ethernet header.</summary>
    [Parameter]
    [ValidateNotNull]
    public byte[]? Data { get; set; }

    /// <summary>The context that it gets, as its type has it.</summary>
    [Parameter]
    [ValidateNotNull]
    public byte[]? Context { get; set; }

    /// <summary>The CPU that it runs on; for raw tracepoints.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? Cpu { get; set; }

    protected override void ProcessRecord()
    {
        foreach (BpfProgram program in Resolve(Program))
        {
            try
            {
                WriteObject(BpfTestRunner.Run(program, new BpfTestRunRequest { Repeat = Repeat, Data = Data, Context = Context, Cpu = Cpu }, StopToken));
            }
            catch (Exception e) when (IsProblem(e))
            {
                WriteProblem(e, program);
            }
        }
    }
}
