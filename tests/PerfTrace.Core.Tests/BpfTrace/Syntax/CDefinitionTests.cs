using PerfTrace.BpfTrace;

namespace PerfTrace.Tests.BpfTrace;

public sealed class CDefinitionTests
{
    private static string Shape(string text) => TreeShape.Of(Scripts.Parse(text).Definitions)[1..^1];

    [Theory]
    [InlineData("struct a { int x, y; char *z; }", "CStruct(Struct a [CField(Named(int) x) CField(Named(int) y) CField(Pointer(Named(char)) z)] False)")]
    [InlineData("union a { int x; };", "CStruct(Union a [CField(Named(int) x)] False)")]
    [InlineData("struct a { const unsigned long int x; }", "CStruct(Struct a [CField(Named(unsigned long) x)] False)")]
    [InlineData("struct a { long long unsigned x; }", "CStruct(Struct a [CField(Named(unsigned long long) x)] False)")]
    [InlineData("struct a { unsigned x; signed y; signed char z; _Bool b; short int s; }",
        "CStruct(Struct a [CField(Named(unsigned int) x) CField(Named(int) y) CField(Named(signed char) z) CField(Named(bool) b) CField(Named(short) s)] False)")]
    [InlineData("struct a { u32 x; struct b *y; enum c z; }",
        "CStruct(Struct a [CField(Named(u32) x) CField(Pointer(Tagged(Struct b)) y) CField(Tagged(Enum c) z)] False)")]
    [InlineData("struct a { char x[16]; int y[2][3]; char z[]; }",
        "CStruct(Struct a [CField(Array(Named(char) 16) x) CField(Array(Array(Named(int) 3) 2) y) CField(Array(Named(char)) z)] False)")]
    [InlineData("struct a { int x : 3; int : 5; u8 y:1; }", "CStruct(Struct a [CField(Named(int) x 3) CField(Named(int) 5) CField(Named(u8) y 1)] False)")]
    [InlineData("struct a { struct { int x; } b; union { int c; }; }",
        "CStruct(Struct a [CField(Defined(CStruct(Struct [CField(Named(int) x)] False)) b) CField(Defined(CStruct(Union [CField(Named(int) c)] False)))] False)")]
    [InlineData("struct a { int (*f)(int, char *); int *p[4]; int (*q)[4]; void **r; }",
        "CStruct(Struct a [CField(Pointer(Named(void)) f) CField(Array(Pointer(Named(int)) 4) p) CField(Pointer(Array(Named(int) 4)) q) CField(Pointer(Pointer(Named(void))) r)] False)")]
    [InlineData("struct a { } __attribute__((packed)) __attribute__ ((aligned(8), unused))", "CStruct(Struct a [] True 8)")]
    [InlineData("struct __attribute__((packed)) a { };", "CStruct(Struct a [] True)")]
    [InlineData("struct a __attribute__((__packed__)) { };", "CStruct(Struct a [] True)")]
    [InlineData("struct a { const char __user *x; struct a * const y; }",
        "CStruct(Struct a [CField(Pointer(Named(char)) x) CField(Pointer(Tagged(Struct a)) y)] False)")]
    [InlineData("struct a { int x }", "CStruct(Struct a [CField(Named(int) x)] False)")]
    [InlineData("struct a;", "")]
    [InlineData("enum e { A, B = 5, C, D = B << 2, }", "CEnum(e [(A, 0) (B, 5) (C, 6) (D, 20)])")]
    [InlineData("enum { A = -1, B }", "CEnum([(A, -1) (B, 0)])")]
    [InlineData("enum e { N = 3 } struct a { int x[N + 1]; }", "CEnum(e [(N, 3)]) CStruct(Struct a [CField(Array(Named(int) 4) x)] False)")]
    [InlineData("typedef unsigned int u32, *pu32;", "CTypedef(u32 Named(unsigned int)) CTypedef(pu32 Pointer(Named(unsigned int)))")]
    [InlineData("typedef struct { int a; } foo_t;", "CTypedef(foo_t Defined(CStruct(Struct [CField(Named(int) a)] False)))")]
    [InlineData("#define N 4\nstruct a { int x[N * 2]; }", "CDefine(N Integer(4)) CStruct(Struct a [CField(Array(Named(int) 8) x)] False)")]
    [InlineData("#define RED \"\\033[31m\" // x", "CDefine(RED String(\u001b[31m))")]
    [InlineData("#define A (1 << \\\n 2)", "CDefine(A Binary(Integer(1) ShiftLeft Integer(2)))")]
    [InlineData("#define A 1 /* one\n two */\n#define B", "CDefine(A Integer(1)) CDefine(B)")]
    [InlineData("#define F(x) x\n#define T unsigned int", "CDefine(F) CDefine(T)")]
    public void Definitions(string text, string shape) => Assert.Equal(shape, Shape(text));

