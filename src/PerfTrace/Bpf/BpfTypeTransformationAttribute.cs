using System.Collections;
using System.Management.Automation;
using PerfTrace.Bpf;

namespace PerfTrace.Commands;

/// <summary>Makes the kernel's words for types of programs, maps, links and attachments (percpu_hash) of these, the names of .NET (PerCpuHash) and numbers.</summary>
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
            null => inputData,
            string text => One(text),
            IEnumerable list => list.Cast<object?>().Select(item => One($"{(item is PSObject inner ? inner.BaseObject : item)}")).ToArray(),
            _ => One($"{value}"),
        };
    }

    private string One(string text)
    {
        // A number may be beyond them all.
        string[] words = [.. BpfTypeCompleter.Words(Type)];
        return Word(text) is { } word && words.Contains(word, StringComparer.Ordinal) ? word
            : throw new ArgumentTransformationMetadataException($"'{text}' is none of: {string.Join(", ", words)}.");
    }

    private string? Word(string text)
    {
        if (Type == typeof(BpfMapType) && BpfNames.TryParse(text, out BpfMapType map))
            return BpfNames.Of(map);
        if (Type == typeof(BpfProgramType) && BpfNames.TryParse(text, out BpfProgramType program))
            return BpfNames.Of(program);
        if (Type == typeof(BpfLinkType) && BpfNames.TryParse(text, out BpfLinkType link))
            return BpfNames.Of(link);
        if (Type == typeof(BpfAttachType) && BpfNames.TryParse(text, out BpfAttachType attach))
            return BpfNames.Of(attach);
        return null;
    }
}
