using System.Management.Automation;

namespace PerfTrace.Host.Binding;

/// <summary>What a parameter is in the parameter sets of a mask.</summary>
internal sealed record ParameterSetEntry(ulong Sets, ParameterAttribute Attribute)
{
    public bool IsPositional => Attribute.Position != int.MinValue;

    public bool TakesPipeline => Attribute.ValueFromPipeline || Attribute.ValueFromPipelineByPropertyName;
}
