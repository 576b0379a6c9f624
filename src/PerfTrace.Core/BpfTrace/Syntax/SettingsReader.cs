using System.Globalization;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.BpfTrace;

/// <summary>Reads the <c>config</c> block. A setting that means nothing here (of LLVM, of clang, of libraries that are not used) is checked and passed over.</summary>
internal static class SettingsReader
{
    private const string Prefix = "bpftrace_";

    private static readonly string[] Licenses = ["GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL"];

    private static readonly string[] UnstableWords = ["error", "warn", "enable"];

    private static readonly Dictionary<string, string> Renamed = new(StringComparer.Ordinal)
    {
        ["strlen"] = "max_strlen", ["no_cpp_demangle"] = "cpp_demangle", ["cat_bytes_max"] = "max_cat_bytes", ["map_keys_max"] = "max_map_keys",
    };

    // What each setting does with its value.
    private static readonly Dictionary<string, Func<ScriptSettings, ConfigSetting, ScriptSettings>> Known =
        new(StringComparer.Ordinal)
        {
            ["max_strlen"] = static (s, c) => s with { MaximumStringLength = Number(c, 1, 1 << 20) },
            ["max_map_keys"] = static (s, c) => s with { MaximumMapKeys = Number(c, 1, int.MaxValue) },
            ["max_cat_bytes"] = static (s, c) => s with { MaximumCatBytes = Number(c, 0, int.MaxValue) },
            ["max_probes"] = static (s, c) => s with { MaximumProbes = Number(c, 1, int.MaxValue) },
            ["on_stack_limit"] = static (s, c) => s with { OnStackLimit = Number(c, 0, 512) },
            ["perf_rb_pages"] = static (s, c) => s with { RingPages = Number(c, 1, 1 << 20) },
            ["print_maps_on_exit"] = static (s, c) => s with { PrintMapsOnExit = Flag(c) },
            ["str_trunc_trailer"] = static (s, c) => s with { TruncationTrailer = Text(c) },
            ["stack_mode"] = static (s, c) => s with
            {
                StackMode = Word(c, "bpftrace", "perf", "raw", "build_id") switch
                {
                    "perf" => StackMode.Perf, "raw" => StackMode.Raw, "build_id" => StackMode.BuildId, _ => StackMode.BpfTrace,
                },
            },
            ["missing_probes"] = static (s, c) => s with
            {
                MissingProbes = Word(c, "error", "warn", "ignore") switch { "warn" => MissingProbes.Warn, "ignore" => MissingProbes.Ignore, _ => MissingProbes.Error },
            },
            ["license"] = static (s, c) => Licenses.Contains(Text(c)) ? s with { License = Text(c) } : throw Wrong(c, "must be one of " + string.Join(", ", Licenses.Select(static l => $"\"{l}\""))),
            ["cache_user_symbols"] = static (s, c) => Check(s, Word(c, "per_pid", "per_program", "none", "0", "1")),
            ["cpp_demangle"] = static (s, c) => s with { SymbolNames = Flag(c) ? SymbolNameForm.Whole : SymbolNameForm.Raw },
            ["lazy_symbolication"] = static (s, c) => Check(s, Flag(c)),
            ["show_debug_info"] = static (s, c) => Check(s, Flag(c)),
            ["use_blazesym"] = static (s, c) => Check(s, Flag(c)),
            ["log_size"] = static (s, c) => Check(s, Number(c, 0, int.MaxValue)),
            ["max_bpf_progs"] = static (s, c) => Check(s, Number(c, 0, int.MaxValue)),
            ["unstable_import_statement"] = Unstable,
            ["unstable_tseries"] = Unstable,
            ["unstable_typeinfo"] = Unstable,
            ["unstable_dw_ustack"] = Unstable,
            // No longer asked for.
            ["symbol_source"] = static (s, _) => s,
            ["max_type_res_iterations"] = static (s, _) => s,
            ["unstable_addr"] = static (s, _) => s,
            ["unstable_import"] = static (s, _) => s,
            ["unstable_macro"] = static (s, _) => s,
            ["unstable_map_decl"] = static (s, _) => s,
        };

    /// <summary>The settings with those of the block.</summary>
    public static ScriptSettings Read(ConfigBlock? block, ScriptSettings settings, List<ScriptDiagnostic> diagnostics)
    {
        foreach (ConfigSetting setting in block?.Settings ?? [])
        {
            try
            {
                settings = Find(setting)(settings, setting);
            }
            catch (SyntaxError error)
            {
                diagnostics.Add(error.Diagnostic);
            }
        }
        return settings;
    }

