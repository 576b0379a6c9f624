using System.Management.Automation;

namespace PerfTrace.Tests.Host.TestCmdlets;

[AttributeUsage(AttributeTargets.Property)]
public sealed class ReversedAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => new string([.. ((string)inputData).Reverse()]);
}
