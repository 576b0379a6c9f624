using System.Globalization;
using PerfTrace.Bpf;
using PerfTrace.Symbols;
using PerfTrace.Tracing;

namespace PerfTrace.BpfTrace;

// What programs and libraries hand over, and where their variables are.
internal sealed partial class ProbeGenerator
{
    // Where the compiler has put an argument: in the words of the kernel's probes, %ax:s32, -24(%bp):u64, +8(%sp), \\5 or @+0x4010 (Documentation/trace/uprobetracer.rst).
    private IrValue UsdtValue(BuiltinExpression builtin)
    {
        IReadOnlyList<UsdtArgument> arguments = _context.Place?.Arguments ?? [];
        if (builtin.Index >= arguments.Count)
            throw NotPossible(builtin, arguments.Count == 0 ? "the probe hands over no arguments" : arguments.Count == 1 ? "the probe hands over one argument, arg0" : $"the probe hands over {arguments.Count} arguments, counted from arg0");
        UsdtArgument argument = arguments[builtin.Index];
        if (argument.FetchArgument is not { } fetch)
            throw NotPossible(builtin, $"the argument '{argument.Text}' can not be read: {argument.Problem}");
        string place = fetch.LastIndexOf(':') is >= 0 and var colon ? fetch[..colon] : fetch;
        var type = new IntegerType(argument.Size == 0 ? 8 : argument.Size, argument.IsSigned);
        if (place.StartsWith('\\'))
            return _function.Constant(long.Parse(place.AsSpan(1), CultureInfo.InvariantCulture));
        if (place.StartsWith('%'))
            return Truncate(Register(builtin, place[1..]), type);
        if (place.StartsWith("@+0x", StringComparison.Ordinal))
        {
            long distance = long.Parse(place.AsSpan(4), NumberStyles.HexNumber, CultureInfo.InvariantCulture) - (long)_context.Place!.Offset;
            return ReadNumber(new Location(new IrPlace(FromProbe(distance), 0), MemorySpace.User), type);
        }
        int open = place.IndexOf('(', StringComparison.Ordinal);
        IrValue address = Register(builtin, place[(open + 2)..^1]);
        IrOperand distanceFromThere = _function.Operand(long.Parse(place.AsSpan(0, open), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        return ReadNumber(new Location(new IrPlace(_function.Arithmetic(BpfArithmetic.Add, address, distanceFromThere), 0), MemorySpace.User), type);
    }

    private IrValue Register(BuiltinExpression builtin, string name) =>
        Registers.ByName.TryGetValue(name, out int offset) || (name.StartsWith('x') && Registers.ByName.TryGetValue($"r{name[1..]}", out offset))
            ? _function.Load(BpfSize.Bits64, new IrPlace(Context, offset)) : throw NotPossible(builtin, $"this machine has no register '{name}'");

    // uaddr(name): files are loaded anywhere, but what is in them stays as far from the probe as it is in the file.
    private IrValue UserAddress(CallExpression call)
    {
        string name = ((StringLiteral)call.Arguments[0]).Value;
        if (_context.Place is not { } place)
            throw NotPossible(call, "it is not known where in the file the probe is");
        using ElfFile file = ElfFile.Open(place.Path);
        return SeparateDebugFile.ReadSymbols(file).Find(name) is [var symbol, ..] ? FromProbe((long)(symbol.Address - place.Address))
            : throw NotPossible(call.Arguments[0], $"{place.Path} has no symbol '{name}'");
    }

    private IrValue FromProbe(long distance)
    {
        IrValue here = _context.Provider == ProbeProvider.URetProbe ? ReturnedFunction() : _function.Load(BpfSize.Bits64, new IrPlace(Context, Registers.InstructionPointer));
        return _function.Arithmetic(BpfArithmetic.Add, here, _function.Operand(distance));
    }
}
