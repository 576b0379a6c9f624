using System.Runtime.InteropServices;

namespace PerfTrace.Perf;

/// <summary>The functions of libpfm4 used, from <c>perfmon/pfmlib.h</c> and <c>pfmlib_perf_event.h</c>. Loaded when first called.</summary>
internal static unsafe partial class LibPfm
{
    public const int Success = 0, ErrInvalid = -2;

    /// <summary>PFM_OS_PERF_EVENT: hardware attributes and those of perf_event_open.</summary>
    public const int OsPerfEvent = 1;

    /// <summary>PFM_ATTR_UMASK.</summary>
    public const int AttributeUmask = 1;

    /// <summary>PFM_PLM0 | PFM_PLM3 | PFM_PLMH: count at every privilege level unless the string says otherwise.</summary>
    public const int AllLevels = 0x19;

    private const string Library = "libpfm.so.4";

    [LibraryImport(Library, EntryPoint = "pfm_initialize")]
    public static partial int Initialize();

    [LibraryImport(Library, EntryPoint = "pfm_strerror")]
    public static partial byte* ErrorText(int code);

    [LibraryImport(Library, EntryPoint = "pfm_get_pmu_info")]
    public static partial int GetPmuInfo(int pmu, PmuInfo* info);

    [LibraryImport(Library, EntryPoint = "pfm_get_event_next")]
    public static partial int GetNextEvent(int index);

    [LibraryImport(Library, EntryPoint = "pfm_get_event_info")]
    public static partial int GetEventInfo(int index, int os, EventInfo* info);

    [LibraryImport(Library, EntryPoint = "pfm_get_event_attr_info")]
    public static partial int GetEventAttributeInfo(int eventIndex, int attributeIndex, int os, AttributeInfo* info);

    [LibraryImport(Library, EntryPoint = "pfm_get_os_event_encoding", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int GetOsEventEncoding(string text, int defaultLevels, int os, EncodeArgument* argument);

    /// <summary>pfm_pmu_info_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PmuInfo
    {
        public byte* Name;
        public byte* Description;
        public nuint Size;
        public int Pmu;
        public int Type;
        public int EventCount;
        public int FirstEvent;
        public int MaximumEncoding;
        public int CounterCount;
        public int FixedCounterCount;
        public uint Flags;

        public readonly bool IsPresent => (Flags & 1) != 0;
    }

    /// <summary>pfm_event_info_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct EventInfo
    {
        public byte* Name;
        public byte* Description;
        public byte* Equivalent;
        public nuint Size;
        public ulong Code;
        public int Pmu;
        public int DataType;
        public int Index;
        public int AttributeCount;
        public int Reserved;
        public uint Flags;
    }

    /// <summary>pfm_event_attr_info_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct AttributeInfo
    {
        public byte* Name;
        public byte* Description;
        public byte* Equivalent;
        public nuint Size;
        public ulong Code;
        public int Type;
        public int Index;
        public int Control;
        public uint Flags;
        public ulong Default;
    }

    /// <summary>pfm_perf_encode_arg_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct EncodeArgument
    {
        public void* Attributes;
        public byte** FullName;
        public nuint Size;
        public int Index;
        public int Cpu;
        public int Flags;
        public int Padding;
    }
}
