using System.Diagnostics;
using System.Management.Automation;

namespace PerfTrace.Commands;

/// <summary>Takes an object of Get-Process where a parameter is the id of a process.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ProcessIdTransformationAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is Process process ? process.Id : inputData;
}
