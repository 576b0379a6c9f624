namespace System.Management.Automation;

/// <summary>The state that a cmdlet sees. There are no variables here, only places.</summary>
public sealed class SessionState
{
    public PathIntrinsics Path { get; } = new();
}
