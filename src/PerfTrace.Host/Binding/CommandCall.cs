namespace PerfTrace.Host.Binding;

/// <summary>A cmdlet by the name that was typed, and what follows it.</summary>
internal sealed record CommandCall(string Name, IReadOnlyList<CommandToken> Tokens);
