namespace PerfTrace.Events;

/// <summary>A call stack, innermost frame first: the kernel's part, then the program's.</summary>
public sealed class EventStack
{
    private readonly ulong[] _addresses;
    private readonly int _kernelCount;
    private readonly Func<ulong, bool, string> _describe;
    private readonly IReadOnlyList<string>? _kernelNames, _userNames;

    /// <param name="addresses">Instruction addresses.</param>
    /// <param name="kernelCount">How many of them, from the first, are the kernel's.</param>
    /// <param name="describe">Names an address when someone looks; the flag says that it is the kernel's.</param>
    internal EventStack(ulong[] addresses, int kernelCount, Func<ulong, bool, string> describe)
    {
        _addresses = addresses;
        _kernelCount = kernelCount;
        _describe = describe;
    }

    /// <summary>A stack of which names alone are known.</summary>
    internal EventStack(IReadOnlyList<string> kernel, IReadOnlyList<string> user)
        : this([], 0, static (_, _) => "") => (_kernelNames, _userNames) = (kernel, user);

    /// <summary>The frames inside the kernel, as <c>function+0x1c</c>.</summary>
    public IReadOnlyList<string> Kernel => _kernelNames ?? _addresses.Take(_kernelCount).Select(a => _describe(a, true)).ToArray();

    /// <summary>The frames of the program, as <c>function+0x1c (file)</c>.</summary>
    public IReadOnlyList<string> User => _userNames ?? _addresses.Skip(_kernelCount).Select(a => _describe(a, false)).ToArray();

    /// <summary>The plain addresses of all frames; none where a text told the names.</summary>
    public IReadOnlyList<ulong> Addresses => _addresses;

    public override string ToString() => string.Join('\n', Kernel.Concat(User));
}