    /// <summary>The settings with those of the environment: <c>BPFTRACE_MAX_STRLEN</c> is <c>max_strlen</c>. They go before what the script says, as bpftrace has it.</summary>
    /// <param name="environment">Variables; those of other names are passed over.</param>
    /// <param name="settings">What holds without them.</param>
    /// <param name="diagnostics">Gets what is wrong.</param>
    public static ScriptSettings Read(IReadOnlyDictionary<string, string> environment, ScriptSettings settings, List<ScriptDiagnostic> diagnostics)
    {
        foreach ((string variable, string value) in environment.OrderBy(static v => v.Key, StringComparer.Ordinal))
        {
            if (!variable.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
                continue;
            string name = variable[Prefix.Length..].ToLowerInvariant();
            if (!Known.TryGetValue(Renamed.GetValueOrDefault(name, name), out Func<ScriptSettings, ConfigSetting, ScriptSettings>? setting) || name == "no_cpp_demangle")
                continue;
            // Messages show it as a line of its own.
            var line = new ScriptSource("environment", $"{variable}={value}");
            try
            {
                settings = setting(settings, new ConfigSetting(line.Span(0, variable.Length), variable, new StringLiteral(line.Span(variable.Length + 1, line.Text.Length), value)));
            }
            catch (SyntaxError error)
            {
                diagnostics.Add(error.Diagnostic);
            }
        }
        return settings;
    }

    // "BPFTRACE_MAX_STRLEN", "MAX_STRLEN" and "max_strlen" are the same.
    private static Func<ScriptSettings, ConfigSetting, ScriptSettings> Find(ConfigSetting setting)
    {
        string name = setting.Key.ToLowerInvariant();
        if (name.StartsWith(Prefix, StringComparison.Ordinal))
            name = name[Prefix.Length..];
        if (Known.TryGetValue(name, out Func<ScriptSettings, ConfigSetting, ScriptSettings>? found))
            return found;
        SourceSpan span = setting.Span with { Length = setting.Key.Length };
        if (Renamed.TryGetValue(name, out string? now))
            throw new SyntaxError(span, $"the setting '{setting.Key}' has another name now", now);
        IReadOnlyList<string> near = NearestNames.Find(name, Known.Keys);
        throw new SyntaxError(span, $"there is no setting '{setting.Key}'", near.Count == 0 ? null : $"did you mean {string.Join(" or ", near)}?");
    }

    private static int Number(ConfigSetting setting, int least, int most)
    {
        ulong? value = setting.Value switch
        {
            IntegerLiteral integer => integer.Value,
            StringLiteral text => IntegerText.Parse(text.Value, out _),
            _ => null,
        };
        return value is { } number && number >= (ulong)least && number <= (ulong)most
            ? (int)number
            : throw Wrong(setting, string.Create(CultureInfo.InvariantCulture, $"must be a number from {least} to {most}"));
    }

    private static bool Flag(ConfigSetting setting) => setting.Value switch
    {
        BooleanLiteral boolean => boolean.Value,
        IntegerLiteral integer => integer.Value != 0,
        StringLiteral { Value: "true" or "1" } => true,
        StringLiteral { Value: "false" or "0" } => false,
        _ => throw Wrong(setting, "must be true or false"),
    };

    private static string Text(ConfigSetting setting) => setting.Value switch
    {
        StringLiteral text => text.Value,
        IdentifierExpression word => word.Name,
        IntegerLiteral { Text: { } number } => number,
        _ => throw Wrong(setting, "must be a text between quotes"),
    };

    private static string Word(ConfigSetting setting, params string[] words)
    {
        string? word = setting.Value is StringLiteral or IdentifierExpression or IntegerLiteral ? Text(setting).ToLowerInvariant() : null;
        return words.Contains(word) ? word! : throw Wrong(setting, "must be one of " + string.Join(", ", words));
    }

    private static ScriptSettings Unstable(ScriptSettings settings, ConfigSetting setting) =>
        setting.Value is BooleanLiteral or IntegerLiteral ? Check(settings, Flag(setting)) : Check(settings, Word(setting, UnstableWords));

    private static ScriptSettings Check<T>(ScriptSettings settings, T value)
    {
        _ = value;
        return settings;
    }

    private static SyntaxError Wrong(ConfigSetting setting, string problem) => new(setting.Value.Span, $"'{setting.Key}' {problem}");
}
