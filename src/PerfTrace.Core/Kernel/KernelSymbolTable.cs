using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PerfTrace.Kernel;

/// <summary>
/// <c>/proc/kallsyms</c>: the kernel's symbols, those of its modules, of BPF programs and of ftrace's trampolines. A lookup answers as
/// kallsyms_lookup() of kernel/kallsyms.c does, so that what is printed with it is what the kernel itself prints.
/// </summary>
public sealed class KernelSymbolTable : IKernelSymbols
{
    private readonly byte[] _text;
    private readonly string[] _modules;
    private readonly Part _kernel;
    private readonly Part _others;
    private readonly (ulong Start, ulong End)[] _kernelRanges;
    private readonly Dictionary<int, string> _names = [];

    private KernelSymbolTable(byte[] text, List<Symbol> kernel, List<Symbol> others, string[] modules)
    {
        _text = text;
        _modules = modules;
        _kernel = new Part(kernel);
        _others = new Part(others);
        _kernelRanges = Ranges();
    }

    /// <summary>How many symbols there are.</summary>
    public int Count => _kernel.Symbols.Length + _others.Symbols.Length;

    /// <summary>The kernel shows addresses (kernel.kptr_restrict, CAP_SYSLOG); without them nothing is ever found.</summary>
    public bool HasAddresses => _kernel.Symbols.Length > 0 && _kernel.Symbols[^1].Address != 0;

    /// <exception cref="Interop.KernelException">The file can not be read.</exception>
    public static KernelSymbolTable Read(SystemPaths paths) => Parse(KernelFile.ReadBytes(Path.Combine(paths.Proc, "kallsyms")));

    /// <summary>Parses <c>ffffffff81000000 T _text</c> and <c>ffffffffc0000000 t init [module]</c>. Other lines are passed over.</summary>
    public static KernelSymbolTable Parse(byte[] text)
    {
        var kernel = new List<Symbol>(text.Length / 40);
        var others = new List<Symbol>();
        var modules = new List<string>();
        string lastModule = "";
        int lastModuleIndex = 0;
        for (int at = 0; at < text.Length;)
        {
            ReadOnlySpan<byte> line = text.AsSpan(at);
            int end = line.IndexOf((byte)'\n');
            line = end < 0 ? line : line[..end];
            int start = at;
            at += line.Length + 1;
            ulong address = 0;
            int digits = 0;
            for (; digits < line.Length && Digit(line[digits]) is >= 0 and var digit; digits++)
                address = address << 4 | (uint)digit;
            // "address type name"
            int name = digits + 3;
            if (digits is 0 or > 16 || name >= line.Length || line[digits] != ' ' || line[digits + 2] != ' ')
                continue;
            ReadOnlySpan<byte> rest = line[name..];
            int nameLength = rest.IndexOfAny((byte)'\t', (byte)' ');
            if (nameLength < 0)
            {
                kernel.Add(new Symbol(address, start + name, (ushort)Math.Min(rest.Length, ushort.MaxValue), -1));
                continue;
            }
            ReadOnlySpan<byte> module = rest[nameLength..].Trim("\t []"u8);
            if (!Encoding.UTF8.GetBytes(lastModule).AsSpan().SequenceEqual(module))
            {
                lastModule = Encoding.UTF8.GetString(module);
                lastModuleIndex = modules.IndexOf(lastModule);
                if (lastModuleIndex < 0)
                {
                    lastModuleIndex = modules.Count;
                    modules.Add(lastModule);
                }
            }
            others.Add(new Symbol(address, start + name, (ushort)Math.Min(nameLength, ushort.MaxValue), (short)lastModuleIndex));
        }
        return new KernelSymbolTable(text, kernel, others, [.. modules]);
    }

    public bool TryFind(ulong address, [NotNullWhen(true)] out string? name, out ulong offset, out ulong size, out string? module)
    {
        name = module = null;
        offset = size = 0;
        foreach ((ulong start, ulong end) in _kernelRanges)
        {
            if (address < start || address >= end)
                continue;
            int at = _kernel.Find(address);
            if (at < 0)
                return false;
            Answer(_kernel, at, end, address, out name, out offset, out size);
            return true;
        }
        int other = _others.Find(address);
        if (other < 0)
            return false;
        Symbol symbol = _others.Symbols[other];
        // Memory of modules is given out in pages; what lies further behind the last symbol belongs to nobody.
        const ulong page = 4096;
        ulong limit = (symbol.Address | (page - 1)) + 1;
        Answer(_others, other, limit, address, out name, out offset, out size);
        if (offset >= size)
        {
            name = null;
            return false;
        }
        module = _modules[symbol.Module];
        // bpf_address_lookup() names no module.
        if (module == "bpf")
            module = null;
        return true;
    }

