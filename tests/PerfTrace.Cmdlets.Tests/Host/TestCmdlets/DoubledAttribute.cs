using System.Management.Automation;

namespace PerfTrace.Tests.Host.TestCmdlets;

/// <summary>Doubles numbers, refuses words.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DoubledAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => inputData switch
    {
        int number => number * 2,
        double number => number * 2,
        object[] numbers => Array.ConvertAll(numbers, number => Transform(engineIntrinsics, number)),
        _ => throw new ArgumentTransformationMetadataException($"'{inputData}' cannot be doubled."),
    };
}
