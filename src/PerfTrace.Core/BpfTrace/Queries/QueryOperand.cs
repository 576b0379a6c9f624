using System.Numerics;

namespace PerfTrace.BpfTrace;

/// <summary>A value of an event in the tree of its probe.</summary>
/// <param name="Value">Of a text a variable.</param>
/// <param name="Type">An integer, boolean, string or call stack.</param>
internal readonly record struct QueryOperand(Expression Value, ScriptType Type)
{
    public bool IsText => Type is StringType;

    public IntegerType? Number => TypeRules.IntegerOf(Type);

    /// <summary>The numbers that there can be.</summary>
    public (BigInteger Least, BigInteger Most) Range => Number is not { } number ? (0, 0)
        : number.IsSigned ? (-(BigInteger.One << ((number.Bytes * 8) - 1)), (BigInteger.One << ((number.Bytes * 8) - 1)) - 1)
        : (0, (BigInteger.One << (number.Bytes * 8)) - 1);
}
