namespace PerfTrace.Kernel;

/// <summary>Control groups can not be used on this machine as it is.</summary>
public sealed class ControlGroupException(string message) : Exception(message);
