using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.ObjectFiles;

/// <summary>Object files that are compiled here, loaded into this machine's kernel.</summary>
[Trait("Machine", "Both")]
public sealed class BpfObjectFileTests : IDisposable
{
    private const string Counter = """
        struct { MAP_NUMBER(type, MAP_ARRAY); MAP_NUMBER(max_entries, 4); MAP_TYPE(key, u32); MAP_TYPE(value, u64); } counts SEC(".maps");
        struct { MAP_NUMBER(type, MAP_RINGBUF); MAP_NUMBER(max_entries, 4096); } ring SEC(".maps");
        enum mode { QUIET, LOUD = 7 };
        struct limits { u32 low; s64 high; };
        const volatile u32 process = 0;
        const volatile enum mode mode = QUIET;
        const volatile char prefix[8] = "abc";
        const volatile struct limits limits = { 1, -2 };
        volatile s64 start = 41;
        volatile u64 seen;

        SEC("tracepoint/syscalls/sys_enter_getppid")
        int on_getppid(void *context)
        {
            u32 slot = mode == LOUD ? 1 : 0;
            if ((u32)(get_current_pid_tgid() >> 32) != process)
                return 0;
            u64 *count = map_lookup(&counts, &slot);
            if (count)
                __sync_fetch_and_add(count, limits.low);
            __sync_fetch_and_add(&seen, 1);
            start += prefix[0];
            return 0;
        }

        SEC("raw_tp/sched_process_exit")
        int on_exit(struct raw_tracepoint_args *context)
        {
            return context->args[0] == 0;
        }
        """;

