namespace PerfTrace.Tests.Host.TestCmdlets;

[Flags]
public enum TestAccess
{
    None = 0,
    Read = 1,
    Write = 2,
    Execute = 4,
}
