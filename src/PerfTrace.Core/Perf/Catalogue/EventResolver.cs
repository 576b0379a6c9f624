using System.Globalization;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Perf;

/// <summary>Looks up what <see cref="EventParser"/> parsed, and applies the modifiers.</summary>
internal sealed class EventResolver(EventCatalogue catalogue)
{
    /// <summary>An event looked up, its modifiers not yet applied.</summary>
    private sealed record Found(PerfEvent Event, string Modifiers);

    /// <summary>One group; outside braces one for each event that a wildcard names; on a hybrid machine one for each kind of core.</summary>
    public IEnumerable<PerfEventGroup> Resolve(GroupSyntax group, string text)
    {
        var found = group.Events.SelectMany(ResolveEvent).ToList();
        if (!group.IsBraced)
            return found.Select(f => new PerfEventGroup(null, [Modify(f, group, isLeader: true, text)], IsBraced: false)).ToList();
        return Split(found).Select(part => new PerfEventGroup(
            group.Name, [.. part.Select((f, index) => Modify(f, group, isLeader: index == 0, text))], IsBraced: true)).ToList();
    }

    // The PMUs of two kinds of core can not be in one group (perf_event_open(2) refuses that); software events join the first.
    private IEnumerable<IReadOnlyList<Found>> Split(List<Found> found)
    {
        IReadOnlyList<Pmu> hybrid = catalogue.HybridPmus;
        var names = hybrid.Select(static p => p.Name).Where(name => found.Any(f => f.Event.Pmu == name)).ToList();
        if (names.Count < 2)
            return [found];
        return names.Select((name, index) =>
            found.Where(f => f.Event.Pmu == name || (index == 0 && !names.Contains(f.Event.Pmu ?? ""))).ToList());
    }

    private static PerfEvent Modify(Found found, GroupSyntax group, bool isLeader, string text)
    {
        PerfEvent plain = found.Event;
        if (!plain.HasAttributes)
        {
            return found.Modifiers.Length + group.Modifiers.Length == 0
                ? plain
                : throw new EventSyntaxException(text, 0, $"{plain.Name} is measured by PerfTrace itself and takes no modifiers.");
        }
        // Modifiers are checked now; the attributes wait until they are wanted (a tracepoint's id is a file to read).
        var check = new EventModifiers(default);
        string? problem = check.ApplyOwn(found.Modifiers) ?? check.Apply(group.Modifiers);
        if (problem is not null)
            throw new EventSyntaxException(text, 0, problem);
        return new PerfEvent(plain.Name, plain.Kind, () =>
        {
            var modifiers = new EventModifiers(plain.Attributes);
            _ = modifiers.ApplyOwn(found.Modifiers);
            bool pinned = modifiers.IsPinned, exclusive = modifiers.IsExclusive;
            _ = modifiers.Apply(group.Modifiers);
            // A group's D and e concern its leader alone.
            modifiers.Attributes.Set(PerfEventFlags.Pinned, isLeader ? modifiers.IsPinned : pinned);
            modifiers.Attributes.Set(PerfEventFlags.Exclusive, isLeader ? modifiers.IsExclusive : exclusive);
            return modifiers.Attributes;
        })
        {
            Alias = plain.Alias,
            Pmu = plain.Pmu,
            Description = plain.Description,
            Unit = plain.Unit,
            Scale = plain.Scale,
            UncoreCpus = plain.UncoreCpus,
            CoreCpus = plain.CoreCpus,
            IsWeak = check.IsWeak,
            IsPreciseMaximum = check.IsPreciseMaximum,
            ReadsGroupOnSample = check.ReadsGroupOnSample,
        };
    }

