using System.Globalization;
using System.Text.Json;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Kernel.Btf;

public sealed class BtfTypesTests
{
    private const string Vmlinux = "/sys/kernel/btf/vmlinux";

    // bpftool's names of the kinds.
    private static readonly Dictionary<BtfKind, string> Kinds = new()
    {
        [BtfKind.Integer] = "INT", [BtfKind.Pointer] = "PTR", [BtfKind.Array] = "ARRAY", [BtfKind.Struct] = "STRUCT", [BtfKind.Union] = "UNION", [BtfKind.Enum] = "ENUM",
        [BtfKind.Forward] = "FWD", [BtfKind.Typedef] = "TYPEDEF", [BtfKind.Volatile] = "VOLATILE", [BtfKind.Const] = "CONST", [BtfKind.Restrict] = "RESTRICT",
        [BtfKind.Function] = "FUNC", [BtfKind.FunctionPrototype] = "FUNC_PROTO", [BtfKind.Variable] = "VAR", [BtfKind.DataSection] = "DATASEC", [BtfKind.Float] = "FLOAT",
        [BtfKind.DeclarationTag] = "DECL_TAG", [BtfKind.TypeTag] = "TYPE_TAG", [BtfKind.Enum64] = "ENUM64",
    };

    [Fact]
    [Trait("Machine", "Both")]
    public void All_types_of_the_kernel_are_those_of_bpftool()
    {
        JsonElement[] theirs = [.. Bpftool.Json("btf", "dump", "file", Vmlinux).GetProperty("types").EnumerateArray()];
        BtfTypes ours = BtfTypes.Kernel;

        Assert.Equal(theirs.Length, ours.Count);
        foreach ((BtfType type, JsonElement json) in ours.Zip(theirs))
            Compare(type, json);
    }

    [Fact]
    [Trait("Machine", "Both")]
    public void A_type_of_the_kernel_is_found_by_name()
    {
        BtfType task = Assert.IsType<BtfType>(BtfTypes.Kernel.Find("task_struct"));

        Assert.Equal((BtfKind.Struct, "struct task_struct"), (task.Kind, task.TypeName));
        Assert.Same(task, BtfTypes.Kernel.Find("struct task_struct"));
        Assert.Same(task, BtfTypes.Kernel[task.Id]);
        BtfMember comm = task.Members.Single(static m => m.Name == "comm");
        Assert.Equal(("char[16]", 16L, "char comm[16]"), (comm.TypeName, comm.Size, comm.ToString()));
        Assert.Null(BtfTypes.Kernel.Find("union task_struct"));
        Assert.Null(BtfTypes.Kernel.Find("task_struct", BtfKind.Enum));
        Assert.Null(BtfTypes.Kernel.Find("perftrace_no_such_type"));
        Assert.Null(BtfTypes.Kernel.Find(""));
        Assert.Equal("unsigned int", BtfTypes.Kernel.Find("unsigned int")!.Name);
        Assert.Equal(BtfKind.Typedef, BtfTypes.Kernel.Find("pid_t")!.Kind);
        Assert.Equal("int", BtfTypes.Kernel.Find("pid_t")!.Resolve().Name);
        Assert.Contains("next", BtfTypes.Kernel.Find("schedule", BtfKind.Function) is { } f ? "next" : "", StringComparison.Ordinal);
    }

    [Fact]
    public void Every_name_is_found()
    {
        foreach (IGrouping<string, BtfType> same in BtfTypes.Kernel.Where(static t => t.Name.Length > 0).GroupBy(static t => t.Name).Where(static (_, i) => i % 20 == 0))
            Assert.Equal(same.Select(static t => t.Id), BtfTypes.Kernel.FindAll(same.Key).Select(static t => t.Id));
    }

    [Fact]
    public void Names_are_found_before_and_after_there_is_an_index()
    {
        BtfTypes types = BtfTypes.OpenKernel(SystemPaths.Default);
        foreach (string name in (string[])["task_struct", "perftrace_no_such_type", "int", "file", "schedule", "task_struct", "file"])
            Assert.Equal(BtfTypes.Kernel.Where(t => t.Name == name).Select(static t => t.Id), types.FindAll(name).Select(static t => t.Id));
    }

