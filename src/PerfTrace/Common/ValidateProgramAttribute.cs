using System.Management.Automation;

namespace PerfTrace.Commands;

/// <summary>Refuses a command line without a program; its arguments may be empty.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ValidateProgramAttribute : ValidateArgumentsAttribute
{
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (arguments is string[] and (["", ..] or [null, ..] or []))
            throw new ValidationMetadataException("The command is empty: its program comes first, its arguments behind it.");
    }
}
