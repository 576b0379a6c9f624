namespace PerfTrace.BpfTrace;

/// <summary>Which events one program is enough for: those that are of one kind and have what the block reads at the same place, as the same type.</summary>
internal static class ProbeGrouping
{
    public static IReadOnlyList<IReadOnlyList<ProbeTarget>> Of(IEnumerable<ProbeTarget> targets, ProbeNeeds needs)
    {
        var groups = new List<(ProbeContext Kind, RecordField?[] Fields, List<ProbeTarget> Targets)>();
        foreach (ProbeTarget target in targets)
        {
            ProbeContext kind = target.Context;
            RecordField?[] fields = [];
            if (!needs.ReadsArguments || (needs.Fields is not null && kind.Arguments is not null))
            {
                fields = needs.Fields is null ? [] : [.. needs.Fields.Select(f => kind.Arguments?.Find(f))];
                kind = kind with { Arguments = null, ReturnType = null };
            }
            if (!needs.ReadsPlace && !(needs.ReadsNumbered && kind.Provider == ProbeProvider.Usdt))
                kind = kind with { Place = null };
            // Programs at functions of the kernel's types are each for one function, and what is run by hand is told of by its name.
            bool isShared = kind.AttachTypeId == 0 && target.Hook is not null;
            if (isShared && groups.Find(g => g.Kind == kind && g.Fields.AsSpan().SequenceEqual(fields)) is { Targets: { } members })
                members.Add(target);
            else
                groups.Add((kind, fields, [target]));
        }
        return [.. groups.Select(static g => g.Targets)];
    }
}
