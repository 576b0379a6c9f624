using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>
/// How one program at the raw tracepoint of all system calls tells which one it is, and whether it is one of the script's: by the number, which a table turns into that of the attach
/// point. As tracefs' own events of system calls, it passes over those of 32-bit programs, whose numbers are others (kernel/trace/trace_syscalls.c).
/// </summary>
/// <param name="IsExit">At sys_exit, not sys_enter.</param>
/// <param name="Numbers">The number of the attach point in the plan's list of names, for each number of a system call.</param>
/// <param name="NumberOffset">Where in struct pt_regs the number is: sys_exit is not given it.</param>
/// <param name="CompatibleOffset">Where in struct task_struct the flags are that tell 32-bit calls.</param>
/// <param name="CompatibleFlag">The flag.</param>
internal sealed record SystemCallDispatch(bool IsExit, IReadOnlyDictionary<int, int> Numbers, int NumberOffset, int CompatibleOffset, int CompatibleFlag)
{
    /// <summary>What the table has room for; all numbers are below, with some for the years to come.</summary>
    public const int TableLength = 1024;

    /// <summary>The map of the table, one for each program.</summary>
    public IrMap Table { get; init; } = new("system_calls");

    /// <summary>The table: 4 bytes for each system call, 0 or one more than the number of the attach point.</summary>
    public byte[] Content()
    {
        byte[] content = new byte[sizeof(int) * TableLength];
        foreach ((int call, int probe) in Numbers)
            BitConverter.TryWriteBytes(content.AsSpan(sizeof(int) * call), probe + 1);
        return content;
    }

    /// <summary>A dispatch as far as it is the same for all scripts; null where this kernel's types or machine do not tell what it takes.</summary>
    public static SystemCallDispatch? Create(BtfTypes? kernel, bool isExit)
    {
        if (kernel is null)
            return null;
        // x86: TS_COMPAT of arch/x86/include/asm/thread_info.h. ARM64: TIF_32BIT of arch/arm64/include/asm/thread_info.h.
        (string number, string flags, int flag) = KernelRelease.Machine switch
        {
            "x86_64" => ("orig_ax", "status", 1 << 1),
            "aarch64" => ("syscallno", "flags", 1 << 22),
            _ => ("", "", 0),
        };
        return OffsetOf(kernel, "pt_regs", number) is { } numberOffset && OffsetOf(kernel, "task_struct", "thread_info") is { } information && OffsetOf(kernel, "thread_info", flags) is { } flagsOffset
            ? new SystemCallDispatch(isExit, new Dictionary<int, int>(), numberOffset, information + flagsOffset, flag)
            : null;
    }

    private static int? OffsetOf(BtfTypes kernel, string type, string member) =>
        kernel.Find(type, BtfKind.Struct) is { } found && Find(found, member) is { } offset ? offset : null;

    // Members of unions and structs without a name count as the owner's.
    private static int? Find(BtfType type, string name)
    {
        foreach (BtfMember member in type.Members)
        {
            if (member.Name == name)
                return (int)member.Offset;
            if (member.Name.Length == 0 && Find(member.Type, name) is { } offset)
                return (int)member.Offset + offset;
        }
        return null;
    }
}
