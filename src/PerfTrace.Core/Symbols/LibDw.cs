using System.Runtime.InteropServices;

namespace PerfTrace.Symbols;

/// <summary>The functions of libdw (elfutils) that are used, from <c>elfutils/libdw.h</c>, and of its libelf. Loaded when first called.</summary>
internal static unsafe partial class LibDw
{
    /// <summary>What to say when it is not installed.</summary>
    public const string Advice = "libdw.so.1 is not installed (the package libdw1 on Debian, libdw1t64 on newer ones and Ubuntu, elfutils-libs on Fedora)";

    /// <summary>DWARF_C_READ and ELF_C_READ: read into memory, not mapped, as a mapped file could be cut short under our feet.</summary>
    public const int DwarfRead = 0, ElfRead = 1;

    /// <summary>EV_CURRENT.</summary>
    public const uint ElfVersion = 1;

    private const string Dw = "libdw.so.1", Elf = "libelf.so.1";

    [LibraryImport(Elf, EntryPoint = "elf_version")]
    public static partial uint SetElfVersion(uint version);

    [LibraryImport(Elf, EntryPoint = "elf_begin")]
    public static partial nint BeginElf(int descriptor, int command, nint archive);

    [LibraryImport(Elf, EntryPoint = "elf_end")]
    public static partial int EndElf(nint elf);

    [LibraryImport(Dw, EntryPoint = "dwarf_begin_elf")]
    public static partial nint Begin(nint elf, int command, nint section);

    [LibraryImport(Dw, EntryPoint = "dwarf_end")]
    public static partial int End(nint dwarf);

    [LibraryImport(Dw, EntryPoint = "dwarf_get_units")]
    public static partial int NextUnit(nint dwarf, nint unit, nint* next, ushort* version, byte* type, Die* die, Die* split);

    [LibraryImport(Dw, EntryPoint = "dwarf_child")]
    public static partial int Child(Die* die, Die* result);

    [LibraryImport(Dw, EntryPoint = "dwarf_siblingof")]
    public static partial int Sibling(Die* die, Die* result);

    [LibraryImport(Dw, EntryPoint = "dwarf_tag")]
    public static partial int Tag(Die* die);

    [LibraryImport(Dw, EntryPoint = "dwarf_ranges")]
    public static partial nint Ranges(Die* die, nint offset, ulong* start, ulong* from, ulong* to);

    [LibraryImport(Dw, EntryPoint = "dwarf_haspc")]
    public static partial int HasAddress(Die* die, ulong address);

    [LibraryImport(Dw, EntryPoint = "dwarf_diename")]
    public static partial byte* Name(Die* die);

    [LibraryImport(Dw, EntryPoint = "dwarf_attr_integrate")]
    public static partial Attribute* FindAttribute(Die* die, uint name, Attribute* result);

    [LibraryImport(Dw, EntryPoint = "dwarf_attr")]
    public static partial Attribute* FindOwnAttribute(Die* die, uint name, Attribute* result);

    [LibraryImport(Dw, EntryPoint = "dwarf_formref_die")]
    public static partial Die* Reference(Attribute* attribute, Die* result);

    [LibraryImport(Dw, EntryPoint = "dwarf_formstring")]
    public static partial byte* Text(Attribute* attribute);

    [LibraryImport(Dw, EntryPoint = "dwarf_formudata")]
    public static partial int Number(Attribute* attribute, ulong* value);

    [LibraryImport(Dw, EntryPoint = "dwarf_formsdata")]
    public static partial int SignedNumber(Attribute* attribute, long* value);

    [LibraryImport(Dw, EntryPoint = "dwarf_getsrc_die")]
    public static partial nint FindLine(Die* unit, ulong address);

    [LibraryImport(Dw, EntryPoint = "dwarf_linesrc")]
    public static partial byte* FileOfLine(nint line, ulong* modified, ulong* length);

    [LibraryImport(Dw, EntryPoint = "dwarf_lineno")]
    public static partial int NumberOfLine(nint line, int* number);

    [LibraryImport(Dw, EntryPoint = "dwarf_getsrclines")]
    public static partial int Lines(Die* unit, nint* lines, nuint* count);

    [LibraryImport(Dw, EntryPoint = "dwarf_onesrcline")]
    public static partial nint Line(nint lines, nuint index);

    [LibraryImport(Dw, EntryPoint = "dwarf_lineaddr")]
    public static partial int AddressOfLine(nint line, ulong* address);

    [LibraryImport(Dw, EntryPoint = "dwarf_linecol")]
    public static partial int ColumnOfLine(nint line, int* column);

    [LibraryImport(Dw, EntryPoint = "dwarf_getsrcfiles")]
    public static partial int Files(Die* unit, nint* files, nuint* count);

    [LibraryImport(Dw, EntryPoint = "dwarf_filesrc")]
    public static partial byte* FileName(nint files, nuint index, ulong* modified, ulong* length);

    [LibraryImport(Elf, EntryPoint = "elf_memory")]
    public static partial nint ElfInMemory(byte* image, nuint size);

    [LibraryImport(Dw, EntryPoint = "dwarf_getcfi_elf")]
    public static partial nint CallFrames(nint elf);

    [LibraryImport(Dw, EntryPoint = "dwarf_cfi_end")]
    public static partial int EndCallFrames(nint callFrames);

    [LibraryImport(Dw, EntryPoint = "dwarf_cfi_addrframe")]
    public static partial int FindFrame(nint callFrames, ulong address, nint* frame);

    [LibraryImport(Dw, EntryPoint = "dwarf_frame_info")]
    public static partial int DescribeFrame(nint frame, ulong* start, ulong* end, byte* isSignal);

    [LibraryImport(Dw, EntryPoint = "dwarf_frame_cfa")]
    public static partial int FrameAddress(nint frame, Operation** operations, nuint* count);

    [LibraryImport(Dw, EntryPoint = "dwarf_frame_register")]
    public static partial int FrameRegister(nint frame, int register, Operation* room, Operation** operations, nuint* count);

    /// <summary>Dwarf_Die: an entry of the debug information.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Die
    {
        public nint Address;
        public nint Unit;
        public nint Abbreviation;
        public nint Padding;
    }

    /// <summary>Dwarf_Attribute.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Attribute
    {
        public uint Code;
        public uint Form;
        public nint Value;
        public nint Unit;
    }

    /// <summary>Dwarf_Op: an operation of a DWARF expression.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Operation
    {
        public byte Code;
        public ulong Number;
        public ulong Second;
        public ulong Offset;
    }
}
