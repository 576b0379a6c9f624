namespace PerfTrace.Tests.Host.TestCmdlets;

public enum TestColor
{
    Red,
    Green,
    Grey,
    Blue,
}