    /// <summary>Where the kernel itself (not a module) has something of this name; null: nowhere, or it is hidden.</summary>
    public ulong? AddressOf(string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        foreach (Symbol symbol in _kernel.Symbols)
        {
            if (symbol.NameLength == bytes.Length && _text.AsSpan(symbol.NameStart, symbol.NameLength).SequenceEqual(bytes))
                return symbol.Address == 0 ? null : symbol.Address;
        }
        return null;
    }

    private void Answer(Part part, int at, ulong end, ulong address, out string name, out ulong offset, out ulong size)
    {
        Symbol symbol = part.Symbols[at];
        ulong next = part.NextAddress(at, out int module);
        if (next == 0 || module != symbol.Module)
            next = next == 0 ? end : Math.Min(next, end);
        offset = address - symbol.Address;
        size = next - symbol.Address;
        lock (_names)
        {
            if (!_names.TryGetValue(symbol.NameStart, out string? known))
                _names[symbol.NameStart] = known = Encoding.UTF8.GetString(_text.AsSpan(symbol.NameStart, symbol.NameLength));
            name = known;
        }
    }

    // is_ksym_addr(): with CONFIG_KALLSYMS_ALL all of the kernel, without its code.
    private (ulong, ulong)[] Ranges()
    {
        var marks = new Dictionary<string, ulong>(StringComparer.Ordinal);
        foreach (Symbol symbol in _kernel.Symbols)
        {
            ReadOnlySpan<byte> name = _text.AsSpan(symbol.NameStart, symbol.NameLength);
            if (name[0] == '_' && (name.SequenceEqual("_stext"u8) || name.SequenceEqual("_etext"u8) || name.SequenceEqual("_end"u8)
                || name.SequenceEqual("_sinittext"u8) || name.SequenceEqual("_einittext"u8)))
            {
                marks[Encoding.UTF8.GetString(name)] = symbol.Address;
            }
        }
        ulong Mark(string name) => marks.GetValueOrDefault(name);
        if (Mark("_stext") == 0)
            return [];
        return Mark("_end") > Mark("_stext")
            ? [(Mark("_stext"), Mark("_end"))]
            : [(Mark("_stext"), Mark("_etext")), (Mark("_sinittext"), Mark("_einittext"))];
    }

    private static int Digit(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
        _ => -1,
    };

    private readonly record struct Symbol(ulong Address, int NameStart, ushort NameLength, short Module);

    private sealed class Part
    {
        private readonly ulong[] _addresses;

        public Part(List<Symbol> symbols)
        {
            Symbols = [.. symbols];
            _addresses = Array.ConvertAll(Symbols, static s => s.Address);
            bool isSorted = true;
            for (int i = 1; i < _addresses.Length && isSorted; i++)
                isSorted = _addresses[i - 1] <= _addresses[i];
            if (isSorted)
                return;
            // Symbols of one address stay in the kernel's order: the first of them is the one that it answers with.
            Symbols = [.. Symbols.OrderBy(static s => s.Address)];
            _addresses = Array.ConvertAll(Symbols, static s => s.Address);
        }

        public Symbol[] Symbols { get; }

        /// <summary>The first symbol of the highest address that is not above.</summary>
        public int Find(ulong address)
        {
            int at = Array.BinarySearch(_addresses, address);
            if (at < 0)
                at = ~at - 1;
            while (at > 0 && _addresses[at - 1] == _addresses[at])
                at--;
            return at;
        }

        /// <summary>Where the next symbol is that is not in the same place; 0: there is none.</summary>
        public ulong NextAddress(int at, out int module)
        {
            ulong address = _addresses[at];
            while (at < _addresses.Length && _addresses[at] == address)
                at++;
            module = at < _addresses.Length ? Symbols[at].Module : -1;
            return at < _addresses.Length ? _addresses[at] : 0;
        }
    }
}
