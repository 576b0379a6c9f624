using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>A control group: packets, sockets, devices, settings of the processes in it and below (Linux 5.7 as a link).</summary>
/// <param name="Directory">Its folder in cgroup2.</param>
/// <param name="AttachType">At which of its events.</param>
public sealed record CGroupHook(string Directory, BpfAttachType AttachType) : BpfHook
{
    public override string Kind => "a control group";

    public override IReadOnlyList<BpfProgramType> ProgramTypes =>
    [
        BpfProgramType.CGroupSkb, BpfProgramType.CGroupSock, BpfProgramType.CGroupSockAddr, BpfProgramType.CGroupDevice, BpfProgramType.CGroupSysCtl,
        BpfProgramType.CGroupSockOpt, BpfProgramType.SockOps, BpfProgramType.Lsm,
    ];

    public override bool TakesCookie => false;

    /// <summary>Finds a control group.</summary>
    /// <param name="program">What is to be attached, which decides what is meant without an attach type.</param>
    /// <param name="name">A path in cgroup2, or below it.</param>
    /// <param name="attachType">At which of its events; null where programs of the type have one alone.</param>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    /// <exception cref="ControlGroupException">cgroup2 is not mounted.</exception>
    /// <exception cref="BpfHookException">The attach type must be said.</exception>
    public static CGroupHook Find(BpfProgram program, string name, BpfAttachType? attachType)
    {
        string root = MountEntry.ReadAll(SystemPaths.Default).FirstOrDefault(static m => m.Type == "cgroup2")?.MountPoint
            ?? throw new ControlGroupException("No cgroup2 file system is mounted. As root: mount -t cgroup2 none /sys/fs/cgroup");
        string directory = name == root || name.StartsWith(root + '/', StringComparison.Ordinal) ? name : Path.Combine(root, name.TrimStart('/'));
        if (!System.IO.Directory.Exists(directory))
            throw new DirectoryNotFoundException($"There is no control group '{name}': {directory} is not there.");
        return new CGroupHook(directory, attachType ?? DefaultFor(program));
    }

    internal override IReadOnlyList<FileDescriptor> Attach(FileDescriptor program, ulong cookie)
    {
        const int Folder = 0x10000; // O_DIRECTORY
        using FileDescriptor group = FileDescriptor.Open(Directory, Folder);
        return [Create(new BpfLinkAttributes { Program = program.Number, Target = group.Number, AttachType = AttachType }, BpfLinkAttributes.ShortSize)];
    }

    public override string ToString() => $"control group {Directory} ({BpfNames.Of(AttachType)})";

    private protected override string? Advise(Errno errno) => errno switch
    {
        Errno.EINVAL => $"The program must be of the type, and loaded for the attach type, {BpfNames.Of(AttachType)} (New-BpfLink -AttachType says another).",
        Errno.EPERM => "A program of a group above does not let others be attached below it; or the process lacks CAP_NET_ADMIN.",
        _ => null,
    };

    private static BpfAttachType DefaultFor(BpfProgram program) => program.Type switch
    {
        BpfProgramType.CGroupDevice => BpfAttachType.CGroupDevice,
        BpfProgramType.CGroupSysCtl => BpfAttachType.CGroupSysCtl,
        BpfProgramType.SockOps => BpfAttachType.CGroupSockOps,
        BpfProgramType.CGroupSock => BpfAttachType.CGroupInetSockCreate,
        BpfProgramType.Lsm => BpfAttachType.LsmCGroup,
        BpfProgramType.CGroupSkb => throw Ambiguous(program, "cgroup_inet_ingress or cgroup_inet_egress"),
        BpfProgramType.CGroupSockOpt => throw Ambiguous(program, "cgroup_getsockopt or cgroup_setsockopt"),
        BpfProgramType.CGroupSockAddr => throw Ambiguous(program, "the one that it was loaded for, such as cgroup_inet4_connect"),
        _ => default,
    };

    private static BpfHookException Ambiguous(BpfProgram program, string choices) =>
        new(program, $"Programs of the type {BpfNames.Of(program.Type)} run at several events of a control group: say which (-AttachType {choices}).");
}
