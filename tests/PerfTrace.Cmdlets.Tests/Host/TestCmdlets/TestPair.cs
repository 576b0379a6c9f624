namespace PerfTrace.Tests.Host.TestCmdlets;

/// <summary>Converts through its constructor.</summary>
public sealed class TestPair
{
    public TestPair(string text)
    {
        string[] parts = text.Split('=');
        if (parts.Length != 2)
            throw new ArgumentException($"'{text}' is not a pair.", nameof(text));
        (Key, Value) = (parts[0], parts[1]);
    }

    public string Key { get; }

    public string Value { get; }
}
