namespace System.Management.Automation;

/// <summary>What a cmdlet writes; for help and completion, nothing checks it.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class OutputTypeAttribute : Attribute
{
    public OutputTypeAttribute(params Type[] type) => Type = Array.ConvertAll(type, t => new PSTypeName(t));

    public OutputTypeAttribute(params string[] type) => Type = Array.ConvertAll(type, t => new PSTypeName(t));

    public PSTypeName[] Type { get; }

    public string[] ParameterSetName { get; set; } = [ParameterAttribute.AllParameterSets];
}
