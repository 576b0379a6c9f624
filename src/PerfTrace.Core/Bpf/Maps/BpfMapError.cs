using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>Errors of map commands, whose numbers mean other things than elsewhere.</summary>
internal static class BpfMapError
{
    private const string NoSuchThing = "This type of map has no such operation.";

    public static KernelException Listing(Errno errno, BpfMapAccess access) =>
        BpfCalls.Error(Plain(errno), BpfCommand.MapNextKey, access.Subject, errno switch
        {
            Errno.EOPNOTSUPP or Errno.ENOTSUPP or Errno.EINVAL => BpfMapShape.NoEntries(access.Map.Type) ?? NoSuchThing,
            Errno.EPERM => WriteOnly(access),
            _ => Special(errno, access.Map.Type),
        });

    public static KernelException Lookup(Errno errno, BpfMapAccess access) =>
        BpfCalls.Error(Plain(errno), BpfCommand.MapLookup, access.Subject, errno switch
        {
            Errno.EOPNOTSUPP or Errno.ENOTSUPP or Errno.EINVAL => BpfMapShape.NoEntries(access.Map.Type) ?? NoSuchThing,
            Errno.EPERM => WriteOnly(access),
            _ => Special(errno, access.Map.Type),
        });

    public static KernelException Update(Errno errno, BpfMapAccess access, BpfUpdateCondition condition)
    {
        BpfMap map = access.Map;
        if (errno == Errno.E2BIG && BpfMapShape.IsArray(map.Type))
            return new BpfMapIndexException(errno, map);
        if (errno == Errno.E2BIG || (errno == Errno.ENOSPC && Special(errno, map.Type) is null))
            return new BpfMapFullException(errno, map);
        string? advice = errno switch
        {
            Errno.EEXIST when BpfMapShape.IsArray(map.Type) => "Every element of an array is there: -Condition NoExist can not be met.",
            Errno.EEXIST => "There is an entry with this key already, and -Condition is NoExist.",
            Errno.ENOENT when condition == BpfUpdateCondition.Exist => "There is no entry with this key, and -Condition is Exist.",
            Errno.EPERM when access.IsReadOnly => "The map is frozen (Lock-BpfMap) or was opened for reading: user space can not change it.",
            Errno.EBUSY => "The map is in use by a program right now; try again.",
            Errno.EINVAL when BpfMapShape.HoldsMaps(map.Type) => "The inner map must be of the type and sizes of the one that this map was made with.",
            Errno.EINVAL when map.Type == BpfMapType.ProgramArray => "The program must be of the type, and compiled in the way, of those that use the array.",
            Errno.EOPNOTSUPP or Errno.ENOTSUPP or Errno.EINVAL => NoSuchThing,
            _ => Special(errno, map.Type),
        };
        return BpfCalls.Error(Plain(errno), BpfCommand.MapUpdate, access.Subject, advice);
    }

    public static KernelException Delete(Errno errno, BpfMapAccess access)
    {
        string? advice = errno switch
        {
            Errno.EINVAL when BpfMapShape.IsPlainArray(access.Map.Type) => "Elements of an array can not be removed: set them to 0, or Clear-BpfMap.",
            Errno.EPERM when access.IsReadOnly => "The map is frozen (Lock-BpfMap) or was opened for reading: user space can not change it.",
            Errno.EOPNOTSUPP or Errno.ENOTSUPP or Errno.EINVAL => NoSuchThing,
            _ => null,
        };
        return BpfCalls.Error(Plain(errno), BpfCommand.MapDelete, access.Subject, advice);
    }

    private static string? Special(Errno errno, BpfMapType type) => errno switch
    {
        Errno.ENOSPC when type is BpfMapType.SockMap or BpfMapType.SockHash => "Its values have 4 bytes: the kernel tells sockets, by their cookies, where values have 8.",
        Errno.EBADF when type is BpfMapType.CGroupArray or BpfMapType.CgrpStorage => "It wants the folder of a control group, version 2.",
        _ => null,
    };

    // ENOTSUPP has no text of its own in libc.
    private static Errno Plain(Errno errno) => errno == Errno.ENOTSUPP ? Errno.EOPNOTSUPP : errno;

    private static string? WriteOnly(BpfMapAccess access) => access.Map.Flags.HasFlag(BpfMapFlags.WriteOnly) ? "The map was made for writing alone." : null;
}