    [Theory]
    [InlineData("#ifdef BPFTRACE_HAVE_BTF\n#define A 1\n#else\n#include <x.h>\n#endif", "A")]
    [InlineData("#ifndef BPFTRACE_HAVE_BTF\n#include <x.h>\nstruct x { whatever ' \" };\n#else\n#define A 1\n#endif", "A")]
    [InlineData("#if 0\n#if 1\n#define A 1\n#else\n#endif\n#elif 1\n#define B 1\n#else\n#define C 1\n#endif", "B")]
    [InlineData("#define A 3\n#if A == 3 && defined(A) && !defined(B) && !LINUX\n#define C 1\n#endif", "A C")]
    [InlineData("#define A 3\n#undef A\n#ifdef A\n#define B 1\n#endif", "A")]
    [InlineData("#if 1\n#define A 1\n#elif 1\n#define B 1\n#elif 1\n#else\n#define C 1\n#endif\n#define D 1", "A D")]
    [InlineData("#if 0\n/*\n#endif\n*/\n#define A 1\n#endif\n#define B 1", "B")]
    [InlineData("#pragma pack(1)\n#define A B\n#define B A\n#if defined(A)\n#define C 1\n#endif", "A B C")]
    public void Conditions(string text, string names) =>
        Assert.Equal(names, string.Join(' ', Scripts.Parse(text + "\nbegin { }").Definitions.Cast<CDefine>().Select(static d => d.Name)));

    [Fact]
    public void Without_BTF_the_other_branch_is_read() =>
        Assert.Equal("B", Assert.IsType<CDefine>(Assert.Single(Scripts.Parse(
            "#ifdef BPFTRACE_HAVE_BTF\n#define A 1\n#else\n#define B 1\n#endif", new ScriptOptions { HasBtf = false }).Definitions)).Name);

    [Theory]
    [InlineData("#if 1", "1:1-6: ERROR: the condition has no '#endif'")]
    [InlineData("#endif", "1:1-7: ERROR: there is no '#if' before it")]
    [InlineData("#else\n#endif", "1:1-6: ERROR: there is no '#if' before it")]
    [InlineData("#if f()\n#endif", "1:5-8: ERROR: the value of the condition is not known here")]
    [InlineData("#foo", "1:1-5: ERROR: '#foo' is not understood")]
    [InlineData("#define", "1:1-8: ERROR: a name is missing")]
    [InlineData("#define A B\n#define B A\nenum e { C = A }", "3:14-15: ERROR: the value is not known here")]
    [InlineData("struct a { int x[-1]; }", "1:18-20: ERROR: the length of the array must be a constant from 0 to 2147483647")]
    [InlineData("struct a { int x : 65; }", "1:20-22: ERROR: the width of the bit field must be a constant from 0 to 64")]
    [InlineData("struct a { int; x }", "1:19-20: ERROR: the name of a field expected, but '}' found")]
    [InlineData("struct a { int x y }", "1:18-19: ERROR: ';' or '}' expected, but 'y' found")]
    [InlineData("struct a { ; }", "1:12-13: ERROR: a type expected, but ';' found")]
    [InlineData("struct { int x", "1:15-15: ERROR: ';' or '}' expected, but the script ends")]
    [InlineData("struct a begin { }", "1:10-15: ERROR: '{' or ';' expected, but 'begin' found")]
    [InlineData("struct a { } __attribute__ begin { }", "1:28-33: ERROR: '((' expected, but 'begin' found")]
    [InlineData("typedef int;", "1:12-13: ERROR: the name of the type expected, but ';' found")]
    [InlineData("enum e { A = pid }", "1:14-17: ERROR: the value is not known here")]
    [InlineData("begin { }\nstruct a { };", "2:1-7: ERROR: C definitions must stand before config, imports and probes")]
    [InlineData("config = { }\n#define A 1", "2:1-2: ERROR: C definitions must stand before config, imports and probes")]
    public void Errors(string text, string error) => Assert.StartsWith($"stdin:{error}\n", Scripts.Error(text), StringComparison.Ordinal);

    [Fact]
    public void Constants_that_double_each_other_are_computed_once()
    {
        string text = "#define A0 1\n" + string.Concat(Enumerable.Range(1, 60).Select(static i => $"#define A{i} A{i - 1} + A{i - 1}\n")) + "enum e { X = A60 }";
        Assert.EndsWith("CEnum(e [(X, 1152921504606846976)])", Shape(text), StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_of_constants_is_no_recursion_without_end()
    {
        string text = "#define A0 1\n" + string.Concat(Enumerable.Range(1, 50_000).Select(static i => $"#define A{i} A{i - 1}\n")) + "enum e { X = A50000 }";
        Assert.Contains("the value is not known here", Scripts.Error(text), StringComparison.Ordinal);
    }
}
