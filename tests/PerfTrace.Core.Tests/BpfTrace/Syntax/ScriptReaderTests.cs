using PerfTrace.BpfTrace;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.BpfTrace;

public sealed class ScriptReaderTests : IDisposable
{
    private readonly TemporaryTree files = new();

    public void Dispose() => files.Dispose();

    private static ScriptSettings Settings(string config) => ScriptReader.Read(new ScriptSource("stdin", $"config = {{ {config} }} begin {{ }}"), ScriptOptions.Default).Settings;

    private ReadScript Read(string text) => ScriptReader.Read(new ScriptSource("stdin", text), new ScriptOptions { Directory = files.Root });

    private string Error(string text) => Assert.Throws<ScriptException>(() => Read(text)).Message;

    [Fact]
    public void Settings_have_their_defaults_and_many_spellings()
    {
        Assert.Equal(new ScriptSettings(), Settings(""));
        ScriptSettings read = Settings("""
            BPFTRACE_MAX_STRLEN = 64; max_map_keys = 1e3; MAX_CAT_BYTES = "1"; max_probes = 2; on_stack_limit = 0; perf_rb_pages = 8; print_maps_on_exit = 0;
            cpp_demangle = false; stack_mode = perf; str_trunc_trailer = ""; missing_probes = "warn"; license = "Dual BSD/GPL"
            """);
        Assert.Equal(new ScriptSettings
        {
            MaximumStringLength = 64, MaximumMapKeys = 1000, MaximumCatBytes = 1, MaximumProbes = 2, OnStackLimit = 0, RingPages = 8, PrintMapsOnExit = false,
            StackMode = StackMode.Perf, SymbolNames = SymbolNameForm.Raw, TruncationTrailer = "", MissingProbes = MissingProbes.Warn, License = "Dual BSD/GPL",
        }, read);
    }

    [Theory]
    [InlineData("cache_user_symbols = PER_PID; lazy_symbolication = true; log_size = 1000000; max_bpf_progs = 1")]
    [InlineData("show_debug_info = 1; use_blazesym = 0; unstable_tseries = enable; unstable_dw_ustack = \"warn\"; unstable_typeinfo = true; unstable_import_statement = error")]
    [InlineData("symbol_source = dwarf; unstable_map_decl = enable; unstable_macro = warn; unstable_import = 1; unstable_addr = x; max_type_res_iterations = 5")]
    public void Settings_without_a_meaning_here_are_passed_over(string config) => Assert.Equal(new ScriptSettings(), Settings(config));

    [Theory]
    [InlineData("max_strln = 1", "1:12-21: ERROR: there is no setting 'max_strln'", "did you mean max_strlen?")]
    [InlineData("foo = 1", "1:12-15: ERROR: there is no setting 'foo'", null)]
    [InlineData("map_keys_max = 1", "1:12-24: ERROR: the setting 'map_keys_max' has another name now", "max_map_keys")]
    [InlineData("max_strlen = perf", "1:25-29: ERROR: 'max_strlen' must be a number from 1 to 1048576", null)]
    [InlineData("max_map_keys = 0", "1:27-28: ERROR: 'max_map_keys' must be a number from 1 to 2147483647", null)]
    [InlineData("print_maps_on_exit = perf", "1:33-37: ERROR: 'print_maps_on_exit' must be true or false", null)]
    [InlineData("stack_mode = x", "1:25-26: ERROR: 'stack_mode' must be one of bpftrace, perf, raw, build_id", null)]
    [InlineData("missing_probes = 1", "1:29-30: ERROR: 'missing_probes' must be one of error, warn, ignore", null)]
    [InlineData("license = \"MIT\"", "1:22-27: ERROR: 'license' must be one of", null)]
    [InlineData("str_trunc_trailer = true", "1:32-36: ERROR: 'str_trunc_trailer' must be a text between quotes", null)]
    [InlineData("unstable_tseries = x", "1:31-32: ERROR: 'unstable_tseries' must be one of error, warn, enable", null)]
    public void What_is_no_setting(string config, string error, string? hint)
    {
        string message = Assert.Throws<ScriptException>(() => Settings(config)).Message;
        Assert.StartsWith($"stdin:{error}", message, StringComparison.Ordinal);
        Assert.True(hint is null ? !message.Contains("HINT", StringComparison.Ordinal) : message.EndsWith($"HINT: {hint}", StringComparison.Ordinal), message);
    }

