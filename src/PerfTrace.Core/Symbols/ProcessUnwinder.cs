using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PerfTrace.Symbols;

/// <summary>Unwinds the stacks of one process with libdw (libdwfl). It knows the modules that came up so far; one that lies where another was makes it stale.</summary>
internal sealed unsafe class ProcessUnwinder : SafeHandleZeroOrMinusOneIsInvalid
{
    private static readonly LibDw.ProcessCallbacks* s_process = MakeProcessCallbacks();
    private static readonly LibDw.ThreadCallbacks* s_thread = MakeThreadCallbacks();

    private readonly UnwindMachine _machine;
    private readonly UnwindImages _images;
    private readonly HashSet<(CodeModule Module, ulong Bias)> _reported = [];
    private readonly Walk* _walk;
    private GCHandle _self;
    private bool _isAttached;
    private IUnwindMappings? _mappings;

    public ProcessUnwinder(UnwindMachine machine, UnwindImages images)
        : base(ownsHandle: true)
    {
        _machine = machine;
        _images = images;
        SetHandle(LibDw.BeginProcess(s_process));
        _walk = (Walk*)NativeMemory.AllocZeroed((nuint)sizeof(Walk));
        _self = GCHandle.Alloc(this, GCHandleType.Weak);
        _walk->Owner = GCHandle.ToIntPtr(_self);
        if (IsInvalid)
            throw new InsufficientMemoryException("libdw has no memory for a process.");
    }

    /// <summary>A walk found a module where it knew another: what it returned is not to be used.</summary>
    public bool IsStale { get; private set; }

    /// <summary>Walks from the sampled registers outwards. The first address is where the sample was taken.</summary>
    public int Unwind(IUnwindMappings mappings, in UserRegisters registers, ReadOnlySpan<byte> stack, Span<ulong> addresses)
    {
        if (addresses.IsEmpty || !registers.TryGet(_machine.InstructionPointer, out ulong ip))
            return 0;
        addresses[0] = ip;
        if (addresses.Length == 1 || !registers.TryGet(_machine.StackPointer, out ulong sp))
            return 1;
        int count = _machine.ByDwarf.Length;
        ulong* values = stackalloc ulong[count];
        for (int i = 0; i < count; i++)
            _ = registers.TryGet(_machine.ByDwarf[i], out values[i]);
        _mappings = mappings;
        try
        {
            Report(ip);
            if (!_isAttached)
                _isAttached = LibDw.AttachState(handle, 0, 1, s_thread, _walk) != 0 || LibDw.AttachState(handle, _images.OwnElf(_machine), 1, s_thread, _walk) != 0;
            if (!_isAttached)
                return 1;
            fixed (byte* bytes = stack)
            fixed (ulong* output = addresses)
            {
                _walk->Stack = bytes;
                _walk->StackStart = sp;
                _walk->StackSize = (ulong)stack.Length;
                _walk->WordSize = (uint)_machine.WordSize;
                _walk->Registers = values;
                _walk->RegisterCount = (uint)count;
                _walk->InstructionPointer = ip;
                _walk->Addresses = output;
                _walk->Capacity = addresses.Length;
                _walk->Count = 0;
                _walk->IsInSignal = false;
                int result = LibDw.WalkFrames(handle, 1, &OnFrame, _walk);
                // The outermost function tells that nothing called it; a return address of 0 is one that was not sampled. Perf shows it as -1.
                if (result == LibDw.Continue && _walk->HasReadZero && _walk->Count > 0 && _walk->Count < addresses.Length)
                    output[_walk->Count++] = ulong.MaxValue;
                return Math.Max(1, _walk->Count);
            }
        }
        finally
        {
            _mappings = null;
        }
    }

    protected override bool ReleaseHandle()
    {
        LibDw.EndProcess(handle);
        NativeMemory.Free(_walk);
        if (_self.IsAllocated)
            _self.Free();
        return true;
    }

    // Libdw hears of a module when the first address in it comes up: most processes have far more than their samples need.
    private void Report(ulong address)
    {
        if (_mappings!.Find(address) is not var (module, place) || module.Kind is not (CodeModuleKind.File or CodeModuleKind.Vdso)
            || _images.Open(module) is not { } image || image.AddressOf(place) is not { } linked)
        {
            return;
        }
        ulong bias = address - linked;
        if (!_reported.Add((module, bias)))
            return;
        if (LibDw.ModuleAt(handle, address) != 0)
        {
            IsStale = true;
            return;
        }
        LibDw.BeginReport(handle);
        int descriptor = image.Duplicate();
        if (LibDw.Report(handle, module.Path, image.Path, descriptor, bias, addToAddresses: true) == 0 && descriptor >= 0)
            new SafeFileHandle(descriptor, ownsHandle: true).Dispose();
        _ = LibDw.EndReport(handle, 0, 0);
    }

