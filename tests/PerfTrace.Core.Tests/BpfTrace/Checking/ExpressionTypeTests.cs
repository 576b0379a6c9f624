using PerfTrace.BpfTrace;
using PerfTrace.Kernel;

namespace PerfTrace.Tests.BpfTrace;

public sealed class ExpressionTypeTests
{
    [Theory]
    [InlineData("1", "int8")]
    [InlineData("127", "int8")]
    [InlineData("128", "int16")]
    [InlineData("-1", "int8")]
    [InlineData("-129", "int16")]
    [InlineData("0x7fffffff", "int32")]
    [InlineData("0x80000000", "int64")]
    [InlineData("0x8000000000000000", "uint64")]
    [InlineData("1 << 16", "int32")]
    [InlineData("true", "bool")]
    [InlineData("\"hello\"", "string[6]")]
    [InlineData("pid", "uint32")]
    [InlineData("pid()", "uint32")]
    [InlineData("pid(init)", "uint32")]
    [InlineData("uid", "uint64")]
    [InlineData("cpu", "uint64")]
    [InlineData("comm", "string[16]")]
    [InlineData("nsecs", "uint64")]
    [InlineData("nsecs(tai)", "uint64")]
    [InlineData("probe", "probe")]
    [InlineData("probetype", "string[8]")]
    [InlineData("username", "username")]
    [InlineData("kstack", "kstack_t")]
    [InlineData("ustack(perf, 3)", "ustack_t")]
    [InlineData("pid + 1", "uint64")]
    [InlineData("pid - 1", "int64")]
    [InlineData("pid + -1", "int64")]
    [InlineData("pid + (int8)1", "int64")]
    [InlineData("nsecs / 1000", "uint64")]
    [InlineData("-pid", "int64")]
    [InlineData("~pid", "uint64")]
    [InlineData("!pid", "bool")]
    [InlineData("pid == 1", "bool")]
    [InlineData("pid && tid", "bool")]
    [InlineData("comm == \"bash\"", "bool")]
    [InlineData("probe == \"BEGIN\"", "bool")]
    [InlineData("pid >> 3", "uint64")]
    [InlineData("(int32)pid >> 3", "int64")]
    [InlineData("(uint8)300", "uint8")]
    [InlineData("(uint16*)pid", "uint16 *")]
    [InlineData("*(uint16*)pid", "uint16")]
    [InlineData("((uint16*)pid)[2]", "uint16")]
    [InlineData("(uint16*)pid + 2", "uint16 *")]
    [InlineData("*kaddr(\"jiffies\")", "uint64")]
    [InlineData("(int8[])\"hello\"", "int8[6]")]
    [InlineData("(uint8[8])12345", "uint8[8]")]
    [InlineData("((uint8[8])12345)[1]", "uint8")]
    [InlineData("(uint32)pton(\"127.0.0.1\")", "uint32")]
    [InlineData("pton(\"::1\")", "uint8[16]")]
    [InlineData("(1, \"hello\")", "(int8,string[6])")]
    [InlineData("(1, \"hello\").1", "string[6]")]
    [InlineData("(1, (pid, comm))[1].0", "uint32")]
    [InlineData("(a = 1, b = pid)", "(a=int8,b=uint32)")]
    [InlineData("(a = 1, b = pid).b", "uint32")]
    [InlineData("pid == 1 ? 1 : 1000", "int16")]
    [InlineData("pid == 1 ? \"a\" : \"abc\"", "string[4]")]
    [InlineData("pid == 1 ? pid : 1", "uint32")]
    [InlineData("{ $a = pid; $a + 1 }", "uint64")]
    [InlineData("sizeof(uint32)", "int8")]
    [InlineData("str(0)", "string[2]")]
    [InlineData("str(pid)", "string[1024]")]
    [InlineData("str(pid, 16)", "string[17]")]
    [InlineData("buf(pid, 16)", "buffer[16]")]
    [InlineData("ksym(pid)", "ksym_t")]
    [InlineData("usym(pid)", "usym_t")]
    [InlineData("kaddr(\"x\")", "uint64")]
    [InlineData("ntop(pid)", "inet")]
    [InlineData("macaddr(pid)", "mac_address")]
    [InlineData("strftime(\"%H\", nsecs)", "timestamp")]
    [InlineData("cgroup_path(cgroup)", "cgroup_path")]
    [InlineData("strerror(1)", "strerror")]
    [InlineData("bswap((uint16)1)", "uint16")]
    [InlineData("strncmp(comm, \"a\", 1)", "uint64")]
    [InlineData("strcontains(comm, \"a\")", "bool")]
    [InlineData("strstr(comm, \"a\")", "int64")]
    [InlineData("str_concat(comm, \"abc\")", "string[19]")]
    [InlineData("strlen(comm)", "uint64")]
    [InlineData("len(kstack)", "int64")]
    [InlineData("is_integer(pid)", "bool")]
    [InlineData("uptr((uint8*)pid)", "uint8 *")]
    public void An_expression_has_a_type(string expression, string type) => Assert.Equal(type, CheckedScript.TypeOf(expression));

    [Theory]
    [InlineData("args.prev_comm", "string[16]")]
    [InlineData("args->prev_pid", "int32")]
    [InlineData("(*args).prev_state", "int64")]
    [InlineData("args.address", "uint8[6]")]
    [InlineData("args.address[2]", "uint8")]
    [InlineData("args.skbaddr", "void *")]
    [InlineData("args.name", "int8 *")]
    [InlineData("str(args.name)", "string[1024]")]
    [InlineData("args.numbers", "uint32 *")]
    [InlineData("args.numbers[1]", "uint32")]
    [InlineData("args.is_kernel", "bool")]
    [InlineData("macaddr(args.address)", "mac_address")]
    [InlineData("args", "tracepoint:sched:sched_switch *")]
    public void A_tracepoints_fields_have_the_types_of_its_format(string expression, string type) =>
        Assert.Equal(type, CheckedScript.TypeOf(expression, "tracepoint:sched:sched_switch"));