    [Fact]
    public void What_is_split_continues_its_base()
    {
        var first = new BtfBuilder();
        uint number = first.Integer("int", 4, isSigned: true);
        first.Struct("pair", 8, ("a", number, 0, 0), ("b", number, 32, 0));
        BtfTypes below = first.Build();
        var second = new BtfBuilder(firstId: 3, firstString: (uint)"\0int\0pair\0a\0b\0".Length);
        uint pairs = second.Array(2, 4);
        uint own = second.Struct("own", 32, ("pairs", pairs, 0, 0));
        BtfTypes split = second.Build(below);

        Assert.Equal((2, 3U), (split.Count, split.FirstId));
        Assert.Equal("pair", split[2].Name);
        Assert.Same(below[2], split[2]);
        Assert.Equal(32, split[pairs].Size);
        Assert.Same(split[own], split.Find("own"));
        Assert.Same(below[2], split.Find("pair"));
        Assert.Null(below.Find("own"));
        Assert.Equal("struct pair pairs[4]", Assert.Single(split[own].Members).ToString());
        Assert.Same(split[0], below[0]);
        Assert.Throws<BtfNotFoundException>(() => split[5]);
    }

    [Fact]
    public void What_the_kernel_keeps_is_read_by_its_number()
    {
        foreach (JsonElement one in Bpftool.Json("btf", "show").EnumerateArray())
        {
            uint id = one.GetProperty("id").GetUInt32();
            BtfTypes types = BtfTypes.FromId(id);
            Assert.Equal(one.GetProperty("size").GetInt32(), types.Length);
        }
        Assert.Throws<BtfNotFoundException>(() => BtfTypes.FromId(uint.MaxValue));
        Assert.Throws<BtfNotFoundException>(() => BtfTypes.OfModule("perftrace_no_such_module"));
        Assert.Same(BtfTypes.Kernel, BtfTypes.OfModule("vmlinux"));
    }

    [Fact]
    public void Bit_fields_of_both_encodings_are_told()
    {
        var builder = new BtfBuilder();
        uint plain = builder.Integer("unsigned int", 4);
        uint three = builder.Integer("unsigned int", 4, bits: 3, offset: 2);
        uint old = builder.Struct("old", 4, ("a", three, 0, 0), ("b", plain, 0, 0));
        uint young = builder.Struct("young", 4, ("a", plain, 2, 3), ("b", plain, 0, 0));
        BtfTypes types = builder.Build();

        foreach (uint id in (uint[])[old, young])
        {
            BtfType type = types[id];
            Assert.Equal([(2U, 3U), (0U, 0U)], type.Members.Select(static m => (m.BitOffset, m.BitFieldSize)));
            Assert.Equal("unsigned int a: 3", type.Members[0].ToString());
        }
    }

    [Fact]
    public unsafe void The_structure_is_the_kernel_s() => Assert.Equal((BtfObject.Info.StructureSize, 32), (sizeof(BtfObject.Info), 32));

    [Fact]
    public void What_is_no_type_information_is_told()
    {
        byte[] good = new BtfBuilder().ToArray();

        Assert.Empty(BtfTypes.Parse(good, "x"));
        Assert.Contains("big-endian", Refused([0xeb, 0x9f, 1, 0, .. good[4..]]).Message, StringComparison.Ordinal);
        Assert.Contains("0x457f", Refused([0x7f, 0x45, .. good[2..]]).Message, StringComparison.Ordinal);
        Assert.Contains("version 9", Refused([0x9f, 0xeb, 9, 0, .. good[4..]]).Message, StringComparison.Ordinal);
        Assert.Contains("20 bytes", Refused(good[..20]).Message, StringComparison.Ordinal);
        var future = new BtfBuilder();
        future.Integer("int", 4);
        future.Add((BtfKind)31, "x", 0);
        BtfException e = Refused(future.ToArray());
        Assert.Contains("type 2 is of kind 31", e.Message, StringComparison.Ordinal);
        Assert.Equal(24 + 16 + 4, e.Offset);
    }

    [Fact]
    public void Types_that_are_made_of_themselves_are_refused()
    {
        var builder = new BtfBuilder();
        builder.Named(BtfKind.Typedef, "a", 2);
        builder.Named(BtfKind.Const, "", 1);
        builder.Array(3, 1);
        builder.Struct("s", 4, ("", 5, 0, 0));
        builder.Struct("", 4, ("x", 5, 0, 0));
        builder.Named(BtfKind.Pointer, "", 99);
        BtfTypes types = builder.Build();

        Assert.Throws<BtfException>(() => types[1].Size);
        Assert.Throws<BtfException>(() => types[2].Resolve());
        Assert.Throws<BtfException>(() => types[3].Size);
        Assert.Throws<BtfException>(() => types[3].TypeName);
        Assert.Throws<BtfException>(() => types[4].ToDeclaration());
        Assert.Contains("type 99", Assert.Throws<BtfException>(() => types[6].Type).Message, StringComparison.Ordinal);
    }

