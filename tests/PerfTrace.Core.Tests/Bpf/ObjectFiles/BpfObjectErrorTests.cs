using PerfTrace.Bpf;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.ObjectFiles;

/// <summary>Object files that are wrong, and what is said of them.</summary>
public sealed class BpfObjectErrorTests : IDisposable
{
    private const string Program = """
        const volatile u32 limit = 5;
        SEC("raw_tp/sched_switch")
        int on_switch(struct raw_tracepoint_args *context)
        {
            return context->args[0] > limit;
        }
        """;

    private readonly TemporaryTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void A_file_that_is_not_there_or_is_none()
    {
        Assert.Throws<FileNotFoundException>(() => BpfObjectFile.Open(_tree["none.bpf.o"]));
        Assert.Contains("it is a folder", Assert.Throws<BpfObjectException>(() => BpfObjectFile.Open(_tree.Root)).Message, StringComparison.Ordinal);

        foreach (string text in (string[])["", "text", "\u007fELF", new string('x', 5000)])
        {
            _tree.With("wrong.bpf.o", text);
            Assert.Equal(BpfObjectProblem.Damaged, Problem(() => BpfObjectFile.Open(_tree["wrong.bpf.o"])));
        }
        BpfObjectException program = Assert.Throws<BpfObjectException>(() => BpfObjectFile.Open("/proc/self/exe"));
        Assert.Contains("no BPF object", program.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_the_other_byte_order()
    {
        string path = BpfCompiler.Compile(_tree, "other", Program, BitConverter.IsLittleEndian ? "bpfeb" : "bpfel");

        BpfObjectException error = Assert.Throws<BpfObjectException>(() => BpfObjectFile.Open(path));

        Assert.Equal(BpfObjectProblem.ByteOrder, error.Problem);
        Assert.Contains("big-endian machines, and this one is little-endian", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_cut_or_changed_anywhere_ends_in_an_answer()
    {
        byte[] whole = File.ReadAllBytes(BpfCompiler.Compile(_tree, "whole", Program));
        var random = new Random(20261121);
        string path = _tree["damaged.bpf.o"];
        int refused = 0;
        for (int i = 0; i < 150; i++)
        {
            byte[] bytes = i % 3 == 0 ? whole[..random.Next(64, whole.Length)] : [.. whole];
            // Through the first sections: headers, symbols, relocations and type information are at the begin and the end.
            for (int changes = i % 3 * 8; changes > 0; changes--)
                bytes[random.Next(64, bytes.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(path, bytes);
            try
            {
                using BpfObjectFile file = BpfObjectFile.Open(path);
                using BpfObject loaded = file.Load();
            }
            catch (Exception e) when (e is BpfObjectException or KernelException or BtfException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 50, 150);
    }

    [Fact]
    [Trait("Machine", "Both")]
    public void A_program_that_the_verifier_rejects()
    {
        string path = BpfCompiler.Compile(_tree, "rejected", """
            struct { MAP_NUMBER(type, MAP_HASH); MAP_NUMBER(max_entries, 4); MAP_TYPE(key, u32); MAP_TYPE(value, u64); } counts SEC(".maps");
            SEC("raw_tp/sched_switch")
            int unchecked(struct raw_tracepoint_args *context)
            {
                u32 key = 1;
                u64 *count = map_lookup(&counts, &key);
                *count += 1;
                return 0;
            }
            """);
        using BpfObjectFile file = BpfObjectFile.Open(path);

        BpfVerifierException error = Assert.Throws<BpfVerifierException>(() => file.Load());

        Assert.Contains("unchecked", error.Message, StringComparison.Ordinal);
        Assert.Contains("map_value_or_null", error.Reason, StringComparison.Ordinal);
        Assert.Equal("*count += 1;", error.SourceLine?.Split(" @ ")[0]);
        Assert.NotNull(error.InstructionIndex);
        Assert.Contains("processed ", error.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void A_section_of_no_known_kind()
    {
        string path = BpfCompiler.Compile(_tree, "unknown", "SEC(\"nonsense/here\") int f(void *context) { return 0; }");
        using BpfObjectFile file = BpfObjectFile.Open(path);

        BpfObjectException error = Assert.Throws<BpfObjectException>(() => file.Load());

        Assert.Equal(BpfObjectProblem.UnknownProgramType, error.Problem);
        Assert.Contains("nonsense/here", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Log);
    }

    [Fact]
    public void A_file_without_type_information()
    {
        string path = BpfCompiler.Compile(_tree, "bare", """
            struct { MAP_NUMBER(type, MAP_HASH); MAP_NUMBER(max_entries, 4); MAP_TYPE(key, u32); MAP_TYPE(value, u64); } counts SEC(".maps");
            SEC("raw_tp/sched_switch") int f(void *context) { u32 key = 1; return map_lookup(&counts, &key) != 0; }
            """, "-g0");

        Assert.Equal(BpfObjectProblem.NoTypeInformation, Problem(() => BpfObjectFile.Open(path)));
    }

    [Fact]
    [Trait("Machine", "Both")]
    public void What_this_kernel_does_not_have()
    {
        string function = BpfCompiler.Compile(_tree, "kfunc", """
            extern int no_such_function_of_any_kernel(void) SEC(".ksyms");
            SEC("raw_tp/sched_switch") int f(void *context) { return no_such_function_of_any_kernel(); }
            """);
        string variable = BpfCompiler.Compile(_tree, "kvar", """
            extern const int no_such_variable_of_any_kernel SEC(".ksyms");
            SEC("raw_tp/sched_switch") int f(void *context) { return no_such_variable_of_any_kernel; }
            """);
        using BpfObjectFile withFunction = BpfObjectFile.Open(function), withVariable = BpfObjectFile.Open(variable);

        Assert.Equal(BpfObjectProblem.MissingSymbol, Problem(() => withFunction.Load()));
        Assert.Equal(BpfObjectProblem.MissingSymbol, Problem(() => withVariable.Load()));
    }

    [Fact]
    [Trait("Machine", "Both")]
    public void A_structure_that_this_kernel_has_not_names_the_field()
    {
        string path = BpfCompiler.Compile(_tree, "core", """
            struct task_struct___mine { int no_such_field_of_any_kernel; } __attribute__((preserve_access_index));
            SEC("raw_tp/sched_switch")
            int f(struct raw_tracepoint_args *context)
            {
                struct task_struct___mine *task = (void *)context->args[1];
                return FIELD(task, no_such_field_of_any_kernel);
            }
            """);
        using BpfObjectFile file = BpfObjectFile.Open(path);

        BpfVerifierException error = Assert.Throws<BpfVerifierException>(() => file.Load());

        Assert.Contains("no_such_field_of_any_kernel", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_are_not_in_the_file()
    {
        using BpfObjectFile file = BpfObjectFile.Open(BpfCompiler.Compile(_tree, "names", Program));

        Assert.Contains("Is it limit?", Assert.Throws<BpfObjectNameException>(() => file.SetVariable("limits", 1)).Message, StringComparison.Ordinal);
        Assert.Contains("names.rodata", Assert.Throws<BpfObjectNameException>(() => file.SetMapSize("counts", 1)).Message, StringComparison.Ordinal);
        Assert.Contains("Its programs: on_switch.", Assert.Throws<BpfObjectNameException>(() => file.SelectPrograms(["other"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_does_not_fit_its_variable()
    {
        using BpfObjectFile file = BpfObjectFile.Open(BpfCompiler.Compile(_tree, "values", Program));

        Assert.Throws<BtfValueException>(() => file.SetVariable("limit", "many"));
        Assert.Throws<BtfValueException>(() => file.SetVariable("limit", 1L << 40));
    }

    [Fact]
    [Trait("Machine", "Both")]
    public void A_map_that_the_kernel_does_not_make()
    {
        using BpfObjectFile file = BpfObjectFile.Open(BpfCompiler.Compile(_tree, "map", """
            struct { MAP_NUMBER(type, MAP_HASH); MAP_NUMBER(max_entries, 0); MAP_TYPE(key, u32); MAP_TYPE(value, u64); } counts SEC(".maps");
            SEC("raw_tp/sched_switch") int f(void *context) { u32 key = 1; return map_lookup(&counts, &key) != 0; }
            """));

        KernelException error = Assert.ThrowsAny<KernelException>(() => file.Load());

        Assert.Contains("counts", error.Subject, StringComparison.Ordinal);
        Assert.Equal(Errno.EINVAL, error.Errno);
    }

    [Fact]
    [Trait("Machine", "Both")]
    public void Sections_that_say_no_place_or_one_that_is_not_there()
    {
        using BpfObjectFile file = BpfObjectFile.Open(BpfCompiler.Compile(_tree, "places", """
            SEC("perf_event") int nowhere(void *context) { return 0; }
            SEC("tracepoint/sched/no_such_event") int gone(void *context) { return 0; }
            """));
        using BpfObject loaded = file.Load();

        BpfObjectException none = Assert.Throws<BpfObjectException>(() => loaded.Attach(loaded.Program("nowhere")));
        KernelException gone = Assert.ThrowsAny<KernelException>(() => loaded.Attach(loaded.Program("gone")));

        Assert.Equal(BpfObjectProblem.NoTarget, none.Problem);
        Assert.Equal(Errno.ENOENT, gone.Errno);
        Assert.Contains("sched/no_such_event", gone.Message, StringComparison.Ordinal);
        Assert.Empty(loaded.Links);
    }

    private static BpfObjectProblem Problem(Func<IDisposable> action)
    {
        BpfObjectException error = Assert.Throws<BpfObjectException>(() => action().Dispose());
        Assert.Contains(error.Path, error.Message, StringComparison.Ordinal);
        return error.Problem;
    }
}
