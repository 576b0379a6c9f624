namespace System.Management.Automation;

/// <summary>What an argument transformation or validation may ask of the engine.</summary>
public class EngineIntrinsics
{
    internal EngineIntrinsics()
    {
    }

    public SessionState SessionState { get; } = new();
}