    [Theory]
    [InlineData("let @a = hsh(1);", "ERROR: 'hsh' is no type of map", "HINT: did you mean hash?")]
    [InlineData("let @a = foo(1);", "ERROR: 'foo' is no type of map", "HINT: hash, lruhash, percpuhash, percpulruhash")]
    [InlineData("let @a = hash(1); let @a = hash(1);", "ERROR: the map @a is declared twice", "")]
    [InlineData("let @a = hash(0);", "ERROR: a map must hold at least 1 entry", "")]
    public void What_is_no_map(string text, string error, string hint)
    {
        string message = Error(text);
        Assert.Contains(error, message, StringComparison.Ordinal);
        Assert.EndsWith(hint, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Imports_bring_all_that_they_hold_once_and_first()
    {
        files.With("a.bt", "struct a { int x; };\nimport \"lib/b.bt\";\nmacro greet() { print(\"hello\") }\nlet @m = hash(5);\nfn f(): void { }\nbegin { @a = 1 }");
        files.With("lib/b.bt", "import \"../a.bt\"; import \"types.h\";\nbegin { @b = TWO }");
        files.With("lib/types.h", "#define TWO 2\nenum e { E = 1 };");
        files.With("lib/notes.txt", "not read");
        ReadScript read = Read("import \"a.bt\";\nimport \"lib\";\nimport \"./a.bt\";\nbegin { greet(); }");
        Assert.Equal(["@b = 2;", "@a = 1;", "{"], read.Tree.Probes.Select(static p => ScriptPrinter.Print(new ScriptTree { Source = p.Span.Source, Probes = [p] }).Split('\n')[1].Trim()));
        Assert.Equal("CDefine(TWO Integer(2)) CEnum(e [(E, 1)]) CStruct(Struct a [CField(Named(int) x)] False)", TreeShape.Of(read.Tree.Definitions)[1..^1]);
        Assert.Single(read.Tree.Maps);
        Assert.Single(read.Tree.Functions);
        Assert.Empty(read.Tree.Imports);
    }

    [Fact]
    public void A_script_in_a_file_imports_what_lies_beside_it()
    {
        files.With("b.bt", "begin { }");
        string path = files.With("a.bt", "import \"b.bt\";\nimport \"a.bt\";\nend { }")["a.bt"];
        ReadScript read = ScriptReader.Read(new ScriptSource(path, File.ReadAllText(path)), new ScriptOptions { Directory = "/" });
        Assert.Equal([ProbeProvider.Begin, ProbeProvider.End], read.Tree.Probes.Select(static p => p.AttachPoints[0].Provider));
    }

    [Fact]
    public void What_can_not_be_imported()
    {
        files.With("c.bt", "config = { max_strlen = 5 }");
        files.With("wrong.bt", "begin { ( }");
        files.With("probe.h", "begin { }");
        files.With("x.bpf.c", "");
        string open = files.With("open.bt", "")["open.bt"];
        File.SetUnixFileMode(open, File.GetUnixFileMode(open) | UnixFileMode.OtherWrite);
        Assert.Contains($"ERROR: there is no file '{files.Root}/none.bt'", Error("import \"none.bt\";"), StringComparison.Ordinal);
        Assert.Contains("ERROR: a config block in an import", Error("import \"c.bt\";"), StringComparison.Ordinal);
        Assert.Contains($"{files.Root}/wrong.bt:1:11-12: ERROR: an expression expected, but '}}' found", Error("import \"wrong.bt\";"), StringComparison.Ordinal);
        Assert.Contains("ERROR: a C header holds definitions only", Error("import \"probe.h\";"), StringComparison.Ordinal);
        Assert.Contains("HINT: programs in C are not compiled here", Error("import \"x.bpf.c\";"), StringComparison.Ordinal);
        Assert.Contains($"ERROR: '{open}' can be written by everybody", Error("import \"open.bt\";"), StringComparison.Ordinal);
        Assert.Contains("ERROR: the import can not be read", Error("import \"a\\0b\";"), StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_of_all_passes_are_told_together()
    {
        string message = Error("config = { foo = 1 }\nlet @a = x(1);\nmacro m($a) { }\nbegin { m(1); }\nend { m(2); }");
        Assert.Equal(4, message.Split(": ERROR: ").Length - 1);
    }
}
