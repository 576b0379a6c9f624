using PerfTrace.Interop;

namespace PerfTrace.BpfTrace;

/// <summary>A map that a function uses. It is made when all functions are known, as its size may depend on them: before instructions are emitted.</summary>
/// <param name="name">For messages and listings.</param>
internal sealed class IrMap(string name)
{
    private FileDescriptor? _descriptor;

    public string Name { get; } = name;

    /// <summary>Some function uses it.</summary>
    public bool IsUsed { get; set; }

    /// <summary>It is there in the kernel.</summary>
    public bool IsMade => _descriptor is not null;

    /// <summary>The map, once it is made.</summary>
    public FileDescriptor Descriptor
    {
        get => _descriptor ?? throw new InvalidOperationException($"The map {Name} has not been made.");
        set => _descriptor = value;
    }

    public override string ToString() => Name;
}
