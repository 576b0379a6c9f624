using System.Globalization;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>Turns the terms between a PMU's slashes into attributes, as perf-list(1) describes "parameterized events".</summary>
internal static class PmuTermResolver
{
    /// <summary>What a list of terms comes to.</summary>
    internal readonly record struct Result(PerfEventAttr Attributes, string? Name, double Scale, string? Unit);

    /// <summary>PERF_PMU_TYPE_SHIFT: a generalised event names the PMU of a hybrid machine in the upper half of its config.</summary>
    internal const int PmuTypeShift = 32;

    private static readonly string[] CommonTerms = ["config", "config1", "config2", "config3", "name", "period", "freq"];

    // Terms of perf that belong to sampling and not to the PMU.
    private static readonly string[] SamplingTerms =
    [
        "branch_type", "time", "call-graph", "stack-size", "max-stack", "nr", "overwrite", "no-overwrite", "inherit", "no-inherit",
        "driver-config", "percore", "aux-output", "aux-sample-size", "metric-id",
    ];

    /// <exception cref="UnknownEventException">A term that the PMU does not have.</exception>
    /// <exception cref="EventSyntaxException">A value that is no number, or too large.</exception>
    public static Result Resolve(Pmu pmu, EventSyntax syntax)
    {
        var attributes = new PerfEventAttr { Type = pmu.Type };
        string? name = null, unit = null;
        double scale = 1;
        var formatted = new List<(PmuFormat Format, ulong Value)>();
        IReadOnlyList<TermSyntax> terms = syntax.Terms ?? [];

        foreach (TermSyntax term in terms)
        {
            if (term.Value is null && FindEvent(pmu, term.Name) is { } named)
            {
                foreach (TermSyntax inner in Expand(named, pmu, terms, syntax))
                    Add(inner);
                scale = named.Scale;
                unit = named.Unit;
            }
            else if (!IsParameter(pmu, terms, term))
            {
                Add(term);
            }
        }
        foreach ((PmuFormat format, ulong value) in formatted)
            format.Write(value, ref attributes);
        return new Result(attributes, name, scale, unit);

        void Add(TermSyntax term)
        {
            if (AddCommon(term, syntax, ref attributes, ref name))
                return;
            if (pmu.Formats.TryGetValue(term.Name, out PmuFormat? format))
            {
                ulong value = term.Value is null ? 1 : Number(term, syntax);
                if (value > format.MaximumValue)
                    throw Malformed(term, syntax, $"{value} is too large for the term {term.Name} of {pmu.Name}: it holds 0 to {format.MaximumValue}.");
                formatted.Add((format, value));
            }
            else if (term.Value is null && term.Name[0] is 'r' && ulong.TryParse(term.Name.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong raw))
            {
                attributes.Config = raw;
            }
            else if (term.Value is null && pmu.IsCore && FindGeneric(term.Name) is { } generic)
            {
                attributes.Type = (uint)generic.Type;
                attributes.Config = pmu.IsHybrid ? generic.Config | ((ulong)pmu.Type << PmuTypeShift) : generic.Config;
            }
            else if (SamplingTerms.Contains(term.Name))
            {
                throw Malformed(term, syntax, $"the term {term.Name} is not supported by PerfTrace.");
            }
            else
            {
                IEnumerable<string> known = pmu.Formats.Keys.Concat(pmu.Events.Keys).Concat(CommonTerms);
                string has = pmu.Formats.Count == 0 ? "it has no terms of its own" : $"it has {string.Join(", ", pmu.Formats.Keys.Order(StringComparer.Ordinal))}";
                throw new UnknownEventException(syntax.Text, $"The PMU {pmu.Name} has no term or event '{term.Name}'; {has}.", NearestNames.Find(term.Name, known));
            }
        }
    }

    /// <summary>The terms between the slashes of a generalised event, which has no PMU to ask: <c>cycles/config1=1,name=mine/</c>.</summary>
    /// <exception cref="EventSyntaxException">A term other than those that every event has, or a value that is no number.</exception>
    public static Result ResolveCommon(PerfEventAttr attributes, EventSyntax syntax)
    {
        string? name = null;
        foreach (TermSyntax term in syntax.Terms!)
        {
            if (!AddCommon(term, syntax, ref attributes, ref name))
                throw Malformed(term, syntax, $"the term {term.Name} does not apply to {syntax.Parts[0]}; {string.Join(", ", CommonTerms)} do.");
        }
        return new Result(attributes, name, 1, null);
    }

    /// <summary>Takes a term that every event has; false when it is another.</summary>
    private static bool AddCommon(TermSyntax term, EventSyntax syntax, ref PerfEventAttr attributes, ref string? name)
    {
        switch (term.Name)
        {
            case "config": attributes.Config = Number(term, syntax); return true;
            case "config1": attributes.Config1 = Number(term, syntax); return true;
            case "config2": attributes.Config2 = Number(term, syntax); return true;
            case "config3": attributes.Config3 = Number(term, syntax); return true;
            case "name": name = term.Value ?? throw Malformed(term, syntax, "the term name needs a value."); return true;
            case "period": attributes.SamplePeriod = Number(term, syntax); return true;
            case "freq":
                attributes.SamplePeriod = Number(term, syntax);
                attributes.Set(PerfEventFlags.Frequency, true);
                return true;
            default: return false;
        }
    }

    private static PmuEvent? FindEvent(Pmu pmu, string name) => pmu.Events.GetValueOrDefault(name);

    // cpu/cycles/, cpu_atom/L1-dcache-loads/: a generalised event on one PMU of the cores, where sysfs has no event of that very name.
    private static (PerfType Type, ulong Config)? FindGeneric(string name) =>
        EventNames.Find(name) is { Kind: PerfEventKind.Hardware } hardware ? (PerfType.Hardware, hardware.Entry.Config)
        : CacheEventNames.FindConfig(name) is { } cache ? (PerfType.HardwareCache, cache)
        : null;

    // "domain=1,offset=0x8,core=?": the question mark asks the user for core=N among the other terms.
    private static IEnumerable<TermSyntax> Expand(PmuEvent named, Pmu pmu, IReadOnlyList<TermSyntax> given, EventSyntax syntax)
    {
        foreach (string text in named.Terms.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = text.IndexOf('=');
            string name = equals < 0 ? text : text[..equals];
            string? value = equals < 0 ? null : text[(equals + 1)..];
            if (value == "?")
            {
                value = given.FirstOrDefault(t => t.Name == name)?.Value
                    ?? throw new EventSyntaxException(syntax.Text, 0, $"the event {named.Name} of {pmu.Name} needs the parameter {name}=NUMBER.");
            }
            yield return new TermSyntax(name, value, 0);
        }
    }

    private static bool IsParameter(Pmu pmu, IReadOnlyList<TermSyntax> terms, TermSyntax term) =>
        term.Value is not null && terms.Any(t => t.Value is null && FindEvent(pmu, t.Name) is { } named
            && named.Terms.Split(',', StringSplitOptions.TrimEntries).Contains($"{term.Name}=?"));

    private static ulong Number(TermSyntax term, EventSyntax syntax) =>
        EventNumber.TryParse(term.Value, out ulong value)
            ? value
            : throw Malformed(term, syntax, $"the term {term.Name} needs a number, not '{term.Value}'.");

    private static EventSyntaxException Malformed(TermSyntax term, EventSyntax syntax, string problem) =>
        new(syntax.Text, Math.Clamp(term.Position - syntax.Position, 0, syntax.Text.Length), problem);
}
