using System.Management.Automation;

namespace PerfTrace.Commands;

/// <summary>Keeps an array of numbers one value where a parameter takes several keys: PowerShell would make a key of each byte.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class MapKeyTransformationAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value is Array && value.GetType().GetElementType()!.IsPrimitive ? new object[] { value } : inputData;
    }
}
