namespace PerfTrace.Tests.Host.TestCmdlets;

public sealed class TestThing
{
    public string Key { get; init; } = "";

    public int Quantity { get; init; }

    public int Id { get; init; } = 42;
}
