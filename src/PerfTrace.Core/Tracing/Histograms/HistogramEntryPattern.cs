using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using PerfTrace.Events;

namespace PerfTrace.Tracing;

/// <summary>
/// Takes the text of a bucket apart. Strings in it are whatever programs are called, so they are found by what must stand before and after them,
/// which the trigger tells.
/// </summary>
internal sealed class HistogramEntryPattern
{
    private readonly HistogramField[] _keys;
    private readonly HistogramField[] _values;
    private readonly string[] _saved;
    private readonly Func<string, EventField?> _fieldOf;
    private readonly Regex _entry;
    private readonly Regex? _savedFields;

    public HistogramEntryPattern(HistogramTriggerInfo info, Func<string, EventField?> fieldOf)
    {
        _keys = [.. info.Keys.Select(HistogramField.Parse)];
        _values = [.. info.Values.Select(HistogramField.Parse)];
        _saved = [.. info.Saved];
        _fieldOf = fieldOf;
        var pattern = new StringBuilder("^\\{ ");
        for (int i = 0; i < _keys.Length; i++)
        {
            string first = $"(?<k{i}>", second = $"(?<m{i}>";
            pattern.Append(i == 0 ? "" : ", ").Append(Regex.Escape(_keys[i].Name)).Append(_keys[i].Form switch
            {
                HistogramFieldForm.Hex => $": {first}[0-9a-f]+)",
                HistogramFieldForm.Symbol => $": \\[{second}[0-9a-f]+)\\] {first}.*?) *",
                HistogramFieldForm.ThreadName => $": {first}.*?) *\\[ *{second}[0-9]+)\\]",
                HistogramFieldForm.SystemCall => $": {first}\\S+) *\\[ *{second}[0-9]+)\\]",
                // Linux 6.3 to 6.12 leave out colon and line break where the stack is in a field.
                HistogramFieldForm.Stack => $"(?:\\.stacktrace)?:?\n?{first}(?: +\\S[^\n]*\n)*)",
                HistogramFieldForm.Log2 => $": ~ 2\\^{first}[0-9]+) *",
                HistogramFieldForm.Buckets => $": ~ {first}[0-9]+)-{second}[0-9]+)",
                _ when IsString(_keys[i].Name) => $": {first}.*)",
                _ => $": *{first}[0-9]+)",
            });
        }
        pattern.Append(" ?\\}");
        for (int i = 0; i < _values.Length; i++)
        {
            // Expressions are values that the kernel does not show.
            pattern.Append("(?: +").Append(Regex.Escape(_values[i].Name)).Append(_values[i].Form switch
            {
                HistogramFieldForm.Percent => $" \\(%\\): *(?<v{i}>\\S+))?",
                HistogramFieldForm.Graph => $": (?<v{i}>[#*]*) *)?",
                HistogramFieldForm.Hex => $": *(?<v{i}>[0-9a-f]+))?",
                _ => $": *(?<v{i}>[0-9]+))?",
            });
        }
        pattern.Append("(?<tracked>\n\t(?:max|changed):.*)?\\s*$");
        _entry = new Regex(pattern.ToString(), RegexOptions.CultureInvariant | RegexOptions.Singleline);
        if (_saved.Length > 0)
            _savedFields = new Regex("^" + string.Concat(_saved.Select((name, i) => $"  {Regex.Escape(name)}: *(?<s{i}>.*?) *")) + "$", RegexOptions.CultureInvariant | RegexOptions.Singleline);
    }

    /// <summary>Reads a bucket; null when the text is none, or not yet a whole one.</summary>
    public HistogramEntryText? Match(string text)
    {
        Match match = _entry.Match(text);
        if (!match.Success)
            return null;
        var key = new OrderedDictionary<string, object>(_keys.Length);
        for (int i = 0; i < _keys.Length; i++)
            key[key.ContainsKey(_keys[i].Name) ? $"{_keys[i].Name}.{i}" : _keys[i].Name] = KeyValue(_keys[i], match.Groups[$"k{i}"].Value, match.Groups[$"m{i}"].Value);
        var values = new OrderedDictionary<string, object>(_values.Length);
        for (int i = 0; i < _values.Length; i++)
        {
            if (match.Groups[$"v{i}"] is { Success: true } value)
                values[NameOf(_values[i])] = SumValue(_values[i], value.Value);
        }
        var entry = new HistogramEntryText(key, values, null, null, []);
        return match.Groups["tracked"] is { Success: true } tracked ? Track(entry, tracked.Value) : entry;
    }

