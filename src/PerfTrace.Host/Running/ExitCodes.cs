namespace PerfTrace.Host.Running;

/// <summary>What perftrace tells the shell.</summary>
public static class ExitCodes
{
    public const int Success = 0;

    /// <summary>At least one error record was written.</summary>
    public const int Error = 1;

    /// <summary>The command line was wrong; nothing has run.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C. Another signal's number is added to 128 likewise.</summary>
    public const int Interrupted = 130;
}
