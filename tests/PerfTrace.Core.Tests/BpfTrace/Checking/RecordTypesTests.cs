using PerfTrace.BpfTrace;
using PerfTrace.Kernel;

namespace PerfTrace.Tests.BpfTrace;

public sealed class RecordTypesTests
{
    // The sizes and places are those that gcc gives on x86-64.
    private const string Definitions = """
        typedef unsigned int number;
        union u { char c[5]; int i; };
        struct a { char c; short s; int i; long l; };
        struct b { unsigned int x:3; unsigned int y:30; unsigned char z:2; unsigned long w:40; char t; };
        struct __attribute__((packed)) c { char c; int i; long l; };
        struct d { char c; struct { int p; union { long q; char r[3]; }; }; char e; } __attribute__((aligned(32)));
        struct e { int a:4; int :0; int b:4; char c:3; short d:12; };
        struct f { char n; union u u; char m[3]; struct a arr[2]; struct f *next; number counts[2][3]; void (*call)(int); };
        struct g { unsigned char a:4; unsigned char b:6; unsigned long c:60; int d:20; };

        """;

    [Theory]
    [InlineData("a", 16, "s", 16, 0)]
    [InlineData("a", 16, "l", 64, 0)]
    [InlineData("b", 16, "x", 0, 3)]
    [InlineData("b", 16, "y", 32, 30)]
    [InlineData("b", 16, "z", 62, 2)]
    [InlineData("b", 16, "w", 64, 40)]
    [InlineData("b", 16, "t", 104, 0)]
    [InlineData("c", 13, "i", 8, 0)]
    [InlineData("c", 13, "l", 40, 0)]
    [InlineData("d", 32, "p", 64, 0)]
    [InlineData("d", 32, "q", 128, 0)]
    [InlineData("d", 32, "r", 128, 0)]
    [InlineData("d", 32, "e", 192, 0)]
    [InlineData("e", 8, "a", 0, 4)]
    [InlineData("e", 8, "b", 32, 4)]
    [InlineData("e", 8, "c", 36, 3)]
    [InlineData("e", 8, "d", 48, 12)]
    [InlineData("f", 88, "u", 32, 0)]
    [InlineData("f", 88, "m", 96, 0)]
    [InlineData("f", 88, "arr", 128, 0)]
    [InlineData("f", 88, "next", 384, 0)]
    [InlineData("f", 88, "counts", 448, 0)]
    [InlineData("f", 88, "call", 640, 0)]
    [InlineData("g", 24, "a", 0, 4)]
    [InlineData("g", 24, "b", 8, 6)]
    [InlineData("g", 24, "c", 64, 60)]
    [InlineData("g", 24, "d", 128, 20)]
    public void A_struct_is_laid_out_as_C_does(string name, int size, string field, int bit, int bits)
    {
        RecordType type = new RecordTypes(Scripts.Parse(Definitions + "begin { }"), static () => null).FindStruct(name)!;
        Assert.Equal(size, type.Size);
        RecordField found = type.Find(field)!;
        Assert.Equal((bit, bits), ((found.Offset * 8) + found.BitShift, found.BitSize));
        Assert.True(found.BitSize + found.BitShift <= found.Type.Size * 8);
    }

    [Theory]
    [InlineData("c", "char", "string[5]")]
    [InlineData("arr", "f", "struct a[2]")]
    [InlineData("counts", "f", "uint32[3][2]")]
    [InlineData("call", "f", "void *")]
    [InlineData("next", "f", "struct f *")]
    public void Fields_have_types(string field, string name, string type)
    {
        var types = new RecordTypes(Scripts.Parse(Definitions + "begin { }"), static () => null);
        RecordType record = name == "char" ? Assert.IsType<RecordType>(types.FindStruct("f")!.Find("u")!.Type) : types.FindStruct(name)!;
        Assert.Equal(type, record.Find(field)!.Type.Name);
    }

    [Theory]
    [InlineData("struct a { struct a in; int x; };", "1:12-20: ERROR: a struct can not contain itself")]
    [InlineData("struct a { struct a in[2]; int x; };", "1:12-20: ERROR: a struct can not contain itself")]
    [InlineData("struct a { in32 in; int x; };", "1:12-16: ERROR: there is no type 'in32'")]
    [InlineData("struct a { struct nothing in; int x; };", "1:12-26: ERROR: there is no type 'struct nothing'")]
    public void A_field_that_has_no_size_is_an_error_where_its_struct_is_used(string definition, string error)
    {
        Assert.StartsWith($"stdin:{error}\n", CheckedScript.Error(definition + " begin { $p = (struct a *)nsecs; print($p.x); }"), StringComparison.Ordinal);
        Assert.Empty(CheckedScript.Of(definition + " begin { }").Warnings);
    }

    [Fact]
    public void The_kernels_structs_have_the_places_of_its_type_information()
    {
        BtfTypes kernel = BtfTypes.Kernel;
        var types = new RecordTypes(Scripts.Parse("begin { }"), () => kernel);
        BtfType told = kernel.Find("task_struct", BtfKind.Struct)!;
        RecordType task = types.FindStruct("task_struct")!;
        Assert.Same(task, types.FindStruct("task_struct"));
        Assert.Equal(told.Size, task.Size);
        foreach (BtfMember member in told.Members.Where(static m => m.Name.Length > 0))
        {
            RecordField field = task.Find(member.Name)!;
            Assert.Equal(member.BitOffset, (uint)((field.Offset * 8) + field.BitShift));
            Assert.Equal(member.BitFieldSize, (uint)field.BitSize);
        }
        // Members of a union without a name stand in their place.
        RecordType buffer = types.FindStruct("sk_buff")!;
        Assert.NotNull(buffer.Find("sk"));
    }

    [Fact]
    public void Arguments_of_a_function_stand_8_bytes_apart()
    {
        BtfTypes kernel = BtfTypes.Kernel;
        RecordType arguments = new RecordTypes(Scripts.Parse("begin { }"), () => kernel).OfParameters(kernel.Find("vfs_read", BtfKind.Function)!, "vfs_read");
        Assert.Equal(["file", "buf", "count", "pos"], arguments.Fields.Select(static f => f.Name));
        Assert.Equal([0, 8, 16, 24], arguments.Fields.Select(static f => f.Offset));
        Assert.Equal(32, arguments.Size);
    }
}
