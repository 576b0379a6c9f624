using System.Runtime.InteropServices;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Bpf;

/// <summary>Functions of the kernel, any number with one call (Linux 5.18). The program must have been loaded for it (<c>kprobe.multi</c>).</summary>
/// <param name="Functions">The functions.</param>
/// <param name="IsReturn">At their returns.</param>
public sealed record KProbeMultiHook(IReadOnlyList<KernelFunction> Functions, bool IsReturn) : BpfHook
{
    private const uint Return = 1; // BPF_F_KPROBE_MULTI_RETURN

    /// <summary>What bpf_get_attach_cookie tells the program at each function; null: everywhere the same.</summary>
    public IReadOnlyList<ulong>? Cookies { get; init; }

    public override string Kind => "a kprobe.multi";

    public override IReadOnlyList<BpfProgramType> ProgramTypes => [BpfProgramType.KProbe];

    /// <summary>The functions that can be traced and have a wanted name.</summary>
    /// <param name="patterns">What messages call the wanted names.</param>
    /// <param name="isWanted">A name is.</param>
    /// <param name="isReturn">At their returns.</param>
    /// <exception cref="KernelFunctionNotFoundException">There is none.</exception>
    /// <exception cref="KernelException">The kernel does not tell of its functions.</exception>
    public static KProbeMultiHook Find(string patterns, Func<string, bool> isWanted, bool isReturn)
    {
        var all = KernelFunctions.List(SystemPaths.Default).ToList();
        KernelFunction[] functions = [.. all.Where(f => isWanted(f.Name))];
        return functions.Length > 0 ? new KProbeMultiHook(functions, isReturn) : throw KernelFunctions.NotFound(patterns, all);
    }

    internal override unsafe IReadOnlyList<FileDescriptor> Attach(FileDescriptor program, ulong cookie)
    {
        // Addresses where all are known (names can be of several functions), names otherwise; the kernel sorts and finds them in one pass.
        ulong[] places = new ulong[Functions.Count], cookies = Cookies is not null ? [.. Cookies] : new ulong[cookie == 0 ? 0 : Functions.Count];
        bool byAddress = Functions.All(static f => f.Address is not null);
        if (Cookies is null)
            Array.Fill(cookies, cookie);
        try
        {
            for (int i = 0; i < places.Length; i++)
                places[i] = byAddress ? Functions[i].Address!.Value : (ulong)Marshal.StringToCoTaskMemUTF8(Functions[i].Name);
            fixed (ulong* placesPointer = places, cookiesPointer = cookies)
            {
                return
                [
                    Create(new BpfLinkAttributes
                    {
                        Program = program.Number,
                        AttachType = BpfAttachType.TraceKProbeMulti,
                        KProbeFlags = IsReturn ? Return : 0,
                        KProbeCount = (uint)places.Length,
                        KProbeNames = byAddress ? 0 : (ulong)placesPointer,
                        KProbeAddresses = byAddress ? (ulong)placesPointer : 0,
                        KProbeCookies = cookies.Length == 0 ? 0 : (ulong)cookiesPointer,
                    }, BpfLinkAttributes.StructureSize),
                ];
            }
        }
        finally
        {
            foreach (ulong place in places)
            {
                if (!byAddress)
                    Marshal.FreeCoTaskMem((nint)place);
            }
        }
    }

    public override string ToString() => Functions.Count == 1 ? $"kprobe.multi {Functions[0].Name}" : $"kprobe.multi of {Functions.Count} functions";

    private protected override string? Advise(Errno errno) => errno switch
    {
        Errno.EINVAL => "The program must be loaded for several functions (the section kprobe.multi, the attach type trace_kprobe_multi), on Linux 5.18 or later.",
        Errno.EOPNOTSUPP => "This kernel was built without function tracing by probes (CONFIG_FPROBE).",
        Errno.ESRCH or Errno.ENOENT => "One of the functions can not be traced (Get-KernelFunction lists those that can).",
        _ => null,
    };
}
