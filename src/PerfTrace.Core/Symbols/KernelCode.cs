namespace PerfTrace.Symbols;

/// <summary>The names of the kernel and of its modules; places are addresses as they were recorded.</summary>
internal sealed class KernelCode : CodeSymbols
{
    private readonly FunctionTable? _functions;
    private readonly Lazy<KernelImage?> _image;
    private readonly DwarfFiles _dwarf;
    private readonly Func<CodeSymbol, FunctionCode>? _memory;

    private KernelCode(FunctionTable? functions, string? missing, DwarfFiles dwarf, Lazy<KernelImage?>? image = null, Func<CodeSymbol, FunctionCode>? memory = null)
    {
        _memory = memory;
        _functions = functions;
        _image = image ?? new Lazy<KernelImage?>((KernelImage?)null);
        _dwarf = dwarf;
        Missing = missing;
    }

    public override string? Missing { get; }

    public override string? File => _image.Value?.Path;

    /// <summary>How many functions have names.</summary>
    public int Count => _functions?.Count ?? 0;

    public static KernelCode Open(CodeModule module, KernelFiles files, Demangler demangler, DwarfFiles dwarf)
    {
        string? buildId = module.Kind == CodeModuleKind.Kernel ? module.BuildId : null;
        string? reason = null;
        if (files.IsRunning(module))
        {
            if (files.ReadLive(module.RecordedText, demangler) is { HasAddresses: true } live)
            {
                ulong shift = KernelFiles.Shift(module.RecordedText, live.Text, live.StartOfText);
                return new KernelCode(live.Functions, null, dwarf, Image(buildId ?? files.RunningBuildId, live.Text), function => files.ReadMemory(function, shift));
            }
            reason = "The kernel hides the addresses of its functions: run as root, or set kernel.kptr_restrict to 0 and kernel.perf_event_paranoid to 1 (or have CAP_SYSLOG).";
        }
        buildId ??= module is { Kind: CodeModuleKind.Kernel, IsOfOtherKernel: false } ? files.RunningBuildId : null;
        if (buildId is not null)
        {
            if (files.ReadCopy(buildId, module.RecordedText, demangler) is { HasAddresses: true } copy)
                return new KernelCode(copy.Functions, null, dwarf, Image(buildId, copy.Text));
            if (files.FindImage(buildId, module.RecordedText) is { } image)
                return new KernelCode(image.ReadFunctions(demangler), null, dwarf, new Lazy<KernelImage?>(image));
        }
        return new KernelCode(null, reason ?? Advise(module, buildId), dwarf);

        // Wanted for source lines only, and large.
        Lazy<KernelImage?> Image(string? id, ulong text) => new(() => files.FindImage(id, module.RecordedText ?? text));
    }

    public override CodeSymbol? Find(ulong place) => _functions?.Find(place);

    public override ulong? AddressOf(ulong place) => _image.Value?.AddressOf(place);

    public override IReadOnlyList<CodeLocation> Locate(ulong place) => _image.Value is { } image ? _dwarf.Locate(image.Path, image.AddressOf(place)) : [];

    // The memory first: it has what the kernel has changed since it was built, and its modules.
    public override FunctionCode ReadCode(CodeSymbol function)
    {
        string? reason = null;
        if (_memory is not null)
        {
            try
            {
                return _memory(function);
            }
            catch (CodeNotFoundException e)
            {
                reason = e.Message;
            }
        }
        return _image.Value is { } image ? image.ReadCode(function)
            : throw new CodeNotFoundException($"{reason ?? "The kernel that was recorded is not the one that runs."} Its debug package (/usr/lib/debug/boot/vmlinux-RELEASE) would do, too.");
    }

    private static string Advise(CodeModule module, string? buildId) => module.Kind == CodeModuleKind.KernelModule
        ? $"The recording is of another boot or build of {module.Path}: where its functions were then is not known here. Read the recording on the machine and in the boot that made it."
        : $"The kernel that was recorded (build id {buildId ?? "unknown"}) is not the one that runs: install its debug package (/usr/lib/debug/boot/vmlinux-RELEASE), or bring "
            + "perf's copy of its symbols (~/.debug) from the machine that recorded.";
}