    private static BtfException Refused(byte[] data) => Assert.Throws<BtfException>(() => BtfTypes.Parse(data, "x"));

    private static void Compare(BtfType type, JsonElement json)
    {
        Assert.Equal(json.GetProperty("id").GetUInt32(), type.Id);
        Assert.Equal(json.GetProperty("kind").GetString(), Kinds[type.Kind]);
        Assert.Equal(json.GetProperty("name").GetString(), type.Name.Length == 0 ? "(anon)" : type.Name);
        if (json.TryGetProperty("size", out JsonElement size))
            Assert.Equal(size.GetInt64(), type.Size);
        if (json.TryGetProperty("type_id", out JsonElement target) || json.TryGetProperty("ret_type_id", out target))
            Assert.Equal(target.GetUInt32(), type.Type!.Id);
        if (json.TryGetProperty("linkage", out JsonElement linkage))
            Assert.Equal(linkage.GetString(), type.Linkage);
        switch (type.Kind)
        {
            case BtfKind.Integer:
                Assert.Equal((json.GetProperty("nr_bits").GetUInt32(), json.GetProperty("bits_offset").GetUInt32()), (type.Bits, type.BitOffset));
                Assert.Equal(json.GetProperty("encoding").GetString(), type.IsBoolean ? "BOOL" : type.IsSigned ? "SIGNED" : "(none)");
                break;
            case BtfKind.Array:
                Assert.Equal((json.GetProperty("nr_elems").GetUInt32(), json.GetProperty("index_type_id").GetUInt32()), (type.Length, type.IndexType!.Id));
                break;
            case BtfKind.Struct or BtfKind.Union:
                Assert.Equal(
                    json.GetProperty("members").EnumerateArray().Select(static m => (m.GetProperty("name").GetString()!, m.GetProperty("type_id").GetUInt32(),
                        m.GetProperty("bits_offset").GetUInt32(), m.TryGetProperty("bitfield_size", out JsonElement bits) ? bits.GetUInt32() : 0)),
                    type.Members.Select(static m => (m.Name.Length == 0 ? "(anon)" : m.Name, m.Type.Id, m.BitOffset, m.BitFieldSize)));
                break;
            case BtfKind.Enum or BtfKind.Enum64:
                // bpftool 7.1 fills the upper half of a value of 64 bits with the sign of the lower.
                Assert.Equal(
                    json.GetProperty("values").EnumerateArray().Select(static v => (v.GetProperty("name").GetString()!, v.GetProperty("val").ToString())),
                    type.Enumerators.Zip(json.GetProperty("values").EnumerateArray()).Select(static p => (p.First.Name, p.First.Value.ToString()!)
                        is var ours && p.First.Bits < 1UL << 32 && p.Second.GetProperty("val").ToString() == unchecked((ulong)(int)p.First.Bits).ToString(CultureInfo.InvariantCulture)
                        ? ours with { Item2 = p.Second.GetProperty("val").ToString() } : ours));
                break;
            case BtfKind.FunctionPrototype:
                Assert.Equal(
                    json.GetProperty("params").EnumerateArray().Select(static p => (p.GetProperty("name").GetString()!, p.GetProperty("type_id").GetUInt32())),
                    type.Parameters.Select(static p => (p.Name.Length == 0 ? "(anon)" : p.Name, p.Type.Id)));
                break;
            case BtfKind.DataSection:
                Assert.Equal(
                    json.GetProperty("vars").EnumerateArray().Select(static v => (v.GetProperty("type_id").GetUInt32(), v.GetProperty("offset").GetInt64(), v.GetProperty("size").GetInt64())),
                    type.Variables.Select(static v => (v.Variable.Id, v.Offset, v.Size)));
                break;
            case BtfKind.Forward:
                Assert.Equal(json.GetProperty("fwd_kind").GetString(), type.IsUnionForward ? "union" : "struct");
                break;
            case BtfKind.DeclarationTag:
                Assert.Equal(json.GetProperty("component_idx").GetInt32(), type.ComponentIndex);
                break;
        }
    }
}
