using System.Collections;
using System.Globalization;
using System.Management.Automation;
using PerfTrace.Host.Binding;
using PerfTrace.Host.Running;

namespace PerfTrace.Host.Rendering;

/// <summary>
/// RFC 4180 with line feeds, as PowerShell writes it on Linux. The first object's properties are the columns; of later objects
/// only those are written. All values are in the invariant culture.
/// </summary>
internal sealed class CsvRenderer(TextWriter output) : IObjectSink
{
    private IReadOnlyList<string>? _columns;

    public void Write(object? value)
    {
        if (value is null)
            return;
        object plain = value is PSObject { IsPropertyBag: false } wrapped ? wrapped.BaseObject : value;
        bool isScalar = IsScalar(plain);
        if (_columns is null)
        {
            _columns = isScalar ? ["Value"] : PropertyReader.NamesOf(plain);
            WriteRow(_columns);
        }

        WriteRow(_columns.Select(column => isScalar
            ? column == "Value" ? Format(plain) : ""
            : PropertyReader.TryRead(plain, column, out object? cell, out _) ? Format(cell) : ""));
    }

    public void Complete() => output.Flush();

    /// <summary>The text of a cell: durations in the constant form, moments in ISO 8601, the elements of a list with semicolons between.</summary>
    private static string Format(object? value) => value switch
    {
        PSObject { IsPropertyBag: false } wrapped => Format(wrapped.BaseObject),
        DateTimeOffset moment => moment.ToString("O", CultureInfo.InvariantCulture),
        DateTime moment => moment.ToString("O", CultureInfo.InvariantCulture),
        IEnumerable elements and not (string or IDictionary) => string.Join(';', elements.Cast<object?>().Select(Format)),
        _ => ValueConverter.ToText(value),
    };

    private static bool IsScalar(object value) => value is string or IFormattable or IConvertible || PropertyReader.NamesOf(value).Count == 0;

    private void WriteRow(IEnumerable<string> cells) => output.Write(string.Join(',', cells.Select(Quote)) + "\n");

    private static string Quote(string cell) => cell.AsSpan().IndexOfAny(",\"\r\n") < 0
        ? cell
        : "\"" + cell.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
