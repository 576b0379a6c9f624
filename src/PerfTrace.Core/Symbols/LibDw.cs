using System.Runtime.InteropServices;

namespace PerfTrace.Symbols;

/// <summary>The functions of libdw (elfutils) that are used, from <c>elfutils/libdw.h</c> and <c>elfutils/libdwfl.h</c>. Loaded when first called.</summary>
internal static unsafe partial class LibDw
{
    /// <summary>What to say when it is not installed.</summary>
    public const string Advice = "libdw.so.1 is not installed (the package libdw1 on Debian, libdw1t64 on newer ones and Ubuntu, elfutils-libs on Fedora)";

    /// <summary>DWARF_C_READ and ELF_C_READ: read into memory, not mapped, as a mapped file could be cut short under our feet.</summary>
    public const int DwarfRead = 0, ElfRead = 1;

    /// <summary>DWARF_CB_OK and DWARF_CB_ABORT.</summary>
    public const int Continue = 0, Stop = 1;

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

    [LibraryImport(Dw, EntryPoint = "dwarf_getsrc_die")]
    public static partial nint FindLine(Die* unit, ulong address);

    [LibraryImport(Dw, EntryPoint = "dwarf_linesrc")]
    public static partial byte* FileOfLine(nint line, ulong* modified, ulong* length);

    [LibraryImport(Dw, EntryPoint = "dwarf_lineno")]
    public static partial int NumberOfLine(nint line, int* number);

    [LibraryImport(Dw, EntryPoint = "dwarf_getsrcfiles")]
    public static partial int Files(Die* unit, nint* files, nuint* count);

    [LibraryImport(Dw, EntryPoint = "dwarf_filesrc")]
    public static partial byte* FileName(nint files, nuint index, ulong* modified, ulong* length);

    [LibraryImport(Dw, EntryPoint = "dwfl_begin")]
    public static partial nint BeginProcess(ProcessCallbacks* callbacks);

    [LibraryImport(Dw, EntryPoint = "dwfl_end")]
    public static partial void EndProcess(nint dwfl);

    [LibraryImport(Dw, EntryPoint = "dwfl_report_begin_add")]
    public static partial void BeginReport(nint dwfl);

    [LibraryImport(Dw, EntryPoint = "dwfl_report_elf", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint Report(nint dwfl, string name, string file, int descriptor, ulong bias, [MarshalAs(UnmanagedType.U1)] bool addToAddresses);

    [LibraryImport(Dw, EntryPoint = "dwfl_report_end")]
    public static partial int EndReport(nint dwfl, nint removed, nint argument);

    [LibraryImport(Dw, EntryPoint = "dwfl_addrmodule")]
    public static partial nint ModuleAt(nint dwfl, ulong address);

    [LibraryImport(Dw, EntryPoint = "dwfl_attach_state")]
    public static partial byte AttachState(nint dwfl, nint elf, int process, ThreadCallbacks* callbacks, void* argument);

    [LibraryImport(Dw, EntryPoint = "dwfl_getthread_frames")]
    public static partial int WalkFrames(nint dwfl, int thread, delegate* unmanaged<nint, void*, int> callback, void* argument);

    [LibraryImport(Dw, EntryPoint = "dwfl_frame_pc")]
    public static partial byte AddressOfFrame(nint frame, ulong* address, byte* isActivation);

    [LibraryImport(Dw, EntryPoint = "dwfl_thread_state_registers")]
    public static partial byte SetRegisters(nint thread, int first, uint count, ulong* values);

    [LibraryImport(Dw, EntryPoint = "dwfl_thread_state_register_pc")]
    public static partial void SetInstructionPointer(nint thread, ulong value);

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

    /// <summary>Dwfl_Callbacks.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ProcessCallbacks
    {
        public nint FindElf;
        public nint FindDebugInformation;
        public nint SectionAddress;
        public nint DebugInformationPath;
    }

    /// <summary>Dwfl_Thread_Callbacks.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ThreadCallbacks
    {
        public delegate* unmanaged<nint, void*, void**, int> NextThread;
        public delegate* unmanaged<nint, int, void*, void**, byte> GetThread;
        public delegate* unmanaged<nint, ulong, ulong*, void*, byte> ReadMemory;
        public delegate* unmanaged<nint, void*, byte> SetInitialRegisters;
        public nint Detach;
        public nint DetachThread;
    }
}
