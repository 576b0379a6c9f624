using PerfTrace.Bpf;

namespace PerfTrace.BpfTrace;

// Bytes: zeroing, copying, and reading them from wherever they are.
internal sealed partial class ProbeGenerator
{
    // What is longer is left to a helper: a loop of stores would be longer than the call.
    private const int LongestByHand = 128;

    private static BpfSize SizeOf(int bytes) => bytes switch { 1 => BpfSize.Bits8, 2 => BpfSize.Bits16, 4 => BpfSize.Bits32, _ => BpfSize.Bits64 };

    // The verifier wants accesses to the stack at multiples of their size.
    private static int Chunk(int left, params ReadOnlySpan<int> offsets)
    {
        foreach (int size in (ReadOnlySpan<int>)[8, 4, 2])
        {
            bool fits = left >= size;
            foreach (int offset in offsets)
                fits &= offset % size == 0;
            if (fits)
                return size;
        }
        return 1;
    }

    private void Zero(IrPlace place, int size)
    {
        if (size > LongestByHand)
        {
            // A read that fails fills the target with zeros (bpf_probe_read_kernel_common() of kernel/trace/bpf_trace.c).
            _function.Call(BpfHelper.ProbeReadKernel, place, (long)size, 0L);
            return;
        }
        for (int at = 0, chunk; at < size; at += chunk)
        {
            chunk = Chunk(size - at, place.Offset + at);
            _function.Store(SizeOf(chunk), place.At(at), 0);
        }
    }

    private void CopyBytes(IrPlace target, IrPlace source, int size)
    {
        if (size > LongestByHand)
        {
            _function.Call(BpfHelper.ProbeReadKernel, target, (long)size, source);
            return;
        }
        for (int at = 0, chunk; at < size; at += chunk)
        {
            chunk = Chunk(size - at, target.Offset + at, source.Offset + at);
            _function.Store(SizeOf(chunk), target.At(at), _function.Load(SizeOf(chunk), source.At(at)));
        }
    }

    // The lowest bytes of a number; 3, 5, 6 and 7 are no size of a store.
    private void StoreBytes(IrPlace target, IrValue number, int size)
    {
        for (int at = 0, chunk; at < size; at += chunk)
        {
            chunk = Chunk(size - at, target.Offset + at);
            _function.Store(SizeOf(chunk), target.At(at), at == 0 ? number : _function.Arithmetic(BpfArithmetic.ShiftRight, number, 8 * at));
        }
    }

    // Up to 8 bytes as the number that a load of them gives.
    private static long Word(ReadOnlySpan<byte> bytes)
    {
        Span<byte> word = stackalloc byte[8];
        word.Clear();
        bytes.CopyTo(word);
        return BitConverter.ToInt64(word);
    }

    private void WriteBytes(IrPlace target, ReadOnlySpan<byte> bytes, int size)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            int chunk = Chunk(Math.Min(8, size - at), target.Offset + at);
            long number = Word(bytes.Slice(at, Math.Min(chunk, bytes.Length - at)));
            // A store takes 32 bits with their sign.
            _function.Store(SizeOf(chunk), target.At(at), chunk == 8 ? _function.Operand(number) : (int)number);
            at += chunk;
        }
        if (at < size)
            Zero(target.At(at), size - at);
    }

    /// <summary>Copies bytes from anywhere to the program's memory; what can not be read is zeros.</summary>
    private void Read(IrPlace target, Location source, int size)
    {
        switch (source.Space)
        {
            case MemorySpace.Program:
                CopyBytes(target, source.Place, size);
                break;
            default:
                ReadBytes(source.Space, target, (long)size, source.Place);
                break;
        }
    }

    /// <summary>Copies text through its zero; the rest of the room is zeros.</summary>
    private void ReadText(IrPlace target, Location source, IrArgument size, int room, bool isClean = true)
    {
        if (isClean)
            Zero(target, room);
        ReadString(source.Space, target, size, source.Place);
    }

    /// <summary>A number of 1, 2, 4 or 8 bytes, extended to 8 by its type.</summary>
    private IrValue ReadNumber(Location source, ScriptType type)
    {
        IrValue value;
        if (source.Space == MemorySpace.Program && Chunk(type.Size, source.Place.Offset) < type.Size)
        {
            value = ReadPieces(source, type.Size); // a field of a packed struct
        }
        else if (source.Space is MemorySpace.Context or MemorySpace.Program or MemorySpace.Trusted)
        {
            value = _function.Load(SizeOf(type.Size), source.Place);
        }
        else
        {
            (int, int) mark = Mark();
            IrPlace place = _function.Frame.Allocate(8);
            Read(place, source, type.Size);
            value = _function.Load(SizeOf(type.Size), place);
            Release(mark);
        }
        return Extend(value, type);
    }

    // Up to 8 bytes as a number without a sign, wherever they begin.
    private IrValue ReadPieces(Location source, int bytes)
    {
        (int, int) mark = Mark();
        IrPlace place = source.Place;
        if (source.Space != MemorySpace.Program)
        {
            place = _function.Frame.Allocate(8);
            Read(place, source, bytes);
        }
        IrValue number = _function.NewValue();
        _function.Constant(number, 0);
        for (int at = 0, chunk; at < bytes; at += chunk)
        {
            chunk = Chunk(bytes - at, place.Offset + at);
            IrValue piece = _function.Load(SizeOf(chunk), place.At(at));
            _function.Arithmetic(BpfArithmetic.Or, number, number, at == 0 ? piece : _function.Arithmetic(BpfArithmetic.ShiftLeft, piece, 8 * at));
        }
        Release(mark);
        return number;
    }

    // Loads fill with zeros: of a signed number its sign is to be repeated.
    private IrValue Extend(IrValue value, ScriptType type) => IsSigned(type) && type.Size < 8 ? SignExtend(value, type.Size * 8) : value;

    private IrValue SignExtend(IrValue value, int bits) =>
        _function.Arithmetic(BpfArithmetic.ArithmeticShiftRight, _function.Arithmetic(BpfArithmetic.ShiftLeft, value, 64 - bits), 64 - bits);

    // To so many bytes, as a cast does.
    private IrValue Truncate(IrValue value, ScriptType type)
    {
        if (type.Size >= 8)
            return value;
        int bits = type.Size * 8;
        if (IsSigned(type))
            return SignExtend(value, bits);
        return bits == 32
            ? _function.Arithmetic(BpfArithmetic.ShiftRight, _function.Arithmetic(BpfArithmetic.ShiftLeft, value, 32), 32)
            : _function.Arithmetic(BpfArithmetic.And, value, (1 << bits) - 1);
    }

    private static bool IsSigned(ScriptType type) => type switch
    {
        IntegerType integer => integer.IsSigned,
        EnumType constant => constant.Underlying.IsSigned,
        _ => false,
    };

    private void AddTo(IrMap map, int offset, IrValue amount) =>
        _function.Atomic(BpfAtomic.Add, BpfSize.Bits64, new IrPlace(_function.MapValue(map, offset), 0), amount);

    private void CountLoss(int counter) => AddTo(_memory.Counters, counter, _function.Constant(1));
}
