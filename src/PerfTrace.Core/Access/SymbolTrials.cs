using System.Runtime.InteropServices;
using System.Text;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Symbols;

namespace PerfTrace.Access;

/// <summary>Looks whether addresses are shown and libraries are there.</summary>
internal static class SymbolTrials
{
    private static SystemPaths Paths => SystemPaths.Default;

    public static Refusal? KernelSymbols()
    {
        byte[] head = new byte[64 * 1024];
        int length;
        try
        {
            using var file = new FileStream(Path.Combine(Paths.Proc, "kallsyms"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        }
        catch (FileNotFoundException)
        {
            return new Refusal("This kernel shows no symbols.", "A kernel with CONFIG_KALLSYMS.");
        }
        foreach (string line in Encoding.UTF8.GetString(head, 0, length).Split('\n'))
        {
            if (line.Length > 0 && line.AsSpan(0, Math.Max(0, line.IndexOf(' ', StringComparison.Ordinal))).ContainsAnyExcept('0'))
                return null;
        }
        int? restriction = Sysctl.KernelPointerRestriction(Paths);
        // kallsyms_show_value() of kernel/ksyms_common.c: with 0, who may profile the kernel may see it, too.
        return new Refusal($"/proc/kallsyms shows no addresses (kernel.kptr_restrict is {restriction}).", restriction switch
        {
            2 => "sysctl kernel.kptr_restrict=1, then root or CAP_SYSLOG sees them.",
            1 => "Run as root, or give the process CAP_SYSLOG.",
            _ => $"Run as root, give the process CAP_SYSLOG, or let users profile the kernel: sysctl kernel.perf_event_paranoid=1 (it is {Sysctl.PerfEventParanoid(Paths)}).",
        });
    }

    /// <summary>The libraries of another user's process, which its addresses belong to.</summary>
    public static Refusal? OtherProcesses()
    {
        if (PerfTrials.ProcessOfAnother() is not { } other)
            return null; // all that runs is this user's
        string file = Path.Combine(Paths.Proc, $"{other}/maps");
        try
        {
            // It opens for everyone who may trace the process; the content decides.
            using var reader = new StreamReader(file);
            return reader.Read() >= 0 || Environment.IsPrivilegedProcess ? null : new Refusal($"{file} is empty for this user.", Rights.Missing(Capability.SysPtrace));
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return new Refusal(e.Message, Rights.Missing(Capability.SysPtrace) ?? "A security module denies it, or procfs is mounted with hidepid.");
        }
    }

    /// <summary>The library can be loaded.</summary>
    public static Refusal? Library(string name, string advice)
    {
        if (!NativeLibrary.TryLoad(name, out nint handle))
            return new Refusal($"{name} can not be loaded.", advice);
        NativeLibrary.Free(handle);
        return null;
    }

    /// <summary>libpfm is there and knows a PMU of this machine.</summary>
    public static Refusal? VendorEvents() => EventCatalogue.Default.Vendor.Absence is { } absence ? new Refusal(absence,
        NativeLibrary.TryLoad("libpfm.so.4", out _) ? "A machine whose PMU libpfm knows: see the feature HardwareEvents." : "Install libpfm4 (the package libpfm4 on Debian and Ubuntu, libpfm on Fedora).") : null;

    /// <summary>Debug information that debuginfod's client has fetched is found by build id; nothing is fetched here.</summary>
    public static Refusal? FetchedDebugFiles()
    {
        string[] caches = [.. new SymbolOptions().DownloadCaches];
        return caches.Any(static c => Directory.Exists(c) && Directory.EnumerateDirectories(c).Any()) ? null
            : new Refusal($"debuginfod's client has fetched nothing yet: nothing is in {string.Join(", ", caches)}.",
                "Install the client (debuginfod on Debian and Ubuntu, elfutils-debuginfod-client on Fedora), set DEBUGINFOD_URLS, and fetch what is wanted: debuginfod-find debuginfo FILE");
    }
}
