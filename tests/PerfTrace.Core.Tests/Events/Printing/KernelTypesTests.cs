using PerfTrace.Events.Printing;

namespace PerfTrace.Tests.Events.Printing;

/// <summary>The running kernel's type information, as far as print formats need it.</summary>
[Trait("Machine", "Both")]
public sealed class KernelTypesTests
{
    [Theory]
    [InlineData("PIDTYPE_PID", 0L)]
    [InlineData("BPF_MAP_TYPE_ARRAY", 2L)]
    [InlineData("TRACE_FLAG_HARDIRQ", 8L)]
    public void Enumerators_have_their_values(string name, long expected)
    {
        Assert.True(KernelTypes.Running.TryFindEnumerator(name, out long value));
        Assert.Equal(expected, value);
    }

    [Fact]
    public void Structures_have_sizes_and_members()
    {
        Assert.Equal(28, KernelTypes.Running.SizeOf("struct sockaddr_in6"));
        Assert.Equal(64, KernelTypes.Running.FindMember("struct sockaddr_in6", "sin6_addr")?.BitOffset);
        // Of a union without a name, in a structure.
        Assert.Equal((0, 0), KernelTypes.Running.FindMember("struct in6_addr", "in6_u") is { } member ? (member.BitOffset, member.BitSize) : (-1, -1));
        Assert.Null(KernelTypes.Running.SizeOf("struct of_nobody"));
        Assert.Null(KernelTypes.Running.FindMember("struct sockaddr_in6", "of_nobody"));
    }

    [Fact]
    public void Typedefs_are_followed()
    {
        Assert.Equal((4, false), KernelTypes.Running.Typedef("gfp_t") is { } gfp ? (gfp.Size, gfp.IsSigned) : default);
        Assert.Equal((8, true), KernelTypes.Running.Typedef("loff_t") is { } offset ? (offset.Size, offset.IsSigned) : default);
        Assert.Null(KernelTypes.Running.Typedef("of_nobody"));
    }

    [Fact]
    public void Damaged_type_information_is_read_as_far_as_it_goes()
    {
        byte[] file = File.ReadAllBytes("/sys/kernel/btf/vmlinux");
        var random = new Random(20261121);
        for (int i = 0; i < 12; i++)
        {
            byte[] damaged = [.. file.AsSpan(0, 200_000)];
            BitConverter.TryWriteBytes(damaged.AsSpan(8), 0); // types at once behind the header, then strings
            BitConverter.TryWriteBytes(damaged.AsSpan(12), 150_000);
            BitConverter.TryWriteBytes(damaged.AsSpan(16), 150_000);
            BitConverter.TryWriteBytes(damaged.AsSpan(20), 40_000);
            for (int edits = 0; edits < 2000; edits++)
                damaged[random.Next(24, damaged.Length)] = (byte)random.Next(256);
            KernelTypes types = KernelTypes.Parse(damaged)!;
            Assert.Null(types.SizeOf("struct of_nobody"));
            Assert.Null(types.FindMember("struct sockaddr_in6", "of_nobody"));
        }
        Assert.Null(KernelTypes.Parse(file.AsSpan(1)));
        Assert.Null(KernelTypes.Parse(file.AsSpan(0, 100)));
    }
}
