namespace PerfTrace.Events;

/// <summary>A call stack, innermost frame first: the kernel's part, then the program's.</summary>
public sealed class EventStack
{
    private readonly ulong[] _addresses;
    private readonly int _kernelCount;
    private readonly Func<ulong, bool, string> _describe;

    /// <param name="addresses">Instruction addresses.</param>
    /// <param name="kernelCount">How many of them, from the first, are the kernel's.</param>
    /// <param name="describe">Names an address when someone looks; the flag says that it is the kernel's.</param>
    internal EventStack(ulong[] addresses, int kernelCount, Func<ulong, bool, string> describe)
    {
        _addresses = addresses;
        _kernelCount = kernelCount;
        _describe = describe;
    }

    /// <summary>The frames inside the kernel, as <c>function+0x1c</c>.</summary>
    public IReadOnlyList<string> Kernel => [.. _addresses.Take(_kernelCount).Select(a => _describe(a, true))];

    /// <summary>The frames of the program, as <c>function+0x1c (file)</c>.</summary>
    public IReadOnlyList<string> User => [.. _addresses.Skip(_kernelCount).Select(a => _describe(a, false))];

    /// <summary>The plain addresses of all frames.</summary>
    public IReadOnlyList<ulong> Addresses => _addresses;

    public override string ToString() => string.Join('\n', Kernel.Concat(User));
}
