namespace PerfTrace.Bpf;

/// <summary>A key or value that does not fit a map's type.</summary>
public sealed class BpfMapValueException : ArgumentException
{
    internal BpfMapValueException(string part, string problem, string expected, Exception? inner = null)
        : base($"The {part} does not fit: {problem}", inner)
    {
        Part = part;
        Expected = expected;
    }

    /// <summary><c>key</c> or <c>value</c>.</summary>
    public string Part { get; }

    /// <summary>What the map takes.</summary>
    public string Expected { get; }
}
