namespace PerfTrace.Access;

/// <summary>Why something does not work, and the least that makes it work.</summary>
internal sealed record Refusal(string Reason, string? Remedy = null);
