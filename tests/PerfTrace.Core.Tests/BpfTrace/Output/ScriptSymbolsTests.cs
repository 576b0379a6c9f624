using System.Globalization;
using PerfTrace.BpfTrace;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.Tests.BpfTrace.Output;

public sealed class ScriptSymbolsTests : IDisposable
{
    private readonly SymbolStore _store = new(SystemPaths.Default);

    private ScriptSymbols Make() => new(_store, SystemPaths.Default);

    public void Dispose() => _store.Dispose();

    [Fact]
    public void Functions_of_the_kernel_and_of_programs_have_names()
    {
        string line = File.ReadLines("/proc/kallsyms").First(static l => l.EndsWith(" T vfs_read", StringComparison.Ordinal));
        ulong function = ulong.Parse(line.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        StackFrame[] frames = Make().Frames([.. BitConverter.GetBytes(function + 1), .. new byte[8]], hasBuildIds: false, null);
        Assert.Equal("vfs_read", Assert.Single(frames).Symbol);
        Assert.Equal(1UL, frames[0].SymbolOffset);
        string libc = File.ReadLines("/proc/self/maps").First(static l => l.Contains("r-xp", StringComparison.Ordinal) && l.Contains("/libc", StringComparison.Ordinal));
        ulong code = ulong.Parse(libc.AsSpan(0, libc.IndexOf('-', StringComparison.Ordinal)), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        StackFrame user = Assert.Single(Make().Frames(BitConverter.GetBytes(code + 0x20000), hasBuildIds: false, Environment.ProcessId));
        Assert.StartsWith("libc", user.Module, StringComparison.Ordinal);
        Assert.Null(Assert.Single(Make().Frames(BitConverter.GetBytes(0x10UL), hasBuildIds: false, Environment.ProcessId)).Symbol);
    }

    [Fact]
    public void Users_and_allocation_flags_have_names()
    {
        ScriptSymbols symbols = Make();
        Assert.Equal("root", symbols.UserName(0));
        Assert.Null(symbols.UserName(4_000_000_000));
        Assert.Equal(Environment.IsPrivilegedProcess, symbols.AllocationFlags.Any(static f => f.Name == "GFP_KERNEL"));
        var names = new ScriptNames(OutputMaker.MakePlan(), symbols, new OutputMaker());
        if (Environment.IsPrivilegedProcess)
            Assert.Equal("GFP_KERNEL", names.AllocationFlags(symbols.AllocationFlags.First(static f => f.Name == "GFP_KERNEL").Bits));
    }

    [Fact]
    public void A_control_group_is_found_by_its_number()
    {
        ScriptSymbols symbols = Make();
        if (MountEntry.ReadAll(SystemPaths.Default).FirstOrDefault(static m => m.Type == "cgroup2") is not { } mount)
        {
            Assert.Empty(symbols.ControlGroupPaths(1, "unified"));
            return;
        }
        ulong root = FileIdentity.Of(mount.MountPoint)!.Value.Inode;
        Assert.Contains(("unified", "/"), symbols.ControlGroupPaths(root, "*"));
        Assert.DoesNotContain(symbols.ControlGroupPaths(root, "none"), static _ => true);
        Assert.All(symbols.ControlGroupPaths(ulong.MaxValue, "unified"), static p => Assert.Equal("", p.Path));
        if (Directory.EnumerateDirectories(mount.MountPoint).FirstOrDefault() is { } group)
            Assert.Equal([("unified", group[mount.MountPoint.Length..])], symbols.ControlGroupPaths(FileIdentity.Of(group)!.Value.Inode, "uni*"));
    }
}
