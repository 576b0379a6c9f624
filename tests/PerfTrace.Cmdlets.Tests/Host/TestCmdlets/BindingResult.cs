namespace PerfTrace.Tests.Host.TestCmdlets;

/// <summary>What a test cmdlet was given for one call of ProcessRecord.</summary>
public sealed record BindingResult(string ParameterSetName, IReadOnlyDictionary<string, object> Bound)
{
    /// <summary>A value that must be there and of that type.</summary>
    public T Get<T>(string name) => (T)Bound[name];

    public object? this[string name] => Bound.TryGetValue(name, out object? value) ? value : null;
}
