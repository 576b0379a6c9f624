using System.Linq.Expressions;
using System.Reflection;
using PerfTrace.Events;

namespace PerfTrace.Profiles;

/// <summary>Reads one property of events of whatever class, by a function that is compiled once for each class.</summary>
internal sealed class EventFieldGetter(string name)
{
    private readonly Dictionary<Type, Func<TraceEvent, object?>?> _getters = [];
    private Type? _lastType;
    private Func<TraceEvent, object?>? _last;

    /// <summary>The value; null when the event has no such property.</summary>
    public object? Get(TraceEvent? e, out bool isThere)
    {
        isThere = false;
        if (e is null)
            return null;
        Type type = e.GetType();
        if (type != _lastType)
        {
            if (!_getters.TryGetValue(type, out _last))
                _getters.Add(type, _last = Compile(type));
            _lastType = type;
        }
        isThere = _last is not null;
        return _last?.Invoke(e);
    }

    private Func<TraceEvent, object?>? Compile(Type type)
    {
        PropertyInfo? property = type.GetProperty(name, BindingFlags.Public | BindingFlags.Instance)
            ?? type.GetProperty(name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase);
        if (property is null)
            return null;
        ParameterExpression e = Expression.Parameter(typeof(TraceEvent));
        return Expression.Lambda<Func<TraceEvent, object?>>(Expression.Convert(Expression.Property(Expression.Convert(e, type), property), typeof(object)), e).Compile();
    }
}
