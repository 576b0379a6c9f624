using System.Runtime.InteropServices;

namespace PerfTrace.Interop;

/// <summary>A system call that failed: which one, on what, with which error number, and what to do about it.</summary>
public class KernelException : IOException
{
    public KernelException(Errno errno, string call, string? subject = null, string? advice = null)
        : base(advice is null ? Describe(errno, call, subject) : $"{Describe(errno, call, subject)} {advice}")
    {
        Summary = Describe(errno, call, subject);
        Errno = errno;
        Call = call;
        Subject = subject;
        Advice = advice;
        HResult = (int)errno;
    }

    /// <summary>For a call whose error number says less than is known.</summary>
    protected KernelException(Errno errno, string call, string? subject, string? advice, string summary)
        : base(advice is null ? summary : $"{summary} {advice}")
    {
        Summary = summary;
        Errno = errno;
        Call = call;
        Subject = subject;
        Advice = advice;
        HResult = (int)errno;
    }

    public Errno Errno { get; }

    /// <summary>The name of the system call, as its man page has it.</summary>
    public string Call { get; }

    /// <summary>What the call was made on: a path, an event, a process.</summary>
    public string? Subject { get; }

    /// <summary>What the user can do about it; null when nothing specific is known.</summary>
    public string? Advice { get; }

    /// <summary>The message without the advice.</summary>
    public string Summary { get; }

    internal static Errno LastError => (Errno)Marshal.GetLastPInvokeError();

    /// <summary>The exception type that fits an error number.</summary>
    public static KernelException Create(Errno errno, string call, string? subject = null, string? advice = null) => errno switch
    {
        Errno.EPERM or Errno.EACCES => new KernelAccessException(errno, call, subject, advice),
        Errno.ESRCH => new KernelTargetGoneException(errno, call, subject, advice),
        Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM or Errno.ENOSPC or Errno.EBUSY
            => new KernelResourceException(errno, call, subject, advice ?? ResourceAdvice(errno)),
        Errno.ENOSYS or Errno.EOPNOTSUPP or Errno.ENODEV or Errno.ENXIO
            => new KernelFeatureException(errno, call, subject, advice),
        _ => new KernelException(errno, call, subject, advice),
    };

    /// <summary>strerror(3)'s text for an error number.</summary>
    public static string TextOf(Errno errno) => Marshal.GetPInvokeErrorMessage((int)errno);

    private static string? ResourceAdvice(Errno errno) => errno switch
    {
        Errno.EMFILE => "This process may open no more files (RLIMIT_NOFILE): raise the limit (ulimit -n, LimitNOFILE=) or count fewer events, threads or CPUs at a time.",
        Errno.ENFILE => "The whole system may open no more files: raise fs.file-max.",
        _ => null,
    };

    private static string Describe(Errno errno, string call, string? subject) =>
        subject is null ? $"{call}: {TextOf(errno)} ({errno})." : $"{call} {subject}: {TextOf(errno)} ({errno}).";
}
