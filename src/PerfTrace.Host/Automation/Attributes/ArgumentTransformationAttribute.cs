#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>Turns an argument into something that the parameter's type accepts, before conversion and validation.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public abstract class ArgumentTransformationAttribute : Attribute
{
    public virtual bool TransformNullOptionalParameters => true;

    public abstract object Transform(EngineIntrinsics engineIntrinsics, object inputData);
}
