namespace PerfTrace.Commands;

/// <summary>A setting that can be left as it is.</summary>
public enum OnOff
{
    Off,
    On,
}
