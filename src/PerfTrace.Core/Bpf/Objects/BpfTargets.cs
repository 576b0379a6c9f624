using System.Globalization;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>What the numbers in a link are called.</summary>
internal static class BpfTargets
{
    /// <summary>A function of type information; the numbers where that has gone.</summary>
    public static string Function(uint objectId, uint typeId) =>
        objectId == 0 ? ""
        : BtfTypes.TryFromId(objectId)?.TryGet(typeId) is { Kind: BtfKind.Function } function ? function.Name : $"type {typeId} of BTF {objectId}";

    /// <summary>A network interface of this network namespace; its number where it has gone or is in another.</summary>
    public static string Interface(uint index)
    {
        string folder = Path.Combine(SystemPaths.Default.Sys, "class/net");
        if (Directory.Exists(folder))
        {
            foreach (string entry in Directory.GetDirectories(folder))
            {
                string file = Path.Combine(entry, "ifindex");
                if (File.Exists(file) && uint.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number == index)
                    return Path.GetFileName(entry);
            }
        }
        return $"interface {index}";
    }

    /// <summary>A control group: the kernel gives the inode of its folder.</summary>
    public static string CGroup(ulong id) => $"cgroup {id}";
}
