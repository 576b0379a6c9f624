using System.Diagnostics.CodeAnalysis;

namespace PerfTrace.Events.Printing;

/// <summary>Strings in the kernel's own memory, of which an event holds the address only.</summary>
public interface IKernelStrings
{
    /// <summary>The string at an address, or false when it can not be known.</summary>
    bool TryRead(ulong address, [NotNullWhen(true)] out string? text);
}
