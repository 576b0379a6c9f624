namespace PerfTrace.Host.Binding;

/// <summary>The command line itself is wrong: exit status 2, and nothing has run.</summary>
public sealed class UsageException : Exception
{
    public UsageException(string message)
        : base(message)
    {
    }
}
