using System.Globalization;
using System.IO.Enumeration;
using PerfTrace.Kernel;

namespace PerfTrace.BpfTrace;

/// <summary>Takes attach points apart: what they are made of, not whether the kernel has it.</summary>
internal sealed partial class AttachPointParser
{
    private readonly SourceSpan span;
    private readonly ScriptOptions options;
    private readonly string raw;
    private readonly string? probeName;
    private readonly List<string> parts;
    private readonly bool isSourceLine;
    private ProbeProvider provider;
    private bool isOptional;
    private string? missing;

    private AttachPointParser(SourceSpan span, ScriptOptions options)
    {
        (this.span, this.options, raw) = (span, options, span.Text.ToString());
        parts = Split(raw, out isSourceLine);
        int equals = parts[0].IndexOf('=');
        if (equals > 0 && equals < parts[0].Length - 1)
            (probeName, parts[0]) = (parts[0][..equals], parts[0][(equals + 1)..]);
    }

    /// <summary>Adds the attach points that the text stands for, several when the provider is a pattern; what is wrong is told in the list of messages.</summary>
    public static void Parse(SourceSpan span, ScriptOptions options, List<AttachPoint> points, List<ScriptDiagnostic> diagnostics)
    {
        try
        {
            new AttachPointParser(span, options).Add(points);
        }
        catch (SyntaxError error)
        {
            diagnostics.Add(error.Diagnostic);
        }
    }

    private void Add(List<AttachPoint> points)
    {
        string name = parts[0];
        if (!AttachPoint.HasWildcard(name))
        {
            provider = ProbeProviders.Find(name);
            if (provider == ProbeProvider.None)
                throw Unknown(name);
            points.Add(Read());
            return;
        }
        bool isUser = options.HasProcess || parts.Count > 1 && parts[1].Contains('/');
        isOptional = true;
        int before = points.Count;
        foreach (ProbeProvider candidate in isUser ? ProbeProviders.OfProcesses : ProbeProviders.OfKernel)
        {
            if (!FileSystemName.MatchesSimpleExpression(name, ProbeProviders.NameOf(candidate), ignoreCase: false))
                continue;
            try
            {
                provider = candidate;
                points.Add(Read());
            }
            catch (SyntaxError)
            {
                continue; // the pattern is in the form of other kinds only
            }
        }
        if (points.Count == before)
            throw Error($"no kind of probe matches '{name}' in this form");
    }

    private SyntaxError Unknown(string name)
    {
        IReadOnlyList<string> near = NearestNames.Find(name, ProbeProviders.Names.Where(static n => n.Length > 2));
        return Error($"'{name}' is no kind of probe", near.Count == 0 ? null : $"did you mean {string.Join(" or ", near)}?");
    }

    private AttachPoint Read() => provider switch
    {
        ProbeProvider.Begin or ProbeProvider.End => parts.Count == 1 || parts is [_, "*"] ? Point() : throw Form(),
        ProbeProvider.Self => Signal(),
        ProbeProvider.Test or ProbeProvider.Bench => parts is [_, { Length: > 0 } name] ? Point(name) : throw Form(),
        ProbeProvider.KProbe or ProbeProvider.KRetProbe => KernelProbe(),
        ProbeProvider.UProbe or ProbeProvider.URetProbe => UserProbe(),
        ProbeProvider.Usdt => Usdt(),
        ProbeProvider.Tracepoint => Tracepoint(),
        ProbeProvider.RawTracepoint => parts switch
        {
            [_, { Length: > 0 } function] => Point(null, function),
            [_, { Length: > 0 } module, { Length: > 0 } function] => Point(module, function),
            _ => throw Form(),
        },
        ProbeProvider.Fentry or ProbeProvider.Fexit => Fentry(),
        ProbeProvider.Profile or ProbeProvider.Interval => Timer(),
        ProbeProvider.Software or ProbeProvider.Hardware => PerfEvent(),
        ProbeProvider.Watchpoint => Watchpoint(),
        _ => Iterator(),
    };

