using System.Management.Automation;
using System.Xml.Linq;

namespace PerfTrace.Host.Rendering;

/// <summary>The views beside the program, read when the first object is to be shown.</summary>
internal sealed class ViewCatalog(string directory)
{
    private readonly Dictionary<Type, FormatView?[]> _byType = [];
    private List<FormatView>? _views;

    /// <summary>
    /// The first view, in the order of the files, of the object's type or the nearest of its base types; with a shape, the first of that shape.
    /// </summary>
    public FormatView? Find(object value, ViewShape? shape)
    {
        if (value is PSObject wrapped)
            return wrapped.TypeNames.Select(name => Find(name, shape)).FirstOrDefault(view => view is not null);

        Type type = value.GetType();
        if (!_byType.TryGetValue(type, out FormatView?[]? known))
            _byType[type] = known = [FindInBases(type, null), FindInBases(type, ViewShape.Table), FindInBases(type, ViewShape.List)];
        return known[shape switch { null => 0, ViewShape.Table => 1, _ => 2 }];
    }

    private FormatView? FindInBases(Type? type, ViewShape? shape)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (Find(type.FullName ?? type.Name, shape) is { } view)
                return view;
        }

        return null;
    }

    private FormatView? Find(string typeName, ViewShape? shape)
    {
        _views ??= ReadAll();
        return _views.Find(view => (shape is null || view.Shape == shape) && view.TypeNames.Contains(typeName, StringComparer.OrdinalIgnoreCase));
    }

    private List<FormatView> ReadAll()
    {
        var views = new List<FormatView>();
        if (!Directory.Exists(directory))
            return views;
        string[] files = Directory.GetFiles(directory, "*.Format.ps1xml");
        Array.Sort(files, StringComparer.Ordinal);
        foreach (string file in files)
            views.AddRange(FormatFileReader.Read(XDocument.Load(file)).Views);
        return views;
    }
}
