namespace PerfTrace.Tests.Host.Rendering;

public class SampleBase
{
    public string Inherited => "base";
}
