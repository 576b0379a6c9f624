using System.Text;

namespace PerfTrace.Symbols;

/// <summary>The versions of dynamic symbols (.gnu.version, .gnu.version_d, .gnu.version_r; the System V gABI's GNU extensions).</summary>
internal sealed class ElfVersions
{
    private const ushort Hidden = 0x8000, FirstNamed = 2; // 0 is local, 1 global without version

    private readonly ReadOnlyMemory<byte> _numbers;
    private readonly ElfLayout _layout;
    private readonly Dictionary<ushort, (string Name, bool IsOwn)> _names = [];

    private ElfVersions(ReadOnlyMemory<byte> numbers, ElfLayout layout)
    {
        _numbers = numbers;
        _layout = layout;
    }

    /// <summary>Null when the file's symbols have no versions.</summary>
    public static ElfVersions? Read(ElfFile file, ReadOnlySpan<byte> strings)
    {
        ElfSection? numbers = Find(ElfSection.GnuVersionNumbers);
        if (numbers is null)
            return null;
        var versions = new ElfVersions(file.ReadSection(numbers), file.Layout);
        if (Find(ElfSection.GnuVersionDefinitions) is { } definitions)
            versions.ReadDefinitions(file.ReadSection(definitions).Span, strings, definitions.Info);
        if (Find(ElfSection.GnuVersionNeeds) is { } needs)
            versions.ReadNeeds(file.ReadSection(needs).Span, strings, needs.Info);
        return versions;

        ElfSection? Find(uint type) => file.Sections.FirstOrDefault(s => s.Type == type && s.HasBytes);
    }

    /// <summary>The version of the symbol at an index of .dynsym; a null name when it has none.</summary>
    public (string? Name, bool IsDefault) Of(int symbol)
    {
        if (_numbers.Length < (symbol + 1) * 2)
            return (null, true);
        ushort number = _layout.Half(_numbers.Span, symbol * 2);
        ushort index = (ushort)(number & ~Hidden);
        return index >= FirstNamed && _names.TryGetValue(index, out var version)
            ? (version.Name, version.IsOwn && (number & Hidden) == 0)
            : (null, true);
    }

    private void ReadDefinitions(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> strings, uint count)
    {
        // Elf64_Verdef: vd_version, vd_flags, vd_ndx, vd_cnt (2 each), vd_hash, vd_aux, vd_next (4 each); Elf64_Verdaux: vda_name, vda_next.
        const int DefinitionSize = 20, NameSize = 8;
        ulong at = 0;
        for (uint i = 0; i < count && at + DefinitionSize <= (ulong)bytes.Length; i++)
        {
            ReadOnlySpan<byte> definition = bytes[(int)at..];
            ulong auxiliary = at + _layout.Word(definition, 12);
            uint next = _layout.Word(definition, 16);
            if (auxiliary + NameSize <= (ulong)bytes.Length)
                Add(_layout.Half(definition, 4), strings, _layout.Word(bytes, (int)auxiliary), isOwn: true);
            if (next == 0)
                break;
            at += next;
        }
    }

    // A program has a copy of a library's variable (stdout): a symbol of its own with the version of the library's.
    private void ReadNeeds(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> strings, uint count)
    {
        // Elf64_Verneed: vn_version, vn_cnt (2 each), vn_file, vn_aux, vn_next (4 each); Elf64_Vernaux: vna_hash (4), vna_flags, vna_other (2 each), vna_name, vna_next.
        const int NeedSize = 16, NameSize = 16;
        ulong at = 0;
        for (uint i = 0; i < count && at + NeedSize <= (ulong)bytes.Length; i++)
        {
            ReadOnlySpan<byte> need = bytes[(int)at..];
            ulong auxiliary = at + _layout.Word(need, 8);
            uint next = _layout.Word(need, 12);
            for (ushort left = _layout.Half(need, 2); left > 0 && auxiliary + NameSize <= (ulong)bytes.Length; left--)
            {
                ReadOnlySpan<byte> name = bytes[(int)auxiliary..];
                Add(_layout.Half(name, 6), strings, _layout.Word(name, 8), isOwn: false);
                uint step = _layout.Word(name, 12);
                if (step == 0)
                    break;
                auxiliary += step;
            }
            if (next == 0)
                break;
            at += next;
        }
    }

    private void Add(ushort index, ReadOnlySpan<byte> strings, uint name, bool isOwn)
    {
        if (name >= strings.Length)
            return;
        ReadOnlySpan<byte> rest = strings[(int)name..];
        int end = rest.IndexOf((byte)0);
        _names[(ushort)(index & ~Hidden)] = (Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]), isOwn);
    }
}
