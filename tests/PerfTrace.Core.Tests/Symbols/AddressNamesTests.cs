using System.Diagnostics.CodeAnalysis;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.Tests.Symbols;

public sealed class AddressNamesTests
{
    private readonly AddressNames _names = new(new TwoFunctions());

    [Theory]
    [InlineData(0x1008UL, "vfs_read+0x8")]
    [InlineData(0x2000UL, "ext4_sync_file+0x0 [ext4]")]
    [InlineData(0x3000UL, "0x3000")]
    public void The_kernel_s(ulong address, string expected) => Assert.Equal(expected, _names.OfKernel(address));

    [Fact]
    public void A_program_s()
    {
        AddressSpace own = AddressSpace.Read(SystemPaths.Default, Environment.ProcessId);
        nint library = System.Runtime.InteropServices.NativeLibrary.Load("libc.so.6");
        ulong function = (ulong)System.Runtime.InteropServices.NativeLibrary.GetExport(library, "getppid");

        Assert.Matches(@"^_*getppid\+0x3 \(libc\.so\.6\)$", _names.Of(own, function + 3));
        Assert.Equal("0x10", _names.Of(own, 0x10));
    }

    [Fact]
    public void Without_a_symbol_the_place_in_the_file()
    {
        var space = new AddressSpace();
        space.Add(0x40_0000, 0x1000, 0x2000, "/nowhere/a program");
        Assert.Equal("a program+0x2010", _names.Of(space, 0x40_0010));
    }

    private sealed class TwoFunctions : IKernelSymbols
    {
        public bool TryFind(ulong address, [NotNullWhen(true)] out string? name, out ulong offset, out ulong size, out string? module)
        {
            (name, offset, size, module) = address switch
            {
                >= 0x1000 and < 0x1100 => ("vfs_read", address - 0x1000, 0x100UL, null),
                >= 0x2000 and < 0x2100 => ("ext4_sync_file", address - 0x2000, 0x100UL, "ext4"),
                _ => ((string?)null, 0UL, 0UL, (string?)null),
            };
            return name is not null;
        }
    }
}
