using System.Management.Automation;
using System.Reflection;
using PerfTrace.Host.Binding;
using PerfTrace.Host.Terminal;

namespace PerfTrace.Host.Rendering;

/// <summary>
/// A table whose rows appear as they come. If the view leaves widths open, the rows of the first moments decide; from then on
/// the columns stand, and longer texts are cut.
/// </summary>
internal sealed class TableWriter : IViewWriter
{
    /// <summary>How long the first rows may wait for others to measure the columns by.</summary>
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMilliseconds(300);
    private const int MostRowsHeld = 500;

    private readonly Lock _gate = new();
    private readonly HostConsole _console;
    private readonly FormatView _view;
    private readonly List<Row> _held = [];
    private readonly bool _hasFixedWidths;
    private bool[]? _alignsRight;
    private Timer? _timer;
    private SpectreTable? _table;
    private string? _group;
    private bool _hasDrawn;
    private IOException? _failure;

    public TableWriter(HostConsole console, FormatView view)
    {
        _console = console;
        _view = view;
        // The last column may be open: it takes the rest of the line.
        _hasFixedWidths = view.Fields.SkipLast(1).All(field => field.Width > 0);
    }

    public void Write(object value)
    {
        lock (_gate)
        {
            if (_failure is not null)
                throw _failure;
            _alignsRight ??= [.. _view.Fields.Select(field => field.AlignsRight ?? IsNumeric(value, field.PropertyName))];
            _held.Add(new Row(
                _view.GroupBy is null ? null : CellFormatter.Format(value, _view.GroupBy),
                [.. _view.Fields.Select(field => CellFormatter.Format(value, field))]));
            if (_table is not null || _hasFixedWidths || _held.Count >= MostRowsHeld)
                DrawHeld();
            else
                _timer ??= new Timer(_ => DrawLate(), state: null, s_longestWait, Timeout.InfiniteTimeSpan);
        }
    }

    public void Complete()
    {
        lock (_gate)
        {
            _timer?.Dispose();
            if (_failure is null && _held.Count > 0)
                DrawHeld();
        }
    }

    private void DrawLate()
    {
        lock (_gate)
        {
            try
            {
                if (_held.Count > 0)
                    DrawHeld();
            }
            catch (IOException exception)
            {
                // There is no caller here to tell; the next write does.
                _failure = exception;
            }
        }
    }

    private void DrawHeld()
    {
        _table ??= new SpectreTable(
            TableLayout.Fit(_view.Fields, _alignsRight!, [.. _held.Select(row => row.Cells)], _console.Width),
            _console.HasColorOut);
        _console.PrepareToWrite(_console.Out);
        int start = 0;
        while (start < _held.Count)
        {
            string? group = _held[start].Group;
            int end = _held.FindIndex(start, row => row.Group != group);
            if (end < 0)
                end = _held.Count;
            if (!_hasDrawn || group != _group)
                BeginGroup(group);
            _console.Out.Write(_table.DrawRows(_held.GetRange(start, end - start).ConvertAll(row => row.Cells)));
            start = end;
        }

        _held.Clear();
    }

    private void BeginGroup(string? group)
    {
        if (_hasDrawn)
            _console.Out.WriteLine();
        if (_view.GroupBy is not null)
            _console.Out.WriteLine($"   {_view.GroupBy.Label}: {group}\n");
        if (!_view.HidesHeaders)
            _console.Out.Write(_table!.DrawHeader());
        _group = group;
        _hasDrawn = true;
    }

    /// <summary>By the property's type, so that a first value of null changes nothing; bags have only the value.</summary>
    private static bool IsNumeric(object value, string name)
    {
        object plain = value is PSObject { IsPropertyBag: false } wrapped ? wrapped.BaseObject : value;
        PropertyInfo? property = PropertyReader.PropertiesOf(plain.GetType()).FirstOrDefault(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (plain is not PSObject && property is not null && property.PropertyType != typeof(object))
            return CellFormatter.IsNumeric(property.PropertyType);
        PropertyReader.TryRead(value, name, out object? cell, out _);
        return cell is not null && CellFormatter.IsNumeric(cell.GetType());
    }

    private sealed record Row(string? Group, string[] Cells);
}
