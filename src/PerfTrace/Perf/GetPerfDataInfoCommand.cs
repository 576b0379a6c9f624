using System.Management.Automation;
using PerfTrace.Perf;

namespace PerfTrace.Commands;

/// <summary>Get-PerfDataInfo: what a perf.data file is and has.</summary>
[Cmdlet(VerbsCommon.Get, "PerfDataInfo", DefaultParameterSetName = PathSet)]
[OutputType(typeof(PerfDataInfo))]
public sealed class GetPerfDataInfoCommand : PerfDataCommand
{
    protected override void Read(string file)
    {
        PerfDataInfo info = PerfDataInspector.Read(PerfDataStream.Open(file, StopToken), file, out PerfDataException? problem, StopToken);
        if (StopToken.IsCancellationRequested)
            return;
        WriteObject(info);
        if (problem is not null)
            WriteProblem(problem.In(file), file);
    }
}
