using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;
using StackFrame = PerfTrace.Symbols.StackFrame;

namespace PerfTrace.Tests.Bpf.Maps;

/// <summary>The call stacks of a program whose functions are known, in maps of the kernel's.</summary>
public sealed class BpfStackFramesTests : IDisposable
{
    private static readonly string[] Functions = ["leaf", "recurse", "middle", "main"];

    private readonly TemporaryTree _tree = new();
    private readonly SymbolStore _symbols = new(SystemPaths.Default);
    private readonly string _program;
    private readonly Process _busy;

    public BpfStackFramesTests()
    {
        _program = BusyProgram.Build(_tree.Root, "-Wl,--build-id");
        _busy = Process.Start(_program, ["10000000"]);
    }

    public void Dispose()
    {
        _busy.Kill();
        _busy.WaitForExit();
        _busy.Dispose();
        _symbols.Dispose();
        _tree.Dispose();
    }

    [Fact]
    public void AProcessThatIsNamedGivesItsFunctions()
    {
        using var stacks = new BpfStackMap(BpfStackMap.UserStack);
        stacks.Sample(_busy.Id, TimeSpan.FromMilliseconds(300));
        StackFrame[][] named = Read(stacks.Map, _busy.Id), unnamed = Read(stacks.Map, null);

        Assert.All(named.SelectMany(static s => s), static f => Assert.False(f.IsKernel));
        StackFrame[] own = [.. named.SelectMany(static s => s).Where(static f => f.Module == "busy")];
        Assert.Empty(Functions.Except(own.Select(static f => f.Symbol)));
        Assert.All(own, f => Assert.Equal(_program, f.ModulePath));
        Assert.Contains(own, static f => f.SourceFile is { } file && file.EndsWith("busy.c", StringComparison.Ordinal) && f.SourceLine > 0);
        // Without a process the addresses are the same, and have no names.
        Assert.Equal(Addresses(named), Addresses(unnamed));
        Assert.All(unnamed.SelectMany(static s => s), static f => Assert.Equal(("[unknown]", null), (f.Module, f.Symbol)));
    }

    [Fact]
    public void TheKernelsFunctionsHaveNamesWithoutAProcess()
    {
        using Process dd = Process.Start("dd", ["if=/dev/zero", "of=/dev/null", "bs=256k", "status=none"]);
        try
        {
            using var stacks = new BpfStackMap(0);
            stacks.Sample(dd.Id, TimeSpan.FromMilliseconds(300));
            StackFrame[] frames = [.. Read(stacks.Map, null).SelectMany(static s => s)];
            Assert.All(frames, static f => Assert.True(f.IsKernel));
            Assert.Contains(frames, static f => f.Symbol == "vfs_read");
        }
        finally
        {
            dd.Kill();
            dd.WaitForExit();
        }
    }

    [Fact]
    public void ABuildIdIsFoundAmongTheFilesOfTheProcess()
    {
        using var stacks = new BpfStackMap(BpfStackMap.UserStack, BpfMapFlags.StackBuildId);
        stacks.Sample(_busy.Id, TimeSpan.FromMilliseconds(300));
        StackFrame[] own = [.. Read(stacks.Map, _busy.Id).SelectMany(static s => s).Where(static f => f.Module == "busy")];
        Assert.Empty(Functions.Except(own.Select(static f => f.Symbol)));
        Assert.All(own, f => Assert.Equal(_program, f.ModulePath));

        // Without a process they are places in files that have nothing but their build id.
        using ElfFile file = ElfFile.Open(_program);
        using var others = new SymbolStore(SystemPaths.Default);
        StackFrame[] places = [.. Read(stacks.Map, null, others).SelectMany(static s => s).Where(f => f.Module == $"[{file.BuildId}]")];
        Assert.Equal(own.Select(static f => f.Address), places.Select(static f => f.Address));
        Assert.All(places, static f => Assert.Null(f.Symbol));
    }

    [Fact]
    public void AProcessThatIsNotThereIsAnError()
    {
        using var stacks = new BpfStackMap(BpfStackMap.UserStack);
        Assert.Contains("999999999", Assert.Throws<KernelTargetGoneException>(() => BpfMapContents.Open(stacks.Map, _symbols, 999_999_999)).Message, StringComparison.Ordinal);
        // Of other maps the process does not matter.
        using BpfMap array = BpfMapCreation.Create(new BpfMapRequest { Type = BpfMapType.Array, Name = "test_array" });
        using BpfMapContents contents = BpfMapContents.Open(array, _symbols, 999_999_999);
        Assert.Equal(0UL, contents.Find(0)!.Value);
    }

    [Fact]
    public void BpftraceNamesTheStacksOfItsOwnMapTheSame()
    {
        string script = $$"""BEGIN { printf("ready\n"); } profile:hz:999 /pid == {{_busy.Id}}/ { @[ustack] = count(); }""";
        using var peer = Process.Start(new ProcessStartInfo("bpftrace", ["-e", script]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        while (peer.StandardOutput.ReadLine() is { } line && line != "ready")
            Assert.False(peer.HasExited);
        TimeSpan begin = _busy.TotalProcessorTime;
        while (_busy.TotalProcessorTime - begin < TimeSpan.FromMilliseconds(500))
        {
            Thread.Sleep(50);
            _busy.Refresh();
        }
        BpfMap map = BpfMap.ReadAll().Single(m => m.Type == BpfMapType.StackTrace && m.Process.Any(p => p.ProcessId == peer.Id));
        string[] ours = [.. Read(map, _busy.Id).Select(static s => Text(s.Select(static f => $"{f.Symbol}+{f.SymbolOffset?.ToString(CultureInfo.InvariantCulture)}"))).Distinct()];
        Command.Run("kill", ["-INT", peer.Id.ToString(CultureInfo.InvariantCulture)]);
        string said = peer.StandardOutput.ReadToEnd();
        Assert.True(peer.WaitForExit(10_000));

        // "@[\n    leaf+19\n    recurse+21\n    main+80\n]: 12"
        HashSet<string> theirs = [.. Regex.Matches(said, @"@\[\n(.*?)\n\]: ", RegexOptions.Singleline).Select(static m => Text(m.Groups[1].Value.Split('\n').Select(static l => l.Trim())))];
        Assert.True(ours.Length > 5, said);
        Assert.All(ours, stack => Assert.True(theirs.Contains(stack), $"{stack} is none of bpftrace's:\n{said}"));
    }

    // The frames of the program itself: libraries have names of several kinds.
    private static string Text(IEnumerable<string> frames) => string.Join(' ', frames.Where(static f => Functions.Contains(f.Split('+')[0])));

    private static ulong[][] Addresses(StackFrame[][] stacks) => [.. stacks.Select(static s => s.Select(static f => f.Address).ToArray())];

    private StackFrame[][] Read(BpfMap map, int? processId, SymbolStore? symbols = null)
    {
        using BpfMapContents contents = BpfMapContents.Open(map, symbols ?? _symbols, processId);
        StackFrame[][] stacks = [.. contents.Read().Select(static e => (StackFrame[])e.Value!).Where(static s => s.Length > 0)];
        Assert.NotEmpty(stacks);
        return stacks;
    }
}
