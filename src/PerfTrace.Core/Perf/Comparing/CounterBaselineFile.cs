using System.Text.Json;

namespace PerfTrace.Perf;

/// <summary>Counters in a file: JSON as ConvertTo-Json makes it of what Get-PerfCounter writes, or JSON lines as perftrace does.</summary>
public static class CounterBaselineFile
{
    private static readonly JsonReaderOptions Reading = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, AllowMultipleValues = true };

    /// <exception cref="CounterBaselineException">The file holds no counters.</exception>
    /// <exception cref="IOException">It can not be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it.</exception>
    public static IReadOnlyList<CounterFigure> Read(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (JsonException e)
        {
            throw new CounterBaselineException(
                $"'{path}' is no JSON, as Get-PerfCounter … | ConvertTo-Json makes it (line {e.LineNumber + 1}). Of other files give the objects: -Baseline (Import-Csv …) or (Import-Clixml …).", e);
        }
        catch (CounterBaselineException e)
        {
            throw new CounterBaselineException($"'{path}' holds no counters of Get-PerfCounter. {e.Message}", e);
        }
    }

    /// <summary>Writes each event on a line of its own, so that a version control system shows what changed.</summary>
    public static void Write(Stream stream, IEnumerable<CounterFigure> figures)
    {
        string separator = "[\n  ";
        foreach (CounterFigure figure in figures)
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(separator));
            using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
            Write(writer, figure);
            separator = ",\n  ";
        }
        stream.Write("\n]\n"u8);
    }

    private static List<CounterFigure> Parse(byte[] bytes)
    {
        // ConvertTo-Json | Set-Content of older shells begins with the mark of the encoding.
        ReadOnlySpan<byte> text = bytes.AsSpan().StartsWith("\ufeff"u8) ? bytes.AsSpan(3) : bytes;
        var figures = new List<CounterFigure>();
        var reader = new Utf8JsonReader(text, Reading);
        while (reader.Read())
        {
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind == JsonValueKind.Array)
                figures.AddRange(document.RootElement.EnumerateArray().Select(Parse));
            else
                figures.Add(Parse(document.RootElement));
        }
        return figures.Count > 0 ? figures : throw new CounterBaselineException("It is empty.");
    }

    private static CounterFigure Parse(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw new CounterBaselineException($"There is {Article(element.ValueKind)} where an object with Event and Value should be.");
        var properties = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            properties[property.Name] = property.Value.ValueKind switch
            {
                JsonValueKind.Number => property.Value.GetDouble(),
                JsonValueKind.String => property.Value.GetString(),
                JsonValueKind.Null => null,
                _ => property.Value.GetRawText(), // durations, which are not compared
            };
        }
        return CounterFigure.From(properties.GetValueOrDefault);
    }

    private static string Article(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        _ => "a value",
    };

    private static void Write(Utf8JsonWriter writer, CounterFigure figure)
    {
        writer.WriteStartObject();
        writer.WriteString(nameof(figure.Event), figure.Event);
        if (figure.Value is { } value)
            writer.WriteNumber(nameof(figure.Value), value);
        else
            writer.WriteNull(nameof(figure.Value));
        WriteText(nameof(figure.Unit), figure.Unit);
        writer.WriteString(nameof(figure.Status), figure.Status.ToString());
        if (figure.RunningPercent is { } percent and < 100)
            writer.WriteNumber(nameof(figure.RunningPercent), percent);
        if (figure.Runs > 1)
            writer.WriteNumber(nameof(figure.Runs), figure.Runs);
        if (figure.RelativeError is { } error)
            writer.WriteNumber(nameof(figure.RelativeError), error);
        WriteText(nameof(figure.Command), figure.Command);
        WriteText(nameof(figure.CommandName), figure.Command is null ? figure.CommandName : null);
        WriteText(nameof(figure.CGroup), figure.CGroup);
        WriteNumber(nameof(figure.Cpu), figure.Cpu);
        WriteNumber(nameof(figure.Core), figure.Core);
        WriteNumber(nameof(figure.Socket), figure.Socket);
        writer.WriteEndObject();

        void WriteText(string name, string? text)
        {
            if (text is not null)
                writer.WriteString(name, text);
        }

        void WriteNumber(string name, int? number)
        {
            if (number is not null)
                writer.WriteNumber(name, number.Value);
        }
    }
}
