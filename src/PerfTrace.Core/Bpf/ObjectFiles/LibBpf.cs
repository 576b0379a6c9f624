using System.Runtime.InteropServices;

namespace PerfTrace.Bpf;

/// <summary>The functions of libbpf 1.x that are used, from its <c>libbpf.h</c> and <c>btf.h</c>. Loaded when first called. Those that return a pointer leave the error in errno.</summary>
internal static unsafe partial class LibBpf
{
    /// <summary>What to say when it is not installed.</summary>
    public const string Advice = "libbpf.so.1 is not installed (the package libbpf1 on Debian and Ubuntu, libbpf on Fedora)";

    /// <summary>enum libbpf_print_level.</summary>
    public const int Warning = 0, Information = 1;

    /// <summary>enum libbpf_errno, of what the kernel's numbers do not say.</summary>
    public const int ErrorElf = 4000, ErrorFormat = 4001, ErrorEndian = 4003, ErrorRelocation = 4005, ErrorProgramType = 4010;

    private const string Library = "libbpf.so.1", LibC = "libc";

    [LibraryImport(Library, EntryPoint = "libbpf_set_print")]
    public static partial nint SetPrint(delegate* unmanaged<int, byte*, nint, int> print);

    [LibraryImport(Library, EntryPoint = "libbpf_probe_bpf_prog_type")]
    public static partial int ProbeProgramType(uint type, nint options);

    [LibraryImport(Library, EntryPoint = "bpf_object__open_file", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint Open(string path, OpenOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_object__open_mem", SetLastError = true)]
    public static partial nint OpenMemory(byte* data, nuint size, OpenOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_object__close")]
    public static partial void Close(nint value);

    [LibraryImport(Library, EntryPoint = "bpf_object__load")]
    public static partial int Load(BpfObjectHandle value);

    [LibraryImport(Library, EntryPoint = "bpf_object__name")]
    public static partial byte* Name(BpfObjectHandle value);

    [LibraryImport(Library, EntryPoint = "bpf_object__btf")]
    public static partial nint Btf(BpfObjectHandle value);

    [LibraryImport(Library, EntryPoint = "btf__raw_data")]
    public static partial byte* BtfData(nint btf, uint* size);

    [LibraryImport(Library, EntryPoint = "bpf_object__next_program")]
    public static partial nint NextProgram(BpfObjectHandle value, nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__name")]
    public static partial byte* ProgramName(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__section_name")]
    public static partial byte* ProgramSection(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__type")]
    public static partial uint ProgramType(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__autoload")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool ProgramAutoload(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__set_autoload")]
    public static partial int SetProgramAutoload(nint program, [MarshalAs(UnmanagedType.U1)] bool value);

    [LibraryImport(Library, EntryPoint = "bpf_program__fd")]
    public static partial int ProgramDescriptor(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__attach", SetLastError = true)]
    public static partial nint Attach(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_object__next_map")]
    public static partial nint NextMap(BpfObjectHandle value, nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__name")]
    public static partial byte* MapName(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__type")]
    public static partial uint MapType(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__key_size")]
    public static partial uint MapKeySize(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__value_size")]
    public static partial uint MapValueSize(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__max_entries")]
    public static partial uint MapEntries(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__set_max_entries")]
    public static partial int SetMapEntries(nint map, uint value);

    [LibraryImport(Library, EntryPoint = "bpf_map__is_internal")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool IsMapInternal(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__btf_value_type_id")]
    public static partial uint MapValueType(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__initial_value")]
    public static partial byte* MapInitialValue(nint map, nuint* size);

    [LibraryImport(Library, EntryPoint = "bpf_map__pin_path")]
    public static partial byte* MapPinPath(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__fd")]
    public static partial int MapDescriptor(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_link__fd")]
    public static partial int LinkDescriptor(BpfLinkHandle link);

    [LibraryImport(Library, EntryPoint = "bpf_link__destroy")]
    public static partial int DestroyLink(nint link);

    /// <summary>
    /// vsnprintf(3). A va_list is an array on x86-64 and a structure of 32 bytes on ARM64: both conventions hand over its address, so it is a pointer here.
    /// </summary>
    [LibraryImport(LibC, EntryPoint = "vsnprintf")]
    public static partial int Format(byte* target, nuint size, byte* format, nint arguments);

    /// <summary>struct bpf_object_open_opts, as far as libbpf 1.0 has it; a later one takes the rest for zero.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct OpenOptions
    {
        public nuint Size;
        public byte* ObjectName;
        public byte RelaxedMaps;
        public byte* PinRoot;
        public uint Unused;
        public byte* KernelConfiguration;
        public byte* CustomBtf;
        public byte* KernelLog;
        public nuint KernelLogSize;
        public uint KernelLogLevel;
    }
}
