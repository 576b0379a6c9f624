using System.Globalization;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>What hooks share that are of a network interface.</summary>
/// <param name="Interface">Its name.</param>
public abstract record InterfaceHook(string Interface) : BpfHook
{
    public override bool TakesCookie => false;

    /// <summary>The interface's number in this network namespace.</summary>
    /// <exception cref="BpfInterfaceNotFoundException">There is none of this name.</exception>
    private protected int Number()
    {
        string folder = Path.Combine(SystemPaths.Default.Sys, "class/net"), file = Path.Combine(folder, Path.GetFileName(Interface), "ifindex");
        if (Interface.Length > 0 && File.Exists(file))
            return int.Parse(File.ReadAllText(file).Trim(), CultureInfo.InvariantCulture);
        string[] names = Directory.Exists(folder) ? [.. Directory.EnumerateDirectories(folder).Select(static d => Path.GetFileName(d)).Order(StringComparer.Ordinal)] : [];
        throw new BpfInterfaceNotFoundException(Interface, names);
    }

    /// <summary>Makes the link.</summary>
    private protected FileDescriptor Create(FileDescriptor program, BpfAttachType attachType, uint flags, uint size) =>
        Create(new BpfLinkAttributes { Program = program.Number, Target = Number(), AttachType = attachType, Flags = flags }, size);
}
