namespace PerfTrace.BpfTrace;

/// <summary>The maps of a script, whose types come of all their uses: a map may be read above the place where it is assigned.</summary>
internal sealed class CheckedMaps(ScriptSettings settings, ScriptMessages messages)
{
    private readonly Dictionary<string, CheckedMap> _byName = new(StringComparer.Ordinal);
    private readonly List<CheckedMap> _maps = [];

    public IReadOnlyList<CheckedMap> All => _maps;

    /// <summary>A type was found or has grown since this was last set.</summary>
    public bool HasChanged { get; set; }

    public CheckedMap this[string name]
    {
        get
        {
            if (!_byName.TryGetValue(name, out CheckedMap? map))
            {
                _byName[name] = map = new CheckedMap(name);
                _maps.Add(map);
            }
            map.IsUsed = true;
            return map;
        }
    }

    public CheckedMap? Find(string name) => _byName.GetValueOrDefault(name);

    public void Declare(MapDeclaration declaration)
    {
        CheckedMap map = this[declaration.Name];
        map.Declaration = declaration;
        map.IsUsed = false;
    }

    /// <summary>The map is used without a key or with one, and so it is everywhere.</summary>
    public bool RequireKey(CheckedMap map, bool hasKey, SourceSpan span)
    {
        map.FirstUse ??= span;
        if (map.HasKey is null)
            (map.HasKey, HasChanged) = (hasKey, true);
        if (map.HasKey == hasKey)
            return true;
        messages.Error(span, hasKey ? $"{map.Name} is used without a key elsewhere, and with one here" : $"{map.Name} is used with a key elsewhere, and without one here");
        return false;
    }

    public void UseKey(CheckedMap map, ScriptType type, SourceSpan span)
    {
        if (!RequireKey(map, hasKey: true, span))
            return;
        if (type is VoidType || (type is AggregateType && !TypeRules.IsCountable(type)))
        {
            messages.Error(span, $"a value of type {type.Name} can not be the key of a map");
            return;
        }
        if (type is PointerType { Space: MemorySpace.Context } || (type is TupleType tuple && tuple.Elements.Any(static e => e is PointerType { Space: MemorySpace.Context })))
        {
            messages.Error(span, "the context of the probe can not be part of a map's key");
            return;
        }
        ScriptType stored = TypeRules.Stored(TypeRules.ValueOf(type));
        ScriptType? grown = map.Key is null ? stored : TypeRules.Promote(map.Key, stored, settings.MaximumStringLength);
        if (grown is null)
            messages.Error(span, $"{map.Name} has keys of type {map.Key!.Name}, and this one is of type {type.Name}");
        else
            SetKey(map, grown);
    }

    /// <summary>A value is assigned.</summary>
    public void Assign(CheckedMap map, ScriptType type, SourceSpan span)
    {
        ScriptType stored = TypeRules.Stored(TypeRules.ValueOf(type));
        ScriptType? grown = map.Value switch
        {
            null => stored,
            AggregateType => null,
            var value => TypeRules.Promote(value, stored, settings.MaximumStringLength),
        };
        if (grown is null)
            messages.Error(span, $"{map.Name} has values of type {map.Value!.Name}, and this one is of type {type.Name}");
        else
            SetValue(map, grown);
    }

    /// <summary>An aggregate's function is called for the map.</summary>
    public void Aggregate(CheckedMap map, AggregateType type, SourceSpan span)
    {
        ScriptType? grown = map.Value is null ? type : map.Value is AggregateType ? TypeRules.Promote(map.Value, type, settings.MaximumStringLength) : null;
        if (grown is null)
        {
            messages.Error(span, map.Value is AggregateType same && same.Kind == type.Kind
                ? $"{map.Name} is {same.Name} with other limits elsewhere"
                : $"{map.Name} has values of type {map.Value!.Name}, and this one is of type {type.Name}");
        }
        else
        {
            SetValue(map, grown);
        }
    }

    public void SetValue(CheckedMap map, ScriptType type)
    {
        if (LiteralTypes.AreSame(map.Value, type))
            return;
        (map.Value, HasChanged) = (type, true);
    }

    /// <summary>Maps that are read and never assigned are a mistake, and held for maps of numbers so that nothing else is said of them.</summary>
    /// <param name="isPartial">Probes are missing that may have assigned maps: these hold zero, and those that are only printed or cleared are empty ones.</param>
    public void SetDefaults(bool isPartial)
    {
        foreach (CheckedMap map in _maps)
        {
            if (isPartial && map is { HasKey: null, IsUsed: true })
                (map.HasKey, map.Key) = (true, LiteralTypes.OfBytes(8));
            if (map.Value is null && map.HasKey is not null && !map.IsRefused)
            {
                map.IsMissing = !isPartial && !map.IsAssigned;
                SetValue(map, LiteralTypes.OfBytes(8));
            }
        }
    }

    /// <summary>The maps as they will be made.</summary>
    public IReadOnlyList<ScriptMap> Plan()
    {
        var planned = new List<ScriptMap>();
        foreach (CheckedMap map in _maps)
        {
            if (map.IsMissing)
                messages.Error(map.FirstUse!.Value, $"the map {map.Name} is never assigned", Hints.Nearest(map.Name, _maps.Where(static m => !m.IsMissing).Select(static m => m.Name)));
            if (map.Declaration is { } unused && !map.IsUsed)
                messages.Warn(unused.Span, $"{map.Name} is declared and never used");
            if (map.Value is null || map.HasKey is null || (map.HasKey == true && map.Key is null))
                continue;
            CheckKind(map);
            map.Planned = new ScriptMap(map.Name, map.Key, map.Value, map.HasKey == true ? (int?)map.Declaration?.Capacity ?? settings.MaximumMapKeys : 1)
            {
                ForgetsOldest = map.Declaration?.Kind is "lruhash" or "percpulruhash",
                IsDeleted = map.IsDeleted,
                Span = map.Declaration?.Span ?? map.FirstUse ?? default,
            };
            planned.Add(map.Planned);
        }
        return planned;
    }

    private void CheckKind(CheckedMap map)
    {
        if (map.Declaration is not { } declaration)
            return;
        bool isPerCpu = declaration.Kind.StartsWith("percpu", StringComparison.Ordinal);
        if (isPerCpu != map.Value is AggregateType)
            messages.Error(declaration.Span, $"{map.Name} is declared as {declaration.Kind}, but has values of type {map.Value!.Name}",
                isPerCpu ? "only aggregates are kept by CPU: hash, lruhash" : "aggregates are kept by CPU: percpuhash, percpulruhash");
        if (map.HasKey == false)
            messages.Error(declaration.Span, $"{map.Name} is declared as {declaration.Kind}, but used without keys");
    }

    private void SetKey(CheckedMap map, ScriptType type)
    {
        if (LiteralTypes.AreSame(map.Key, type))
            return;
        (map.Key, HasChanged) = (type, true);
    }
}
