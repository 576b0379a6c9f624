using PerfTrace.Interop;

namespace PerfTrace.Tests.Interop;

public class KernelExceptionTests
{
    [Theory]
    [InlineData(Errno.EPERM, typeof(KernelAccessException))]
    [InlineData(Errno.EACCES, typeof(KernelAccessException))]
    [InlineData(Errno.ESRCH, typeof(KernelTargetGoneException))]
    [InlineData(Errno.EMFILE, typeof(KernelResourceException))]
    [InlineData(Errno.ENFILE, typeof(KernelResourceException))]
    [InlineData(Errno.ENOMEM, typeof(KernelResourceException))]
    [InlineData(Errno.ENOSPC, typeof(KernelResourceException))]
    [InlineData(Errno.EBUSY, typeof(KernelResourceException))]
    [InlineData(Errno.ENOSYS, typeof(KernelFeatureException))]
    [InlineData(Errno.EOPNOTSUPP, typeof(KernelFeatureException))]
    [InlineData(Errno.ENODEV, typeof(KernelFeatureException))]
    [InlineData(Errno.ENXIO, typeof(KernelFeatureException))]
    [InlineData(Errno.EINVAL, typeof(KernelException))]
    [InlineData(Errno.ENOENT, typeof(KernelException))]
    public void AnErrnoBecomesItsException(Errno errno, Type type)
    {
        KernelException e = KernelException.Create(errno, "perf_event_open", "cycles", "Do this.");

        Assert.IsType(type, e);
        Assert.Equal((errno, "perf_event_open", "cycles", "Do this.", (int)errno), (e.Errno, e.Call, e.Subject, e.Advice, e.HResult));
        Assert.StartsWith("perf_event_open cycles: ", e.Message, StringComparison.Ordinal);
        Assert.EndsWith($" ({errno}). Do this.", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Errno.EMFILE, "ulimit -n")]
    [InlineData(Errno.ENFILE, "fs.file-max")]
    public void RunningOutOfDescriptorsSaysWhatToDo(Errno errno, string advice) =>
        Assert.Contains(advice, KernelException.Create(errno, "open").Message, StringComparison.Ordinal);

    [Fact]
    public void TheTextIsTheCLibrarys()
    {
        Assert.Equal("No such file or directory", KernelException.TextOf(Errno.ENOENT));
        Assert.Equal("open: No such file or directory (ENOENT).", KernelException.Create(Errno.ENOENT, "open").Message);
    }

    [Fact]
    public void NumbersAreTheKernels()
    {
        // include/uapi/asm-generic/errno-base.h and errno.h, by the C library's own texts.
        Assert.Equal("Too many open files", KernelException.TextOf(Errno.EMFILE));
        Assert.Equal("Exec format error", KernelException.TextOf(Errno.ENOEXEC));
        Assert.Equal("No such process", KernelException.TextOf(Errno.ESRCH));
        Assert.Equal("Operation not supported", KernelException.TextOf(Errno.EOPNOTSUPP));
        Assert.Equal("Value too large for defined data type", KernelException.TextOf(Errno.EOVERFLOW));
        Assert.Equal("File name too long", KernelException.TextOf(Errno.ENAMETOOLONG));
        Assert.Equal("Too many levels of symbolic links", KernelException.TextOf(Errno.ELOOP));
    }
}
