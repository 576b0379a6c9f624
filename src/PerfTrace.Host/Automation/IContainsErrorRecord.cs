namespace System.Management.Automation;

/// <summary>An exception that brings its own error record; the host prints that one instead of making another.</summary>
public interface IContainsErrorRecord
{
    ErrorRecord ErrorRecord { get; }
}
