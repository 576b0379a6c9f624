using System.Globalization;
using PerfTrace.Symbols;

namespace PerfTrace.Profiles;

/// <summary>An instruction of a function, with the samples that were taken at it.</summary>
public sealed class PerfAnnotationLine
{
    private readonly ReadOnlyMemory<byte> _bytes;

    internal PerfAnnotationLine(PerfAnnotatedFunction function, ReadOnlyMemory<byte> bytes)
    {
        Function = function;
        _bytes = bytes;
    }

    /// <summary>The function that it is of, with its samples.</summary>
    public PerfAnnotatedFunction Function { get; }

    /// <summary>The function's name.</summary>
    public string Symbol => Function.Symbol;

    /// <summary>The program, library or kernel.</summary>
    public string Module => Function.Module;

    /// <summary>The event that was sampled.</summary>
    public string Event => Function.Event;

    /// <summary>The address as objdump shows it: in a file before it is loaded anywhere; of the kernel and of generated code in memory.</summary>
    public required ulong Address { get; init; }

    /// <summary>Bytes from the begin of the function.</summary>
    public required ulong Offset { get; init; }

    /// <summary>The instruction's bytes.</summary>
    public byte[] Bytes => _bytes.ToArray();

    /// <summary>As an assembler has it; <c>(bad)</c> where it is no instruction, null when nothing here knows the machine.</summary>
    public required string? Instruction { get; init; }

    /// <summary>Samples at it.</summary>
    public required long Samples { get; init; }

    /// <summary>The sum of their periods.</summary>
    public required long Period { get; init; }

    /// <summary>The share of <see cref="Period"/> in the function's.</summary>
    public double Percent => Function.Period == 0 ? 0 : 100.0 * Period / Function.Period;

    /// <summary>The address that it jumps to, calls, or has data at by its own address; null when it names none.</summary>
    public required ulong? Target { get; init; }

    /// <summary>The function that <see cref="Target"/> is in, with the offset; null when none is known.</summary>
    public required string? TargetSymbol { get; init; }

    /// <summary>The functions at it by the debug information, those that were inlined first, innermost of all, each with its place in the source.</summary>
    public required IReadOnlyList<CodeLocation> Locations { get; init; }

    /// <summary>The source file; null when no debug information tells.</summary>
    public string? SourceFile => Locations is [var first, ..] ? first.File : null;

    /// <summary>The line in the source file, from 1.</summary>
    public int? SourceLine => Locations is [var first, ..] ? first.Line : null;

    /// <summary>The inlined function that it is of, the innermost; null when it is the function's own.</summary>
    public string? InlinedFunction => Locations is [var first, _, ..] ? first.Function : null;

    /// <summary><c>main.c:12</c>; null when no debug information tells.</summary>
    public string? Source => SourceFile is { } file
        ? string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(file)}:{SourceLine}")
        : null;

    /// <summary>What the view shows: the instruction, or its bytes.</summary>
    public string Text => Instruction ?? Convert.ToHexStringLower(_bytes.Span);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Percent,6:0.00} {Address:x}: {Text}");
}