    [Theory]
    [InlineData("args.filename", "int8 *", MemorySpace.User)]
    [InlineData("args.argv", "int8 * *", MemorySpace.User)]
    [InlineData("args.argv[0]", "int8 *", MemorySpace.User)]
    [InlineData("(int8*)args.dfd", "int8 *", MemorySpace.User)]
    [InlineData("kptr(args.filename)", "int8 *", MemorySpace.Kernel)]
    [InlineData("(int8*)pid", "int8 *", MemorySpace.Kernel)]
    public void Addresses_in_a_system_call_are_the_processs(string expression, string name, object space)
    {
        CheckedScript script = CheckedScript.Of($"tracepoint:syscalls:sys_enter_openat {{ $x = {expression}; }}");
        var type = Assert.IsType<PointerType>(((AssignStatement)script.Tree.Probes[0].Body.Statements[0]).Value.Type);
        Assert.Equal(name, type.Name);
        Assert.Equal(space, type.Space);
    }

    private const string Definitions = """
        enum color { RED, GREEN = 5 };
        struct inner { int8 pair[2]; unsigned long number; };
        struct outer { int a; char name[12]; struct inner in; struct outer *next; int low : 3; unsigned int high : 5; enum color color; union { int x; char c[4]; }; };

        """;

    [Theory]
    [InlineData("$p.a", "int32")]
    [InlineData("$p.name", "string[12]")]
    [InlineData("$p.in", "struct inner")]
    [InlineData("$p.in.number", "uint64")]
    [InlineData("$p.next", "struct outer *")]
    [InlineData("$p->next->next->a", "int32")]
    [InlineData("$p.low", "int32")]
    [InlineData("$p.high", "uint32")]
    [InlineData("$p.color", "enum color")]
    [InlineData("$p.x", "int32")]
    [InlineData("*$p", "struct outer")]
    [InlineData("(*$p).a", "int32")]
    [InlineData("$p[1].in.number", "uint64")]
    [InlineData("GREEN", "enum color")]
    [InlineData("(enum color)5", "enum color")]
    [InlineData("$p.color == GREEN", "bool")]
    [InlineData("(typeof($p.in.number))1", "uint64")]
    [InlineData("&$p", "struct outer * *")]
    public void Fields_of_a_scripts_structs_have_types(string expression, string type) =>
        Assert.Equal(type, CheckedScript.TypeOf(expression, head: Definitions, before: "$p = (struct outer *)kaddr(\"x\");"));

    [Theory]
    [InlineData("sizeof(struct outer)", 56L)]
    [InlineData("sizeof(int32*)", 8L)]
    [InlineData("sizeof($p.name)", 12L)]
    [InlineData("offsetof(struct outer, in.number)", 24L)]
    [InlineData("offsetof(struct outer, c)", 48L)]
    [InlineData("sizeof(struct outer) * 2", 112L)]
    [InlineData("GREEN + 1", 6L)]
    [InlineData("-(5)", -5L)]
    [InlineData("(uint8)-1", 255L)]
    [InlineData("(int8)255", -1L)]
    [InlineData("is_ptr($p)", 1L)]
    [InlineData("is_str($p)", 0L)]
    public void What_is_known_before_the_script_runs_is_noted(string expression, long value)
    {
        CheckedScript script = CheckedScript.Of($"{Definitions}begin {{ $p = (struct outer *)kaddr(\"x\"); $v = {expression}; }}");
        Assert.Equal(value, ((AssignStatement)script.Tree.Probes[0].Body.Statements[1]).Value.Constant);
    }

    [Fact]
    public void The_kernels_structs_are_known()
    {
        BtfTypes kernel = BtfTypes.Kernel;
        Assert.Equal("struct task_struct *", CheckedScript.TypeOf("curtask", kernel: kernel));
        Assert.Equal("int32", CheckedScript.TypeOf("curtask.pid", kernel: kernel));
        Assert.Equal("string[16]", CheckedScript.TypeOf("curtask.real_parent.comm", kernel: kernel));
        Assert.Equal("struct task_struct *", CheckedScript.TypeOf("((struct task_struct *)nsecs).group_leader", kernel: kernel));
        Assert.Equal("string[16]", CheckedScript.TypeOf("pcomm", kernel: kernel));
        Assert.Equal("int32", CheckedScript.TypeOf("ppid(curtask)", kernel: kernel));
        Assert.StartsWith("enum ", CheckedScript.TypeOf("TCP_ESTABLISHED", kernel: kernel), StringComparison.Ordinal);
    }

    [Fact]
    public void The_verifier_follows_what_a_function_is_called_with()
    {
        CheckedScript script = CheckedScript.Of("fentry:vfs_read { $f = args.file; $i = args.file.f_inode; $c = (struct inode *)args.file; $p = args.buf; @m = args.file; }", kernel: BtfTypes.Kernel);
        MemorySpace[] spaces = [.. script.Tree.Probes[0].Body.Statements.Select(static s => ((PointerType)((AssignStatement)s).Value.Type!).Space)];
        Assert.Equal([MemorySpace.Trusted, MemorySpace.Trusted, MemorySpace.Kernel, spaces[3], MemorySpace.Trusted], spaces);
        Assert.Contains(spaces[3], new[] { MemorySpace.Kernel, MemorySpace.User }); // by the tag, where the compiler wrote it
        Assert.Equal(MemorySpace.Kernel, Assert.IsType<PointerType>(script.Plan.Maps[0].Value).Space);
    }
}
