using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>
/// The type information of a script's programs: the names of their functions, which the kernel wants of functions that are given to helpers, and the lines of the script that
/// instructions come of.
/// </summary>
internal sealed class IrTypes
{
    // A name in listings; the kernel takes up to 511 bytes.
    private const int LongestName = 127;

    private readonly BtfWriter _writer = new();
    private readonly uint _number, _address;
    private readonly Dictionary<int, uint> _prototypes = [];

    public IrTypes()
    {
        _number = _writer.AddInteger("long", 8, isSigned: true);
        _address = _writer.AddPointer(0);
    }

    /// <summary>The type of a function. What it takes are numbers and addresses; the kernel looks no closer at functions that are static.</summary>
    public uint Add(IrFunction function)
    {
        if (!_prototypes.TryGetValue(function.Parameters, out uint prototype))
        {
            _prototypes[function.Parameters] = prototype = function.Parameters == 1
                ? _writer.AddPrototype(_number, ("ctx", _address))
                : _writer.AddPrototype(_number, [.. Enumerable.Range(1, function.Parameters).Select(i => ($"arg{i}", _number))]);
        }
        return _writer.AddFunction(Identifier(function.Name), prototype);
    }

    /// <summary>The name of the file, the text of the line, its number and the column.</summary>
    public (uint File, uint Text, uint Line, uint Column) Place(SourceSpan span)
    {
        (int line, int column) = span.Source.Position(span.Start);
        return (_writer.Text(span.Source.Name), _writer.Text(span.Source.Line(line).Trim().ToString()), (uint)line, (uint)column);
    }

    /// <summary>As the kernel takes it.</summary>
    public byte[] ToArray() => _writer.ToArray();

    private static string Identifier(string name)
    {
        string identifier = string.Concat(name.Take(LongestName).Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return identifier.Length > 0 && !char.IsAsciiDigit(identifier[0]) ? identifier : $"_{identifier}";
    }
}
