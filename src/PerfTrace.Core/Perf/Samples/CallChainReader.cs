using PerfTrace.Symbols;

namespace PerfTrace.Perf;

/// <summary>Makes frames of the addresses of a sample.</summary>
internal sealed class CallChainReader(RecordedModules modules, RecordedKernel kernel)
{
    // enum perf_callchain_context: marks among the addresses, near the top of the address space.
    private const ulong FirstMark = unchecked((ulong)-4095);

    private readonly Dictionary<ulong, StackFrame> _unknown = [];
    private StackFrame[] _frames = new StackFrame[256];

    /// <summary>The frame of an address.</summary>
    public StackFrame Frame(ulong address, CpuMode mode, MappingTable user, bool isCaller)
    {
        StackFrame? frame = mode switch
        {
            CpuMode.Kernel => kernel.Frame(address, isCaller),
            CpuMode.User => user.Frame(address, isKernel: false, isCaller),
            _ => null,
        };
        return frame ?? Unknown(address, mode == CpuMode.Kernel);
    }

    /// <summary>The frames of a chain, innermost first, and then those of the program that were found otherwise.</summary>
    public StackFrame[] Frames(PerfDataBytes chain, CpuMode mode, MappingTable user, ReadOnlySpan<ulong> unwound)
    {
        int count = 0, words = chain.Length / sizeof(ulong);
        for (int i = 0; i < words; i++)
        {
            ulong address = chain.Word64(i * sizeof(ulong));
            if (address >= FirstMark)
            {
                mode = ModeOf(address);
                if (mode == CpuMode.Unknown)
                    break; // no mark that is known: nothing behind it can be told apart
                continue;
            }
            Add(ref count, Frame(address, mode, user, isCaller: count > 0));
        }
        // These are in the call and not behind it.
        foreach (ulong address in unwound)
            Add(ref count, Frame(address, CpuMode.User, user, isCaller: false));
        return _frames.AsSpan(0, count).ToArray();
    }

    private void Add(ref int count, StackFrame frame)
    {
        if (count == _frames.Length)
            Array.Resize(ref _frames, count * 2);
        _frames[count++] = frame;
    }

    private static CpuMode ModeOf(ulong mark) => (long)mark switch
    {
        -32 => CpuMode.Hypervisor,
        -128 => CpuMode.Kernel,
        -512 or -640 => CpuMode.User, // -640: PERF_CONTEXT_USER_DEFERRED, Linux 6.19
        -2048 => CpuMode.GuestKernel,
        -2176 => CpuMode.GuestKernel,
        -2560 => CpuMode.GuestUser,
        _ => CpuMode.Unknown,
    };

    private StackFrame Unknown(ulong address, bool isKernel)
    {
        // Bounded, as damaged files have no end of them.
        if (_unknown.Count > 1 << 16)
            _unknown.Clear();
        if (!_unknown.TryGetValue(address, out StackFrame? frame))
            _unknown.Add(address, frame = new StackFrame(address, modules.Unknown, address, isKernel, isCaller: false));
        return frame;
    }
}