    private AttachPoint Point(string? target = null, string? function = null, string? space = null, string? language = null, ulong offset = 0, ulong? address = null,
        (string, int, int)? sourceLine = null, TimeSpan? period = null, ulong? frequency = null, ulong? count = null, int length = 0, string? mode = null,
        string? pin = null, ulong? programId = null) => new(span, raw, provider)
        {
            ProbeName = probeName, Target = target, Function = function, Namespace = space, Language = language, Offset = offset, Address = address,
            SourceLine = sourceLine, Period = period, Frequency = frequency, Count = count, Length = length, Mode = mode, Pin = pin, ProgramId = programId,
            IsOptional = isOptional,
        };

    private AttachPoint Signal()
    {
        if (parts is not [_, { } trigger, { } signal])
            throw Form();
        if (trigger != "signal")
            throw Error($"'{trigger}' is nothing that self waits for", "self:signal:SIGUSR1 is");
        return signal == "SIGUSR1" ? Point(trigger, signal) : throw Error($"the signal {signal} can not be waited for", "SIGUSR1 can");
    }

    private AttachPoint KernelProbe()
    {
        (string? module, string place) = parts switch
        {
            [_, { Length: > 0 } only] => (null, only),
            [_, { Length: > 0 } first, { Length: > 0 } second] => (first, second),
            _ => throw Form(),
        };
        return Place(module, place, null, provider == ProbeProvider.KProbe);
    }

    private AttachPoint UserProbe()
    {
        if (isSourceLine)
            return SourceLine();
        // Of a process that is traced the binary is known.
        if (options.HasProcess && parts is [_, "cpp", { Length: > 0 } symbol])
            return Place(null, symbol, "cpp", provider == ProbeProvider.UProbe);
        (string? target, string? language, string place) = parts switch
        {
            [_, { Length: > 0 } only] when options.HasProcess => (null, null, only),
            [_, { Length: > 0 } binary, { Length: > 0 } function] => (binary, null, function),
            [_, { Length: > 0 } binary, { } written, { Length: > 0 } function] => (binary, written, function),
            _ => throw Form(),
        };
        if (language is not (null or "cpp"))
            throw Error($"'{language}' is no language whose names are known", "cpp is");
        return Place(target, place, language, provider == ProbeProvider.UProbe);
    }

    // "function", "function+offset" or an address.
    private AttachPoint Place(string? target, string place, string? language, bool takesOffset)
    {
        if (IntegerText.Parse(place, out _) is { } address)
            return !AttachPoint.HasWildcard(target) ? Point(target, null, null, language, 0, address) : throw Error("an address in a pattern of files");
        int plus = place.IndexOf('+');
        if (plus < 0)
            return Point(target, place, null, language);
        if (!takesOffset)
            throw Error($"{ProbeProviders.NameOf(provider)} takes no offset: it fires when the function returns");
        if (plus == 0)
            throw Form();
        return Point(target, place[..plus], null, language, Number(place[(plus + 1)..], "offset"));
    }

    private AttachPoint SourceLine()
    {
        if (provider != ProbeProvider.UProbe || parts.Count is not (4 or 5) || parts.Take(4).Any(static p => p.Length == 0))
            throw Form();
        if (AttachPoint.HasWildcard(parts[1]))
            throw Error("a source line in a pattern of files");
        int line = (int)Number(parts[3], "line", int.MaxValue);
        return Point(parts[1], sourceLine: (parts[2], line, parts.Count == 5 ? (int)Number(parts[4], "column", int.MaxValue) : 0));
    }

    private AttachPoint Usdt() => parts switch
    {
        [_, { Length: > 0 } only] when options.HasProcess => Point(null, only),
        [_, var binary, { Length: > 0 } function] when binary.Length > 0 || options.HasProcess => Point(binary.Length > 0 ? binary : null, function),
        [_, var binary, var space, { Length: > 0 } function] when binary.Length > 0 || options.HasProcess =>
            Point(binary.Length > 0 ? binary : null, function, space.Length > 0 ? space : null),
        _ => throw Form(),
    };

    private AttachPoint Tracepoint() => parts switch
    {
        [_, { } pattern] when AttachPoint.HasWildcard(pattern) => Point("*", pattern),
        [_, { Length: > 0 } category, { Length: > 0 } name] => Point(category, name),
        _ => throw Form(),
    };

    private AttachPoint Fentry() => parts switch
    {
        [_, "bpf"] => throw Form(),
        [_, { Length: > 0 } function] => Point(null, function),
        [_, "bpf", "*", { Length: > 0 } program] => Point("bpf", program),
        [_, "bpf", { } id, { Length: > 0 } program] => Point("bpf", program, programId: Number(id, "program id")),
        [_, { Length: > 0 } module, { Length: > 0 } function] => Point(module, function),
        _ => throw Form(),
    };

