using System.Management.Automation;
using PerfTrace.Host.Binding;
using PerfTrace.Host.Running;
using PerfTrace.Host.Terminal;

namespace PerfTrace.Host.Rendering;

/// <summary>Shows objects for people: each by the view of its type, a new table or list where the view changes.</summary>
/// <param name="shape">Table or list if the user said so; null if the view's own.</param>
internal sealed class ViewRenderer(HostConsole console, ViewCatalog catalog, ViewShape? shape) : IObjectSink
{
    /// <summary>As PowerShell does without a view: few properties make a table, more make a list.</summary>
    private const int MostColumnsWithoutView = 4;

    private readonly Dictionary<Type, FormatView> _generated = [];
    private FormatView? _view;
    private IViewWriter? _writer;
    private bool _hasWritten;

    public void Write(object? value)
    {
        if (value is null)
            return;
        if (LanguagePrimitives.GetEnumerable(value) is { } elements)
        {
            foreach (object? element in elements)
                Write(element);
            return;
        }

        object plain = value is PSObject { IsPropertyBag: false } wrapped ? wrapped.BaseObject : value;
        if (IsScalar(plain))
        {
            EndRun();
            console.PrepareToWrite(console.Out);
            console.Out.WriteLine(PrintableText.Lines(CellFormatter.Format(plain)));
            _hasWritten = true;
            return;
        }

        FormatView view = catalog.Find(value, shape) ?? Generate(plain);
        if (view != _view)
            BeginRun(view);
        _writer!.Write(value);
    }

    public void Complete()
    {
        EndRun();
        console.Progress.Clear();
        console.Out.Flush();
    }

    private static bool IsScalar(object value) => value is string or IFormattable or IConvertible || PropertyReader.NamesOf(value).Count == 0;

    private void BeginRun(FormatView view)
    {
        EndRun();
        if (_hasWritten)
            console.Out.WriteLine();
        _view = view;
        _writer = view.Shape switch
        {
            ViewShape.Table => new TableWriter(console, view),
            ViewShape.Text => new ObjectTextWriter(console),
            _ => new ListWriter(console, view),
        };
        _hasWritten = true;
    }

    private void EndRun()
    {
        _writer?.Complete();
        _writer = null;
        _view = null;
    }

    private FormatView Generate(object value)
    {
        bool isBag = value is PSObject;
        if (!isBag && _generated.TryGetValue(value.GetType(), out FormatView? known))
            return known;
        IReadOnlyList<string> names = PropertyReader.NamesOf(value);
        ViewShape chosen = shape ?? (names.Count <= MostColumnsWithoutView ? ViewShape.Table : ViewShape.List);
        var view = new FormatView(value.GetType().Name, chosen, [], [.. names.Select(name => new ViewField(name, name))]);
        if (isBag)
        {
            // Bags with the same names share a table.
            return _view is not null && _view.Fields.SequenceEqual(view.Fields) ? _view : view;
        }

        _generated[value.GetType()] = view;
        return view;
    }
}
