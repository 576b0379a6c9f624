using System.Text;

namespace PerfTrace.BpfTrace;

/// <summary>What a map of a script held when it was read, in bpftrace's order.</summary>
internal sealed class ScriptMapContent
{
    private readonly IReadOnlyList<ScriptMapRow> _rows;
    private readonly MapText _text;
    private readonly MapObjects _objects;
    private BpfTraceMapEntry[]? _entries;
    private string? _whole;

    public ScriptMapContent(ScriptMap map, IReadOnlyList<ScriptMapRow> rows, long divisor, ValueReader values)
    {
        Map = map;
        _rows = rows;
        long newest = rows.SelectMany(static r => r.Parts.Keys).DefaultIfEmpty().Max();
        _text = new MapText(map, values.Text, divisor, newest);
        _objects = new MapObjects(map, values, divisor, newest);
    }

    public ScriptMap Map { get; }

    /// <summary>The rows as they were read, the CPUs put together.</summary>
    public IReadOnlyList<ScriptMapRow> Rows => _rows;

    /// <summary>The entries as objects; those of a histogram are one for each key.</summary>
    public BpfTraceMapEntry[] Entries => _entries ??= [.. _rows.Select(r => _objects.Entry(r, () => _text.Of(r)))];

    /// <summary>As bpftrace prints the map, through the last line end.</summary>
    public string Text
    {
        get
        {
            if (_whole is null)
            {
                var text = new StringBuilder();
                foreach (ScriptMapRow row in _rows)
                    _text.Append(text, row);
                _whole = text.ToString();
            }
            return _whole;
        }
    }

    /// <summary>The value of the one entry, as <c>print(@x[1])</c> prints it.</summary>
    public string ValueText
    {
        get
        {
            var text = new StringBuilder();
            foreach (ScriptMapRow row in _rows)
                _text.AppendValue(text, row);
            return text.ToString();
        }
    }
}