    private AttachPoint Timer()
    {
        if (parts.Count is not (2 or 3))
            throw Form();
        if (parts.Count == 2)
            return Point(period: Period(Number(parts[1], "time"), 1, "nanoseconds; a unit may stand behind the number: 10ms"));
        ulong value = Number(parts[2], parts[1] == "hz" ? "rate" : "time");
        if (parts[1] == "hz")
            return value > 0 ? Point(frequency: value) : throw Error("the rate must be above 0");
        ulong unit = parts[1] switch
        {
            "s" => 1_000_000_000,
            "ms" => 1_000_000,
            "us" => 1_000,
            _ => throw Error($"'{parts[1]}' is no unit of time", "s, ms, us and hz are"),
        };
        return Point(period: Period(value, unit, parts[1]));
    }

    private TimeSpan Period(ulong value, ulong unit, string unitName)
    {
        const ulong NanosecondsPerTick = 100;
        const ulong Shortest = 1_000;
        UInt128 nanoseconds = (UInt128)value * unit;
        if (nanoseconds < Shortest)
            throw Error($"the shortest time is 1 us; this is {value.ToString(CultureInfo.InvariantCulture)} {unitName}");
        // perf_event_attr.sample_period is of 64 bits.
        if (nanoseconds > long.MaxValue)
            throw Error("the time is longer than the kernel can wait (292 years)");
        return new TimeSpan((long)(nanoseconds / NanosecondsPerTick));
    }

    private AttachPoint PerfEvent()
    {
        if (parts.Count is not (2 or 3) || parts[1].Length == 0)
            throw Form();
        string? name = parts[1];
        if (!AttachPoint.HasWildcard(name) && !PerfEventNames.Of(provider).TryGetValue(name, out name))
        {
            IReadOnlyList<string> near = NearestNames.Find(parts[1], PerfEventNames.Of(provider).Keys);
            throw Error($"'{parts[1]}' is no {ProbeProviders.NameOf(provider)} event", near.Count == 0 ? null : $"did you mean {string.Join(" or ", near)}?");
        }
        bool isDefault = parts.Count == 2 || parts[2] is "" or "*";
        ulong? count = isDefault ? null : Number(parts[2], "count");
        return count != 0 ? Point(name, count: count) : throw Error("the count must be above 0");
    }

    private AttachPoint Watchpoint()
    {
        if (parts.Count != 4)
            throw Form();
        ulong address = Number(parts[1], "address");
        ulong length = Number(parts[2], "length");
        string mode = string.Concat(parts[3].Order());
        if (address == 0)
            throw Error("the address must not be 0");
        if (length is not (1 or 2 or 4 or 8))
            throw Error("the length must be 1, 2, 4 or 8");
        if (mode is not ("r" or "w" or "x" or "rw" or "rx" or "wx" or "rwx"))
            throw Error($"'{parts[3]}' is no mode of a watchpoint", "r, w and x, and any of them together");
        return Point(address: address, length: (int)length, mode: mode);
    }

    private AttachPoint Iterator() => parts switch
    {
        [_, { Length: > 0 } name] when !AttachPoint.HasWildcard(name) => Point(null, name),
        [_, { Length: > 0 } name, { Length: > 0 } pin] when !AttachPoint.HasWildcard(name) && !AttachPoint.HasWildcard(pin) => Point(null, name, pin: pin),
        [_, { Length: > 0 }] or [_, { Length: > 0 }, { Length: > 0 }] => throw Error("an iterator takes no pattern"),
        _ => throw Form(),
    };

    private ulong Number(string text, string what, ulong most = ulong.MaxValue)
    {
        ulong? value = IntegerText.Parse(text, out string? problem);
        return value is not null && value <= most ? value.Value : throw Error($"the {what} of the probe: {problem ?? $"'{text}' is too large"}");
    }

    private SyntaxError Form() => Error($"'{raw}' is not in the form of {ProbeProviders.NameOf(provider)}", ProbeProviders.FormOf(provider));

    private SyntaxError Error(string message, string? hint = null) =>
        new(span, message, missing is null ? hint : $"the parameter {missing} was not given");
}
