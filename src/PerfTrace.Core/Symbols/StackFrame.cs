using System.Globalization;

namespace PerfTrace.Symbols;

/// <summary>An instruction that was sampled, or one that called it. Names are looked up when they are asked for; frames of the same address are one object.</summary>
public sealed class StackFrame
{
    private readonly ulong _place;
    private CodeSymbol? _symbol;
    private IReadOnlyList<CodeLocation>? _locations;
    private bool _isResolved;

    /// <param name="address">The address in the process or kernel.</param>
    /// <param name="module">What is mapped there.</param>
    /// <param name="place">The place in the module, as its <see cref="CodeSymbols"/> count.</param>
    /// <param name="isKernel">It is the kernel's.</param>
    /// <param name="isCaller">It is where a call returns to, behind the calling instruction.</param>
    internal StackFrame(ulong address, CodeModule module, ulong place, bool isKernel, bool isCaller)
    {
        Address = address;
        Code = module;
        _place = place;
        IsKernel = isKernel;
        IsCaller = isCaller;
    }

    /// <summary>A frame whose names are known already.</summary>
    internal StackFrame(ulong address, CodeModule module, ulong place, CodeSymbol? function, IReadOnlyList<CodeLocation> locations)
        : this(address, module, place, module.Kind is CodeModuleKind.Kernel or CodeModuleKind.KernelModule, isCaller: false)
    {
        _symbol = function;
        _isResolved = true;
        _locations = locations;
    }

    /// <summary>The address in the process or kernel; of a caller where the call returns to.</summary>
    public ulong Address { get; }

    /// <summary>The function, demangled; null when no symbol is known there.</summary>
    public string? Symbol => Function?.Name;

    /// <summary>Bytes from the begin of the function; null without one.</summary>
    public ulong? SymbolOffset => Function is { } function ? _place - function.Start : null;

    /// <summary>The program, library, kernel or module, without directories; <c>[unknown]</c> when nothing is known to be mapped there.</summary>
    public string Module => Code.Name;

    /// <summary>The module with its directories.</summary>
    public string ModulePath => Code.Path;

    /// <summary>It is the kernel's.</summary>
    public bool IsKernel { get; }

    /// <summary>The source file; null when no debug information tells.</summary>
    public string? SourceFile => Locations is [var first, ..] ? first.File : null;

    /// <summary>The line in the source file, from 1.</summary>
    public int? SourceLine => Locations is [var first, ..] ? first.Line : null;

    /// <summary>
    /// The functions at this address by the debug information, innermost first: those that were inlined and at last the one that they were inlined into,
    /// each with the place in its source. Empty without debug information.
    /// </summary>
    public IReadOnlyList<CodeLocation> Locations => _locations ??= Code.Symbols.Locate(IsCaller && _place > 0 ? _place - 1 : _place);

    /// <summary>What would give it a name: the file or package that is missing; null when it has one or nothing is known to help.</summary>
    public string? Missing => Function is null ? Code.Symbols.Missing : null;

    internal CodeModule Code { get; }

    /// <summary>The place in the module.</summary>
    internal ulong Place => _place;

    internal bool IsCaller { get; }

    internal CodeSymbol? Function
    {
        get
        {
            if (!_isResolved)
            {
                _symbol = Code.Symbols.Find(_place);
                _isResolved = true;
            }
            return _symbol;
        }
    }

    /// <summary><c>malloc+0x1c (libc.so.6)</c>; the address when it has no name.</summary>
    public override string ToString() => Function is { } function
        ? string.Create(CultureInfo.InvariantCulture, $"{function.Name}+0x{_place - function.Start:x} ({Module})")
        : string.Create(CultureInfo.InvariantCulture, $"0x{Address:x} ({Module})");
}