    private IEnumerable<Found> ResolveEvent(EventSyntax syntax)
    {
        if (syntax.Breakpoint is { } breakpoint)
            return [new Found(Breakpoint(syntax, breakpoint), syntax.Suffix)];
        if (syntax.Terms is not null)
            return ResolveTerms(syntax).Select(e => new Found(e, syntax.Suffix));

        IReadOnlyList<string> parts = syntax.Parts;
        string last = parts[^1];
        // NAME or NAME:modifiers.
        if (parts.Count == 1 || (parts.Count == 2 && EventModifiers.AreModifiers(last)))
        {
            IReadOnlyList<PerfEvent> simple = ResolveName(parts[0], syntax.Text);
            if (simple.Count > 0)
                return simple.Select(e => new Found(e, parts.Count == 2 ? last : ""));
        }
        else if (parts.Count == 2 && (EventNames.Find(parts[0]) is not null || CacheEventNames.FindConfig(parts[0]) is not null))
        {
            throw new EventSyntaxException(syntax.Text, parts[0].Length + 1, EventModifiers.Misuse(last));
        }
        // TYPE:CONFIG[:modifiers] and SYSTEM:NAME[:modifiers].
        if (parts.Count is 2 or 3)
        {
            string modifiers = parts.Count == 3 ? last : "";
            if (EventNumber.TryParse(parts[0], out ulong type) && type <= uint.MaxValue && EventNumber.TryParse(parts[1], out ulong config))
                return [new Found(Fixed($"{parts[0]}:{parts[1]}", syntax, PerfEventKind.Raw, (uint)type, config), modifiers)];
            IReadOnlyList<string> tracepoints = catalogue.Tracepoints.Find(parts[0], parts[1]);
            if (tracepoints.Count > 0)
            {
                string suffix = modifiers.Length == 0 ? "" : ":" + modifiers;
                return tracepoints.Select(name => new Found(catalogue.Tracepoint(name, name + suffix), modifiers));
            }
        }
        return catalogue.Vendor.Find(syntax.Text) is { } vendor
            ? [new Found(vendor, "")]
            : throw Unknown(syntax);
    }

    /// <summary>An event given by one word; empty when there is none of that name.</summary>
    private IReadOnlyList<PerfEvent> ResolveName(string name, string text)
    {
        if (EventNames.Find(name) is { } generic)
        {
            return generic.Kind switch
            {
                PerfEventKind.Tool => [EventCatalogue.Tool(generic.Entry, name)],
                PerfEventKind.Software => [EventCatalogue.Software(generic.Entry, text)],
                _ => OnCorePmus(text, PerfEventKind.Hardware, (uint)PerfType.Hardware, generic.Entry.Config, generic.Entry.Description),
            };
        }
        if (CacheEventNames.FindConfig(name) is { } cache)
            return OnCorePmus(text, PerfEventKind.HardwareCache, (uint)PerfType.HardwareCache, cache, null);
        if (name.Length > 1 && name[0] is 'r' && ParseRaw(name.AsSpan(1)) is { } raw)
            return OnCorePmus(text, PerfEventKind.Raw, (uint)PerfType.Raw, raw, null);

        // A PMU's event by its bare name, on each PMU that has one.
        var owners = catalogue.Pmus.Where(p => p.Events.ContainsKey(name)).ToList();
        return [.. owners.Select(pmu => OnPmu(pmu, new EventSyntax(text, 0, [pmu.Name], [new TermSyntax(name, null, 0)], "", null),
            owners.Count == 1 ? text : $"{pmu.Name}/{name}/"))];
    }

