using System.Text.RegularExpressions;
using PerfTrace.Kernel;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Kernel.Btf;

public sealed partial class BtfDeclarationTests
{
    [Fact]
    public void Declarations_of_the_kernel_are_those_of_bpftool()
    {
        BtfTypes kernel = BtfTypes.Kernel;
        Dictionary<(string Name, bool IsTypedef), BtfType?> types = [];
        foreach (BtfType type in kernel.Where(static t => t.Name.Length > 0 && t.Kind is BtfKind.Struct or BtfKind.Union or BtfKind.Enum or BtfKind.Enum64 or BtfKind.Typedef))
        {
            // Of several types of one name bpftool numbers all but the first; which is the first is its own affair.
            if (!types.TryAdd((type.Name, type.Kind == BtfKind.Typedef), type))
                types[(type.Name, type.Kind == BtfKind.Typedef)] = null;
        }
        int compared = 0;
        var different = new List<string>();
        string text = Bpftool.Run("btf", "dump", "file", "/sys/kernel/btf/vmlinux", "format", "c");
        foreach (string theirs in text.Split("\n\n").Select(static p => p.Trim('\n')))
        {
            string first = theirs.Split('\n')[0];
            if (theirs.Contains("___", StringComparison.Ordinal) || !first.Contains(' ', StringComparison.Ordinal))
                continue;
            string? ours = null;
            if (first.StartsWith("typedef ", StringComparison.Ordinal))
            {
                if (types.GetValueOrDefault((TypedefName().Match(theirs).Groups["name"].Value, true)) is { } named)
                    ours = named.ToDeclaration();
            }
            else if (first.EndsWith('{') && types.GetValueOrDefault((first.Split(' ')[1], false)) is { } type)
            {
                ours = type.ToDeclaration();
            }
            if (ours is null)
                continue;
            compared++;
            // libbpf writes the mode since 1.3.
            if (ours != theirs && (!ours.StartsWith("enum", StringComparison.Ordinal) || ours.Replace(" __attribute__((mode(byte)))", "", StringComparison.Ordinal) != theirs))
                different.Add($"{theirs}\n--- ours:\n{ours}");
        }

        Assert.True(different.Count == 0, $"{different.Count} of {compared} differ:\n{string.Join("\n\n", different.Take(5))}");
        Assert.InRange(compared, 8000, int.MaxValue);
    }

    [Fact]
    public void What_has_no_definition_is_written_as_it_is_used()
    {
        var builder = new BtfBuilder();
        uint number = builder.Integer("int", 4, isSigned: true);
        uint text = builder.Pointer(builder.Named(BtfKind.Const, "", builder.Integer("char", 1, isSigned: true)));
        uint prototype = builder.Prototype(number, ("format", text), ("", 0));
        uint function = builder.Function("print", prototype);
        uint handler = builder.Pointer(builder.Prototype(0));
        uint handlers = builder.Array(handler, 4);
        uint variable = builder.Variable("table", handlers);
        uint section = builder.Section(".data", 32, (variable, 0, 32));
        uint tagged = builder.Pointer(builder.Named(BtfKind.TypeTag, "user", number));
        uint anonymous = builder.Pointer(builder.Struct("", 4, ("a", number, 0, 0)));
        uint forward = builder.Add(BtfKind.Forward, "later", 0, flag: true);
        uint matrix = builder.Array(builder.Array(number, 3), 2);
        BtfTypes types = builder.Build();

        Assert.Equal("const char *", types[text].ToDeclaration());
        Assert.Equal("int print(const char *format, ...);", types[function].ToDeclaration());
        Assert.Equal("int(const char *format, ...)", types[prototype].TypeName);
        Assert.Equal("void (*table[4])(void);", types[variable].ToDeclaration());
        Assert.Equal("void (*table[4])(void); /* .data + 0 */", types[section].ToDeclaration());
        Assert.Equal("int __attribute__((btf_type_tag(\"user\"))) *", types[tagged].TypeName);
        Assert.Equal("struct {...} *", types[anonymous].TypeName);
        Assert.Equal("struct {\n\tint a;\n} *", types[anonymous].ToDeclaration());
        Assert.Equal("union later;", types[forward].ToDeclaration());
        Assert.Equal("int[2][3]", types[matrix].TypeName);
        Assert.Equal("void", types[0].ToDeclaration());
    }

    [Fact]
    public void Gaps_and_packed_structs_are_written_out()
    {
        var builder = new BtfBuilder();
        uint number = builder.Integer("int", 4, isSigned: true), letter = builder.Integer("char", 1, isSigned: true);
        uint packed = builder.Struct("packed", 5, ("a", letter, 0, 0), ("b", number, 8, 0));
        uint gap = builder.Struct("gap", 12, ("a", letter, 0, 0), ("b", number, 64, 0));
        uint bits = builder.Struct("bits", 4, ("a", number, 0, 3), ("b", number, 5, 2));
        uint nothing = builder.Struct("nothing", 0);
        uint small = builder.Enum("small", 1, false, ("A", 0), ("B", 255));
        uint wide = builder.Enum64("wide", true, ("MINUS", ulong.MaxValue), ("LARGE", 1UL << 40));
        BtfTypes types = builder.Build();

        Assert.Equal("struct packed {\n\tchar a;\n\tint b;\n} __attribute__((packed));", types[packed].ToDeclaration());
        Assert.Equal("struct gap {\n\tchar a;\n\tlong: 0;\n\tint b;\n};", types[gap].ToDeclaration());
        Assert.Equal("struct bits {\n\tint a: 3;\n\tchar: 2;\n\tint b: 2;\n};", types[bits].ToDeclaration());
        Assert.Equal("struct nothing {};", types[nothing].ToDeclaration());
        Assert.Equal("enum small {\n\tA = 0,\n\tB = 255,\n} __attribute__((mode(byte)));", types[small].ToDeclaration());
        Assert.Equal("enum wide {\n\tMINUS = -1LL,\n\tLARGE = 1099511627776LL,\n};", types[wide].ToDeclaration());
    }

    [GeneratedRegex(@"\(\*(?<name>\w+)\)\(|(?<name>\w+)(\[\d+\])*;$|(?<name>\w+)\([^)]", RegexOptions.CultureInvariant)]
    private static partial Regex TypedefName();
}
