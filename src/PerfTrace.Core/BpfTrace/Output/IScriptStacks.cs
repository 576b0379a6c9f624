namespace PerfTrace.BpfTrace;

/// <summary>The maps of call stacks that the programs of a script fill.</summary>
internal interface IScriptStacks
{
    /// <summary>A stack's addresses or entries with build ids, with zeros behind the last; empty where it has gone.</summary>
    ReadOnlySpan<byte> Read(StackType type, long number);
}