    private static ulong? ParseRaw(ReadOnlySpan<char> digits)
    {
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            digits = digits[2..];
        return ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value) ? value : null;
    }

    // One event, or on a hybrid machine (cpu_core and cpu_atom) one for each kind of core. A raw code then goes to the PMU itself;
    // a generalised event names the PMU in the upper half of its config (PERF_CAP_EXTENDED_HW_TYPE, Linux 5.13).
    private List<PerfEvent> OnCorePmus(string text, PerfEventKind kind, uint type, ulong config, string? description)
    {
        IReadOnlyList<Pmu> hybrid = catalogue.HybridPmus;
        if (hybrid.Count == 0)
            return [EventCatalogue.Generic(text, kind, type, config, description)];
        return [.. hybrid.Select(pmu => new PerfEvent($"{pmu.Name}/{text}/", kind, () => new PerfEventAttr
        {
            Type = kind == PerfEventKind.Raw ? pmu.Type : type,
            Config = kind == PerfEventKind.Raw ? config : config | ((ulong)pmu.Type << PmuTermResolver.PmuTypeShift),
        })
        {
            Pmu = pmu.Name,
            CoreCpus = pmu.CoreCpus,
            Description = description,
        })];
    }

    private List<PerfEvent> ResolveTerms(EventSyntax syntax)
    {
        string name = syntax.Parts[0];
        if (syntax.Parts.Count > 1)
            throw new EventSyntaxException(syntax.Text, 0, "terms between slashes belong to a PMU, not to a tracepoint.");

        var pmus = catalogue.Pmus.Where(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase)).ToList();
        if (pmus.Count == 0)
            pmus = [.. catalogue.Pmus.Where(p => p.GoesBy(name))];
        if (pmus.Count > 0)
            return [.. pmus.Select(pmu => OnPmu(pmu, syntax, pmus.Count == 1 ? syntax.Text : pmu.Name + syntax.Text[name.Length..]))];

        // cycles/name=mine/: a generalised event with terms of perf's own.
        IReadOnlyList<PerfEvent> generic = ResolveName(name, syntax.Text);
        if (generic.Count == 0)
        {
            throw new UnknownEventException(syntax.Text, $"This machine has no PMU '{name}'.",
                (string[])[.. NearestNames.Find(name, catalogue.Pmus.Select(static p => p.Name)).Select(static p => p + "/…/")]);
        }
        return [.. generic.Select(e => WithTerms(e, syntax))];
    }

    private static PerfEvent WithTerms(PerfEvent e, EventSyntax syntax)
    {
        if (!e.HasAttributes)
            throw new EventSyntaxException(syntax.Text, 0, $"{syntax.Parts[0]} is measured by PerfTrace itself and takes no terms.");
        PmuTermResolver.Result result = PmuTermResolver.ResolveCommon(e.Attributes, syntax);
        return new PerfEvent(result.Name ?? e.Name, e.Kind, () => result.Attributes)
        {
            Pmu = e.Pmu,
            Description = e.Description,
            Unit = e.Unit,
            Scale = e.Scale,
            UncoreCpus = e.UncoreCpus,
            CoreCpus = e.CoreCpus,
        };
    }

    private static PerfEvent OnPmu(Pmu pmu, EventSyntax syntax, string name)
    {
        PmuTermResolver.Result result = PmuTermResolver.Resolve(pmu, syntax);
        return new PerfEvent(result.Name ?? name, PerfEventKind.Pmu, () => result.Attributes)
        {
            Pmu = pmu.Name,
            Scale = result.Scale,
            Unit = result.Unit,
            UncoreCpus = pmu.UncoreCpus,
            CoreCpus = pmu.CoreCpus,
        };
    }

    private static PerfEvent Fixed(string name, EventSyntax syntax, PerfEventKind kind, uint type, ulong config) =>
        EventCatalogue.Generic(syntax.Text.Length > 0 ? syntax.Text : name, kind, type, config, null);

    private static PerfEvent Breakpoint(EventSyntax syntax, BreakpointSyntax breakpoint)
    {
        // HW_BREAKPOINT_R, _W and _X of include/uapi/linux/hw_breakpoint.h.
        const uint R = 1, W = 2, X = 4;
        uint access = 0;
        foreach (char c in breakpoint.Access ?? "rw")
        {
            uint bit = c switch { 'r' => R, 'w' => W, _ => X };
            if ((access & bit) != 0)
                throw new EventSyntaxException(syntax.Text, 0, $"the access '{c}' is there twice.");
            access |= bit;
        }
        // The kernel wants an execution breakpoint to be as long as a long; data breakpoints watch four bytes unless told.
        ulong length = breakpoint.Length ?? (access == X ? sizeof(long) : 4UL);
        return new PerfEvent(syntax.Text, PerfEventKind.Breakpoint, () => new PerfEventAttr
        {
            Type = (uint)PerfType.Breakpoint,
            BreakpointType = access,
            Config1 = breakpoint.Address,
            Config2 = length,
        });
    }

    private UnknownEventException Unknown(EventSyntax syntax)
    {
        string name = string.Join(':', syntax.Parts);
        IReadOnlyList<string> suggestions = NearestNames.Find(name, catalogue.AllNames());
        if (syntax.Parts.Count >= 2 && catalogue.TryGetTracepoints() is { } all)
        {
            string system = syntax.Parts[0] + ":";
            var siblings = all.Where(t => t.StartsWith(system, StringComparison.OrdinalIgnoreCase)).ToList();
            if (siblings.Count > 0)
            {
                string wanted = syntax.Parts[1];
                if (suggestions.Count == 0)
                    suggestions = (string[])[.. siblings.Where(s => s.Contains(wanted, StringComparison.OrdinalIgnoreCase)).Take(3)];
                return new UnknownEventException(name, $"The tracepoint system '{syntax.Parts[0]}' has no event '{wanted}'.", suggestions);
            }
            return new UnknownEventException(name, $"There is no event '{name}': no tracepoint system '{syntax.Parts[0]}' and no PMU event of that name.", suggestions);
        }
        string hint = catalogue.Vendor.Absence is { } absence && name.Any(char.IsAsciiLetterUpper) ? " " + absence : "";
        return new UnknownEventException(name, $"There is no event '{name}'.{hint}", suggestions);
    }
}
