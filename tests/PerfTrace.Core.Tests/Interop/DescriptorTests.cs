using System.Runtime.InteropServices;
using PerfTrace.Interop;
using PerfTrace.Perf;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Interop;

public unsafe class DescriptorTests
{
    [Fact]
    public void ADescriptorIsClosedOnce()
    {
        FileDescriptor fd = FileDescriptor.Open("/dev/null");
        int number = fd.Number;
        Assert.True(File.Exists($"/proc/self/fd/{number}"));

        fd.Dispose();
        // Somebody else gets the number: a second Dispose must not close it.
        using FileDescriptor other = FileDescriptor.Open("/dev/zero");
        Assert.Equal(number, other.Number);
        fd.Dispose();

        byte[] buffer = [1, 2, 3];
        Assert.Equal(3, other.Read(buffer));
        Assert.Equal([0, 0, 0], buffer);
        Assert.Throws<ObjectDisposedException>(() => fd.Read(new byte[1]));
    }

    [Fact]
    public void ADescriptorIsNotInheritedByPrograms()
    {
        using FileDescriptor fd = FileDescriptor.Open("/dev/null");
        const int F_GETFD = 1, FD_CLOEXEC = 1;

        Assert.Equal(FD_CLOEXEC, NativeMethods.FileControl(fd, F_GETFD, 0) & FD_CLOEXEC);
    }

    [Fact]
    public void OpeningWhatIsNotThereSaysSo()
    {
        var e = Assert.Throws<KernelException>(() => FileDescriptor.Open("/no/such/file"));

        Assert.Equal((Errno.ENOENT, "open", "/no/such/file"), (e.Errno, e.Call, e.Subject));
    }

    [Fact]
    public void AScatteredReadFillsBothBuffers()
    {
        using var tree = new TemporaryTree().With("f", "abcdefgh");
        using FileDescriptor fd = FileDescriptor.Open(tree["f"]);
        byte[] first = new byte[3], second = new byte[10];

        Assert.Equal(8, fd.Read(first, second));

        Assert.Equal("abc"u8.ToArray(), first);
        Assert.Equal("defgh"u8.ToArray(), second[..5]);
    }

    [Fact]
    public void ASignalIsReadableUntilItIsReset()
    {
        using var signal = new EventSignal();
        using var epoll = new Epoll();
        epoll.Add(signal.Descriptor, long.MinValue + 5);
        long[] tokens = new long[4];

        Assert.Equal(0, epoll.Wait(tokens, TimeSpan.Zero));
        signal.Set();
        signal.Set();
        Assert.Equal(1, epoll.Wait(tokens, null));
        Assert.Equal(long.MinValue + 5, tokens[0]);
        Assert.Equal(1, epoll.Wait(tokens, TimeSpan.FromSeconds(1)));
        signal.Reset();
        signal.Reset();
        Assert.Equal(0, epoll.Wait(tokens, TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public void EpollTellsWhichDescriptorsAreReadable()
    {
        EventSignal[] signals = [new(), new(), new()];
        using var epoll = new Epoll();
        for (int i = 0; i < signals.Length; i++)
            epoll.Add(signals[i].Descriptor, i);
        long[] tokens = new long[4];

        signals[0].Set();
        signals[2].Set();
        int n = epoll.Wait(tokens, TimeSpan.FromSeconds(1));
        Assert.Equal([0L, 2L], tokens[..n].Order());

        epoll.Remove(signals[0].Descriptor);
        Assert.Equal(1, epoll.Wait(tokens, TimeSpan.FromSeconds(1)));
        Assert.Equal(2, tokens[0]);
        Assert.Equal(Errno.EEXIST, Assert.Throws<KernelException>(() => epoll.Add(signals[1].Descriptor, 9)).Errno);
        foreach (EventSignal signal in signals)
            signal.Dispose();
    }

    [Fact]
    public void AWaitLastsAsLongAsItIsToldTo()
    {
        using var epoll = new Epoll();
        long start = System.Diagnostics.Stopwatch.GetTimestamp();

        Assert.Equal(0, epoll.Wait(new long[1], TimeSpan.FromMilliseconds(20.5)));

        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds, 20.5, 500);
    }

    [Fact]
    public void APerfDescriptorIsMappedAndUnmapped()
    {
        var attributes = new PerfEventAttr { Type = (uint)PerfType.Software, Size = PerfEventAttr.StructureSize, Config = 9, SamplePeriod = 1 };
        Assert.Equal(Errno.None, SystemCalls.PerfEventOpen(&attributes, 0, -1, -1, (ulong)PerfOpenFlags.CloseOnExec, out FileDescriptor? fd));
        using (fd)
        {
            nuint length = (nuint)Environment.SystemPageSize * 3;
            int before = PerfMaps();
            using (MemoryMap map = MemoryMap.Shared(fd!, length, writable: true))
            {
                Assert.Equal(before + 1, PerfMaps());
                // struct perf_event_mmap_page: data_offset at 1040, data_size at 1048 (Linux 4.1).
                Assert.Equal((ulong)Environment.SystemPageSize, *(ulong*)(map.Address + 1040));
                Assert.Equal((ulong)Environment.SystemPageSize * 2, *(ulong*)(map.Address + 1048));
            }
            Assert.Equal(before, PerfMaps());
            // Data pages are a power of two.
            Assert.Equal(Errno.EINVAL, Assert.Throws<KernelException>(() => MemoryMap.Shared(fd!, length + (nuint)Environment.SystemPageSize, writable: true)).Errno);
        }
    }

    [Fact]
    public void TheKernelsIoVectorIsTwoWords()
    {
        Assert.Equal(16, sizeof(NativeMethods.IoVector));
        Assert.Equal(8, (int)Marshal.OffsetOf<NativeMethods.IoVector>(nameof(NativeMethods.IoVector.Length)));
    }

    private static int PerfMaps() => File.ReadLines("/proc/self/maps").Count(static line => line.Contains("[perf_event]", StringComparison.Ordinal));
}