    [UnmanagedCallersOnly]
    private static int OnFrame(nint frame, void* argument)
    {
        var walk = (Walk*)argument;
        ulong address;
        if (GCHandle.FromIntPtr(walk->Owner).Target is not ProcessUnwinder owner || LibDw.AddressOfFrame(frame, &address, null) == 0)
            return LibDw.Stop;
        bool isFirst = walk->Count == 0;
        owner.Report(isFirst ? address : address - 1);
        if (owner.IsStale || address == 0)
            return LibDw.Stop;
        byte isActivation = 1;
        // To tell this, libdw unwinds the frame.
        walk->HasReadZero = false;
        if (!isFirst && LibDw.AddressOfFrame(frame, &address, &isActivation) == 0)
            return LibDw.Stop;
        // Where a call returns to may be another line or function: the call itself is before. Not so where a signal came in: of the two frames that libdw
        // marks, the first is the kernel's stub that the handler returns to, the second was interrupted.
        bool isInterrupted = isActivation != 0 && (isFirst || walk->IsInSignal);
        walk->IsInSignal = isActivation != 0 && !isFirst && !walk->IsInSignal;
        walk->Addresses[walk->Count++] = isInterrupted ? address : address - 1;
        return walk->Count < walk->Capacity ? LibDw.Continue : LibDw.Stop;
    }

    [UnmanagedCallersOnly]
    private static int NextThread(nint dwfl, void* argument, void** thread)
    {
        if (*thread != null)
            return 0;
        *thread = argument;
        return 1;
    }

    [UnmanagedCallersOnly]
    private static byte GetThread(nint dwfl, int id, void* argument, void** thread)
    {
        *thread = argument;
        return 1;
    }

    [UnmanagedCallersOnly]
    private static byte ReadMemory(nint dwfl, ulong address, ulong* result, void* argument)
    {
        var walk = (Walk*)argument;
        ulong offset = address - walk->StackStart;
        if (address >= walk->StackStart && walk->StackSize > walk->WordSize && offset < walk->StackSize - walk->WordSize)
            *result = walk->WordSize == 8 ? *(ulong*)(walk->Stack + offset) : *(uint*)(walk->Stack + offset);
        else if (GCHandle.FromIntPtr(walk->Owner).Target is ProcessUnwinder owner && owner._mappings?.Find(address) is var (module, _) && module.Kind is not CodeModuleKind.File)
            *result = 0; // Memory of the process that was not sampled: perf takes it for zeros, and the last word of the stack's sample with it.
        else
            return 0;
        walk->HasReadZero = *result == 0;
        return 1;
    }

    [UnmanagedCallersOnly]
    private static byte SetInitialRegisters(nint thread, void* argument)
    {
        var walk = (Walk*)argument;
        LibDw.SetInstructionPointer(thread, walk->InstructionPointer);
        return LibDw.SetRegisters(thread, 0, walk->RegisterCount, walk->Registers);
    }

    // Unwinding needs .eh_frame, which is in the program itself; the standard search would even ask servers.
    [UnmanagedCallersOnly]
    private static int FindDebugInformation(nint module, void** data, byte* name, ulong address, byte* file, byte* link, uint checksum, byte** result) => -1;

    private static LibDw.ProcessCallbacks* MakeProcessCallbacks()
    {
        var callbacks = (LibDw.ProcessCallbacks*)NativeMemory.AllocZeroed((nuint)sizeof(LibDw.ProcessCallbacks));
        callbacks->FindDebugInformation = (nint)(delegate* unmanaged<nint, void**, byte*, ulong, byte*, byte*, uint, byte**, int>)&FindDebugInformation;
        return callbacks;
    }

    private static LibDw.ThreadCallbacks* MakeThreadCallbacks()
    {
        var callbacks = (LibDw.ThreadCallbacks*)NativeMemory.AllocZeroed((nuint)sizeof(LibDw.ThreadCallbacks));
        callbacks->NextThread = &NextThread;
        callbacks->GetThread = &GetThread;
        callbacks->ReadMemory = &ReadMemory;
        callbacks->SetInitialRegisters = &SetInitialRegisters;
        return callbacks;
    }

    // What the callbacks of one walk need; libdw keeps its address.
    private struct Walk
    {
        public nint Owner;
        public byte* Stack;
        public ulong StackStart;
        public ulong StackSize;
        public uint WordSize;
        public uint RegisterCount;
        public ulong* Registers;
        public ulong InstructionPointer;
        public ulong* Addresses;
        public int Capacity;
        public int Count;
        public bool IsInSignal;
        public bool HasReadZero;
    }
}
