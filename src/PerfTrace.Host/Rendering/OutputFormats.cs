using PerfTrace.Host.Binding;

namespace PerfTrace.Host.Rendering;

/// <summary>The names of the forms on the command line.</summary>
internal static class OutputFormats
{
    public const string Names = "table, list, json, jsonl, csv";

    public static OutputFormat Parse(string name) => name.ToUpperInvariant() switch
    {
        "TABLE" => OutputFormat.Table,
        "LIST" => OutputFormat.List,
        "JSON" => OutputFormat.Json,
        "JSONL" => OutputFormat.JsonLines,
        "CSV" => OutputFormat.Csv,
        _ => throw new UsageException($"There is no output form '{name}'. Use one of: {Names}."),
    };
}
