namespace PerfTrace.Tests.Host.TestCmdlets;

/// <summary>What a test cmdlet was given for one call of ProcessRecord.</summary>
public sealed record BindingResult(string ParameterSetName, IReadOnlyDictionary<string, object> Bound)
{
    public object? this[string name] => Bound.TryGetValue(name, out object? value) ? value : null;
}