    // "\n\tmax:       2992  next_comm: cat   prev_pid:  0", one for each onmax() and onchange().
    private HistogramEntryText Track(HistogramEntryText entry, string text)
    {
        foreach (string part in text.Split("\n\t", StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = part.IndexOf(':');
            string rest = part[(colon + 1)..].TrimStart(' ').TrimEnd('\n');
            int end = rest.AsSpan().IndexOfAnyExceptInRange('0', '9');
            ulong value = ulong.Parse(end < 0 ? rest : rest.AsSpan(0, end), CultureInfo.InvariantCulture);
            entry = part.StartsWith("max", StringComparison.Ordinal) ? entry with { Maximum = value } : entry with { Changed = value };
            if (end >= 0 && entry.Saved.Count == 0)
                Save(entry.Saved, rest[end..]);
        }
        return entry;
    }

    private void Save(OrderedDictionary<string, object> saved, string text)
    {
        if (_savedFields?.Match(text) is not { Success: true } match)
            return;
        for (int i = 0; i < _saved.Length; i++)
        {
            string value = match.Groups[$"s{i}"].Value;
            saved[_saved[i]] = IsString(_saved[i]) || !ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
                ? value
                : Typed(_saved[i], number);
        }
    }

    // A value may be shown in more than one way: bytes.percent beside bytes.
    private static string NameOf(HistogramField value) => value.Form switch
    {
        HistogramFieldForm.Percent => value.Name + ".percent",
        HistogramFieldForm.Graph => value.Name + ".graph",
        _ => value.Name,
    };

    private object KeyValue(HistogramField key, string text, string more) => key.Form switch
    {
        HistogramFieldForm.Hex => Typed(key.Name, Hex(text)),
        HistogramFieldForm.Symbol => TraceHistogramSymbol.Parse(text, Hex(more)),
        HistogramFieldForm.ThreadName => new TraceHistogramThread((int)Number(more), text),
        HistogramFieldForm.SystemCall => new TraceHistogramSystemCall((long)Number(more), text),
        HistogramFieldForm.Stack =>
            (TraceHistogramSymbol[])[.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static frame => TraceHistogramSymbol.Parse(frame, null))],
        HistogramFieldForm.Log2 => TraceHistogramRange.OfPower((int)Number(text)),
        HistogramFieldForm.Buckets => new TraceHistogramRange(Number(text), Number(more)),
        _ when IsString(key.Name) => text.TrimEnd(' '), // padded to 50 columns
        _ => Typed(key.Name, Number(text)),
    };

    private object SumValue(HistogramField value, string text) => value.Form switch
    {
        HistogramFieldForm.Percent => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent) ? percent : double.NaN,
        HistogramFieldForm.Graph => text,
        HistogramFieldForm.Hex => Sum(value.Name, Hex(text)),
        _ => Sum(value.Name, Number(text)),
    };

    // Sums are 64 bits wide, whatever the field is.
    private object Sum(string name, ulong sum) => name == HistogramField.HitCount || _fieldOf(name) is { IsSigned: true } ? (long)sum : sum;

    // The kernel prints all numbers as unsigned ones of 64 bits.
    private object Typed(string name, ulong number) => _fieldOf(name) switch
    {
        { Kind: EventFieldKind.Integer } field => (field.Size, field.IsSigned) switch
        {
            (1, true) => (sbyte)number,
            (1, false) => (byte)number,
            (2, true) => (short)number,
            (2, false) => (ushort)number,
            (4, true) => (int)number,
            (4, false) => (uint)number,
            (8, true) => (long)number,
            _ => number,
        },
        null when name is "common_cpu" or "cpu" or "CPU" => (int)number,
        _ => number,
    };

    private bool IsString(string name) => _fieldOf(name) is { Kind: EventFieldKind.FixedString or EventFieldKind.DynamicString };

    private static ulong Number(string text) => ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
