using System.Collections;
using System.Management.Automation;
using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>Takes the kernel's words for types of programs, maps, links and attachments (percpu_hash) beside the names of .NET (PerCpuHash) and numbers.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class BpfTypeTransformationAttribute(Type type) : ArgumentTransformationAttribute
{
    /// <summary>The enumeration.</summary>
    public Type Type { get; } = type;

    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            string text => One(text),
            IEnumerable list => list.Cast<object?>().Select(item => (item is PSObject inner ? inner.BaseObject : item) is string text ? One(text) : item).ToArray(),
            _ => inputData,
        };
    }

    private object One(string text)
    {
        if (Type == typeof(BpfMapType) && BpfNames.TryParse(text, out BpfMapType map))
            return map;
        if (Type == typeof(BpfProgramType) && BpfNames.TryParse(text, out BpfProgramType program))
            return program;
        if (Type == typeof(BpfLinkType) && BpfNames.TryParse(text, out BpfLinkType link))
            return link;
        if (Type == typeof(BpfAttachType) && BpfNames.TryParse(text, out BpfAttachType attach))
            return attach;
        throw new ArgumentTransformationMetadataException($"'{text}' is none of: {string.Join(", ", BpfTypeCompleter.Words(Type))}.");
    }
}
