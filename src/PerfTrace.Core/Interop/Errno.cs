namespace PerfTrace.Interop;

/// <summary>
/// Error numbers of the kernel, from <c>include/uapi/asm-generic/errno-base.h</c> and <c>errno.h</c>; x86-64 and ARM64 share them.
/// Only those that some code here tells apart have a name.
/// </summary>
public enum Errno
{
    None = 0,
    EPERM = 1,
    ENOENT = 2,
    ESRCH = 3,
    EINTR = 4,
    EIO = 5,
    ENXIO = 6,
    E2BIG = 7,
    ENOEXEC = 8,
    EBADF = 9,
    ECHILD = 10,
    EAGAIN = 11,
    ENOMEM = 12,
    EACCES = 13,
    EFAULT = 14,
    EBUSY = 16,
    EEXIST = 17,
    EXDEV = 18,
    ENODEV = 19,
    ENOTDIR = 20,
    EISDIR = 21,
    EINVAL = 22,
    ENFILE = 23,
    EMFILE = 24,
    ETXTBSY = 26,
    ENOSPC = 28,
    EROFS = 30,
    EPIPE = 32,
    ERANGE = 34,
    ELOOP = 40,
    ENAMETOOLONG = 36,
    ENOSYS = 38,
    ENOLINK = 67,
    EOVERFLOW = 75,
    EILSEQ = 84,
    EOPNOTSUPP = 95,
    EAFNOSUPPORT = 97,
    EADDRNOTAVAIL = 99,

    /// <summary>The kernel's own (include/linux/errno.h), which bpf(2) lets out.</summary>
    ENOTSUPP = 524,
}
