namespace PerfTrace.BpfTrace;

/// <summary>The type of a value of a script, as the checker finds it and as it lies in memory: on the stack, in maps, in events.</summary>
internal abstract record ScriptType
{
    /// <summary>How many bytes it takes in memory; 0 for what has no value.</summary>
    public abstract int Size { get; }

    /// <summary>In memory it begins at a multiple of this.</summary>
    public virtual int Alignment => Size switch { 0 or 1 => 1, 2 => 2, 3 or 4 => 4, _ => 8 };

    /// <summary>As a script writes it, where one can: <c>uint64</c>, <c>string[64]</c>, <c>struct file *</c>.</summary>
    public abstract string Name { get; }

    /// <summary>It is computed in a register: a number or an address.</summary>
    public virtual bool IsScalar => false;

    public sealed override string ToString() => Name;

    // The C rule, for what lies one behind the other.
    internal static int AlignUp(int offset, int alignment) => (offset + alignment - 1) & ~(alignment - 1);
}
