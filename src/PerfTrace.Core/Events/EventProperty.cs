namespace PerfTrace.Events;

/// <summary>A property of an event's class.</summary>
/// <param name="Name">The kernel's name of the field, as far as it can stand beside those of <see cref="TraceEvent"/>.</param>
/// <param name="Type">The type of its values.</param>
/// <param name="Field">The field that it shows.</param>
/// <param name="SymbolIndex">Which of the print format's named fields it shows by name; null when it shows the field itself.</param>
public sealed record EventProperty(string Name, Type Type, EventField Field, int? SymbolIndex = null);
