using System.Management.Automation;
using System.Net;

namespace PerfTrace.Tests.Host.TestCmdlets;

/// <summary>A parameter of each kind of type.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Types")]
public sealed class TestTypesCommand : RecordingCommand
{
    [Parameter(Position = 0)]
    public string[] Name { get; set; } = [];

    [Parameter]
    [Alias("Txt", "Message")]
    public string? Text { get; set; }

    [Parameter]
    public int Count { get; set; }

    [Parameter]
    public int[] Numbers { get; set; } = [];

    [Parameter]
    public long Size { get; set; }

    [Parameter]
    public ulong Mask { get; set; }

    [Parameter]
    public double Ratio { get; set; }

    [Parameter]
    public int? Limit { get; set; }

    [Parameter]
    public TestColor Color { get; set; }

    [Parameter]
    public TestAccess Access { get; set; }

    [Parameter]
    public TimeSpan Span { get; set; }

    [Parameter]
    public DateTimeOffset When { get; set; }

    [Parameter]
    public bool Flag { get; set; }

    [Parameter]
    public object? Anything { get; set; }

    [Parameter]
    public IPAddress? Address { get; set; }

    [Parameter]
    public TestPair? Pair { get; set; }

    [Parameter]
    public List<long> Sizes { get; set; } = [];

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter PerCpu { get; set; }

    [Parameter]
    public SwitchParameter PerCore { get; set; }

    [Parameter]
    public SwitchParameter Debris { get; set; }

    [Parameter]
    public ScriptBlock? Script { get; set; }
}
