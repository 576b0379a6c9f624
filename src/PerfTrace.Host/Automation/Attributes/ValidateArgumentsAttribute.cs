#nullable disable annotations // As PowerShell's own assembly: see ICommandRuntime.
namespace System.Management.Automation;

/// <summary>The base of attributes that reject arguments after conversion.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public abstract class ValidateArgumentsAttribute : Attribute
{
    protected abstract void Validate(object arguments, EngineIntrinsics engineIntrinsics);

    internal void InternalValidate(object arguments, EngineIntrinsics engineIntrinsics) => Validate(arguments, engineIntrinsics);
}
