using System.Buffers.Binary;

namespace PerfTrace.Events.Printing;

/// <summary>What the expressions of one record are evaluated on. Nothing outside of the record is ever read.</summary>
internal ref struct EvaluationContext(ReadOnlySpan<byte> record, PrintEnvironment environment, ByteText scratch, int locals)
{
    private static readonly object RecordMemory = "record";
    private static readonly object ScratchMemory = "scratch";

    public ReadOnlySpan<byte> Record { get; } = record;

    public PrintEnvironment Environment { get; } = environment;

    /// <summary>Strings that functions make, each ended by a zero (the kernel's iter->tmp_seq).</summary>
    public ByteText Scratch { get; } = scratch;

    public Value[] Locals { get; } = locals == 0 ? [] : new Value[locals];

    public static Value InRecord(long offset) => new((ulong)offset, RecordMemory);

    public readonly Value EndOfScratch => new((ulong)Scratch.Length, ScratchMemory);

    /// <summary>The bytes from an address to the end of what we hold there; none for an address of the kernel's.</summary>
    public readonly ReadOnlySpan<byte> From(Value address)
    {
        ReadOnlySpan<byte> memory = ReferenceEquals(address.Memory, RecordMemory) ? Record
            : ReferenceEquals(address.Memory, ScratchMemory) ? Scratch.Written
            : address.Memory is byte[] literal ? literal
            : [];
        return address.Bits < (ulong)memory.Length ? memory[(int)address.Bits..] : [];
    }

    /// <summary>At most so many bytes.</summary>
    public readonly ReadOnlySpan<byte> From(Value address, int count)
    {
        ReadOnlySpan<byte> all = From(address);
        return all[..Math.Clamp(count, 0, all.Length)];
    }

    /// <summary>A string without its zero.</summary>
    public readonly ReadOnlySpan<byte> TextAt(Value address)
    {
        ReadOnlySpan<byte> all = From(address);
        int end = all.IndexOf((byte)0);
        return end < 0 ? all : all[..end];
    }

    /// <summary>An integer of 1, 2, 4 or 8 bytes, zero-extended; 0 where the record has ended before.</summary>
    public readonly ulong Load(Value address, int size)
    {
        ReadOnlySpan<byte> bytes = From(address);
        if (bytes.Length < size)
            return 0;
        return size switch
        {
            1 => bytes[0],
            2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            8 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            _ => 0,
        };
    }
}
