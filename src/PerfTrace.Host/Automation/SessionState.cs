namespace System.Management.Automation;

/// <summary>The state that a cmdlet sees. Variables can be set, and nobody reads them: there is no language here.</summary>
public sealed class SessionState
{
    public PathIntrinsics Path { get; } = new();

    public PSVariableIntrinsics PSVariable { get; } = new();
}