    private readonly TemporaryTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void An_open_file_tells_what_is_in_it()
    {
        using BpfObjectFile file = BpfObjectFile.Open(BpfCompiler.Compile(_tree, "counter", Counter));

        Assert.Equal("counter", file.Name);
        Assert.Equal(
        [
            new BpfObjectProgram("on_getppid", "tracepoint/syscalls/sys_enter_getppid", BpfProgramType.Tracepoint, true),
            new BpfObjectProgram("on_exit", "raw_tp/sched_process_exit", BpfProgramType.RawTracepoint, true),
        ], file.Programs);
        Assert.Contains(new BpfObjectMap("counts", BpfMapType.Array, 4, 8, 4, false), file.Maps);
        Assert.Contains(new BpfObjectMap("ring", BpfMapType.RingBuffer, 0, 0, 4096, false), file.Maps);
        Assert.Equal(["counter.bss", "counter.data", "counter.rodata"], file.Maps.Where(static m => m.IsData).Select(static m => m.Name).Order(StringComparer.Ordinal));

        Dictionary<string, BpfObjectVariable> variables = file.Variables.ToDictionary(static v => v.Name);
        Assert.Equal(["limits", "mode", "prefix", "process", "seen", "start"], variables.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((".rodata", 4, 0u), (variables["process"].Section, variables["process"].Size, variables["process"].Value));
        Assert.Equal(("abc", 8), (variables["prefix"].Value, variables["prefix"].Size));
        Assert.Equal(41L, variables["start"].Value);
        Assert.Equal(".bss", variables["seen"].Section);
        Assert.NotNull(file.Types!.Find("limits"));
    }

    [Fact]
    public void Programs_run_with_the_variables_and_sizes_that_were_set()
    {
        using BpfObjectFile file = BpfObjectFile.Open(BpfCompiler.Compile(_tree, "counter", Counter));
        file.SetVariable("process", Environment.ProcessId);
        file.SetVariable("mode", "LOUD");
        file.SetVariable("prefix", "\u0002");
        file.SetVariable("limits", new Dictionary<string, object> { ["low"] = 10 });
        file.SetMapSize("counts", 16);
        file.SetMapSize("ring", 5000);
        file.SelectPrograms(["on_getppid"]);
        using BpfObject loaded = file.Load();

        BpfProgram program = Assert.Single(loaded.Programs);
        Assert.Equal(("on_getppid", BpfProgramType.Tracepoint, true), (program.Name, program.Type, program.IsOwned));
        Assert.Equal(16u, loaded.Map("counts").MaximumEntries);
        Assert.Equal(8192u, loaded.Map("ring").MaximumEntries);
        Assert.True(loaded.Map("counter.rodata").IsFrozen);

        using (BpfLink link = loaded.Attach(program))
        {
            Assert.Equal((program.Id, BpfLinkType.PerfEvent), (link.ProgramId, link.Type));
            Assert.Same(link, Assert.Single(loaded.Links));
            for (int i = 0; i < 5; i++)
                Getppid();
        }
        Assert.Empty(loaded.Links);
        Getppid(); // it is off again
        Assert.Equal(50UL, Lookup(loaded.Map("counts"), 1, 8));
        Assert.Equal(41UL + 10, Lookup(loaded.Map("counter.data"), 0, 8));
    }

    [Fact]
    public void All_that_is_made_is_gone_with_the_object()
    {
        string path = BpfCompiler.Compile(_tree, "counter", Counter);
        uint program = 0, map = 0, link = 0;
        Descriptors.AssertNoneLeaked(() =>
        {
            using BpfObjectFile file = BpfObjectFile.Open(path);
            using BpfObject loaded = file.Load();
            link = loaded.AttachAll()[0].Id;
            (program, map) = (loaded.Programs[0].Id, loaded.Maps[0].Id);
            Assert.Equal(2, loaded.Links.Count);
            Assert.Same(loaded, BpfObject.Of(loaded.Programs[1]));
            Assert.Equal("raw_tp/sched_process_exit", loaded.SectionOf(loaded.Programs[1]));
        });

        // The kernel takes them away a moment later.
        Assert.True(SpinWait.SpinUntil(() => BpfProgram.Read(program) is null && BpfMap.Read(map) is null && BpfLink.Read(link) is null, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void What_is_opened_and_not_loaded_leaves_nothing()
    {
        string path = BpfCompiler.Compile(_tree, "counter", Counter);
        Descriptors.AssertNoneLeaked(() => BpfObjectFile.Open(path).Dispose());
    }

    [Fact]
    public void Messages_come_to_the_load_that_they_are_of()
    {
        string one = BpfCompiler.Compile(_tree, "one", Counter), two = BpfCompiler.Compile(_tree, "two", Counter);
        string[] names = ["one", "two", "one", "two"];
        var logs = names.Select(static _ => new List<BpfLogMessage>()).ToArray();

        Parallel.For(0, names.Length, i =>
        {
            using BpfObjectFile file = BpfObjectFile.Open(names[i] == "one" ? one : two, log: logs[i].Add);
            file.Load().Dispose();
        });

        for (int i = 0; i < names.Length; i++)
        {
            Assert.Contains(logs[i], m => m.Text.Contains($"{names[i]}.bpf.o", StringComparison.Ordinal) || m.Text.Contains($"{names[i]}.rodata", StringComparison.Ordinal));
            Assert.DoesNotContain(logs[i], m => m.Text.Contains(names[i] == "one" ? "two." : "one.", StringComparison.Ordinal));
            Assert.DoesNotContain(logs[i], static m => m.Level == BpfLogLevel.Warning);
            Assert.DoesNotContain(logs[i], static m => m.Text.StartsWith("libbpf: ", StringComparison.Ordinal) || m.Text.EndsWith('\n'));
        }
    }

    [Fact]
    public void Programs_and_maps_are_pinned_all_or_none()
    {
        string path = BpfCompiler.Compile(_tree, "counter", Counter), folder = $"/sys/fs/bpf/perftrace-test-{Environment.ProcessId}";
        try
        {
            using (BpfObjectFile file = BpfObjectFile.Open(path))
                file.Load(folder).Dispose();
            Assert.Equal(["counter_bss", "counter_data", "counter_rodata", "counts", "on_exit", "on_getppid", "ring"],
                Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));

            File.Delete(Path.Combine(folder, "on_getppid"));
            using BpfObjectFile again = BpfObjectFile.Open(path);
            KernelException error = Assert.ThrowsAny<KernelException>(() => again.Load(folder));
            Assert.Equal(Errno.EEXIST, error.Errno);
            Assert.False(File.Exists(Path.Combine(folder, "on_getppid")));
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
        using BpfObjectFile elsewhere = BpfObjectFile.Open(path);
        Assert.Contains("Pins live in the BPF file system", Assert.ThrowsAny<KernelException>(() => elsewhere.Load(_tree["no-bpffs"])).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_tree["no-bpffs"]));
    }

    private static void Getppid()
    {
        // Interop has no such call: the number is that of x86-64 or of ARM64.
        const int X64 = 110, Arm64 = 173;
        nint number = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64 ? X64 : Arm64;
        Assert.True(NativeMethods.SystemCall(number, 0, 0, 0, 0, 0) >= 0);
    }

    private static unsafe ulong Lookup(BpfMap map, uint key, int size)
    {
        // BPF_MAP_LOOKUP_ELEM: struct { __u32 map_fd; __aligned_u64 key; __aligned_u64 value; __u64 flags; } of union bpf_attr
        byte* value = stackalloc byte[Math.Max(map.ValueSize, size)];
        using FileDescriptor descriptor = map.Open();
        ulong* attributes = stackalloc ulong[4] { (uint)descriptor.Number, (ulong)&key, (ulong)value, 0 };
        Assert.Equal(Errno.None, BpfCalls.Try(BpfCommand.MapLookup, attributes, 32, out _));
        return *(ulong*)value;
    }
}
