using System.Text;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Symbols;

public sealed class DemanglerTests
{
    [Theory]
    [InlineData("_Z3foov", "foo")]
    [InlineData("_ZN2ns4spinIlEET_S1_", "ns::spin<long>")]
    [InlineData("_ZN2ns4spinIlEET_S1_.part.0", "ns::spin<long>")]
    [InlineData("_Z3fooi.cold", "foo")]
    [InlineData("_Z3fooi@plt", "foo@plt")]
    [InlineData("_ZNKSs4sizeEv", "std::string::size")]
    [InlineData("_ZZ4mainENKUliE_clEi", "main::{lambda(int)#1}::operator()")]
    [InlineData("_ZThn16_N1A1fEv", "non-virtual thunk to A::f()")]
    [InlineData("_ZTV1A", "vtable for A")]
    [InlineData("_ZN1AcvT_IiEEv", "A::operator int<int>")]
    [InlineData("_ZN1AlsEi", "A::operator<<")]
    [InlineData("_ZN1AnwEm", "A::operator new")]
    [InlineData("_Z3barIiEPFvcEi", "bar<int>")]
    [InlineData("_Z3barIiERA3_iT_", "bar<int>")]
    [InlineData("_ZN12_GLOBAL__N_13fooEv", "(anonymous namespace)::foo")]
    [InlineData("_ZN1A1fB5cxx11Ev", "A::f[abi:cxx11]")]
    [InlineData("main", "main")]
    [InlineData("_Znonsense", "_Znonsense")]
    [InlineData("_R", "_R")]
    [InlineData("", "")]
    public void Cpp_names_are_those_of_perf(string mangled, string expected) => Assert.Equal(expected, Demangle(mangled));

    [Theory]
    [InlineData("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core::fmt::Formatter::pad")]
    [InlineData("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE.llvm.123", "core::fmt::Formatter::pad")]
    [InlineData("_ZN50_$LT$r..deep..S$LT$A$GT$$u20$as$u20$r..deep..T$GT$3run17he49a397a6bcf899bE", "<r::deep::S<A> as r::deep::T>::run")]
    [InlineData("_ZN4main28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE", "main::{{closure}}")]
    [InlineData("_ZN1a1b17h0000000000000000E", "a::b::h0000000000000000")] // C++: no hash repeats digits so
    public void Rust_names_before_v0(string mangled, string expected) => Assert.Equal(expected, Demangle(mangled));

    // Names that the RFC gives, and others that exercise its grammar.
    [Theory]
    [InlineData("_RNvC6_123foo3bar", "123foo::bar")]
    [InlineData("_RNvCs1234_7mycrate3foo", "mycrate::foo")]
    [InlineData("_RNvNtCs1234_7mycrate3foo3bar", "mycrate::foo::bar")]
    [InlineData("_RNCNvCsgStHSCytQ6I_7mycrate4main0B3_", "mycrate::main::{closure#0}")]
    [InlineData("_RNvMs_Cs4Cv8Wi1oAIB_7mycrateNtB4_7Example3foo", "<mycrate::Example>::foo")]
    [InlineData("_RNvXCs15kBYyAo9fc_7mycrateNtB2_7ExampleNtB2_5Trait3foo", "<mycrate::Example as mycrate::Trait>::foo")]
    [InlineData("_RINvCs7QNoJyuxADt_7mycrate7examplelKj8_E", "mycrate::example::<i32, 8>")]
    [InlineData("_RINvNtC3std3mem8align_ofjE", "std::mem::align_of::<usize>")]
    [InlineData("_RINvNtC3std3mem8align_ofjdE3foo", "_RINvNtC3std3mem8align_ofjdE3foo")]
    [InlineData("_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y", "utf8_idents::საჭმელად_გემრიელი_სადილი")]
    [InlineData("_RIC0Kb1_E", "::<true>")]
    [InlineData("_RIC0Kc76_E", "::<'v'>")]
    [InlineData("_RIC0Kca_E", "::<'\\n'>")]
    [InlineData("_RIC0Kc2202_E", "::<'\\u{2202}'>")]
    [InlineData("_RIC0Kan80_E", "::<-128>")]
    [InlineData("_RINvC1a1bFG_RL0_hEuE", "a::b::<for<'a> fn(&'a u8)>")]
    [InlineData("_RINvC1a1bFUKCEuE", "a::b::<unsafe extern \"C\" fn()>")]
    [InlineData("_RINvC1a1bDNtC1c5TraitEL_E", "a::b::<dyn c::Trait>")]
    [InlineData("_RINvC1a1bDINtC1c5TraithEp4ItemmEL_E", "a::b::<dyn c::Trait<u8, Item = u32>>")]
    [InlineData("_RINvC1a1bThEThmEAhj4_E", "a::b::<(u8,), (u8, u32), [u8; 4]>")]
    [InlineData("_RNvC1a1b.llvm.9D1C9369", "a::b")]
    [InlineData("_RNvC1aB_", "_RNvC1aB_")]
    [InlineData("_RB_", "_RB_")]
    [InlineData("_RNvC9999999999999_", "_RNvC9999999999999_")]
    public void Rust_names_of_v0(string mangled, string expected) => Assert.Equal(expected, Demangle(mangled));

    [Fact]
    public void A_library_s_names_are_those_of_cplusplus_filt()
    {
        string path = File.ReadLines("/proc/self/maps").Select(l => l[(l.LastIndexOf(' ') + 1)..]).First(p => p.Contains("/libstdc++.so", StringComparison.Ordinal));
        using ElfFile file = ElfFile.Open(path);
        string[] names = [.. ElfSymbolReader.Read([file]).All.Select(s => s.Name).Where(n => n.StartsWith("_Z", StringComparison.Ordinal)).Distinct()];
        using var tree = new TemporaryTree();
        tree.With("names", string.Join('\n', names) + "\n");
        string[] theirs = Command.Run("/bin/sh", ["-c", $"c++filt -p -i < {tree["names"]}"]).Output.TrimEnd('\n').Split('\n');

        Assert.True(names.Length > 3000);
        Assert.Equal(theirs, names.Select(Demangle));
    }

    [Fact]
    public void Names_that_point_back_into_themselves_end()
    {
        // Each tuple has the one before twice: 2^40 of them, if nothing stopped it.
        var name = new StringBuilder("_RINvC1a1b");
        for (int i = 0; i < 40; i++)
            name.Append("TB_B_E");
        string text = name.Append('E').ToString();
        Assert.Equal(text, Demangle(text));
        string deep = "_RINvC1a1b" + new string('R', 10_000) + "hE";
        Assert.Equal(deep, Demangle(deep));
    }

    [Fact]
    public void Mutated_names_are_demangled_or_stay()
    {
        string[] sources =
        [
            "_RINvCs7QNoJyuxADt_7mycrate7examplelKj8_E", "_RNvXCs15kBYyAo9fc_7mycrateNtB2_7ExampleNtB2_5Trait3foo", "_RINvC1a1bDINtC1c5TraithEp4ItemmEL_E",
            "_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y", "_ZN50_$LT$r..deep..S$LT$A$GT$$u20$as$u20$r..deep..T$GT$3run17he49a397a6bcf899bE",
            "_ZZ4mainENKUliE_clEi", "_Z3barIiEPFvcEi",
        ];
        var random = new Random(20261121);
        int changed = 0;
        for (int i = 0; i < 200_000; i++)
        {
            char[] text = sources[i % sources.Length].ToCharArray();
            for (int n = random.Next(1, 4); n > 0; n--)
                text[random.Next(2, text.Length)] = "_0123456789abcdefhlmopstuvABCDEFGIKLMNPQRSTXY$.()<> "[random.Next(51)];
            string mutated = new(text, 0, random.Next(3, text.Length + 1));
            if (Demangle(mutated) != mutated)
                changed++;
        }
        Assert.InRange(changed, 1000, 199_000);
    }

    [Theory]
    [InlineData("int", "int")]
    [InlineData("f()", "f")]
    [InlineData("))((", "))((")]
    [InlineData("(", "(")]
    [InlineData("operator", "operator")]
    [InlineData("a operator<(", "a operator<(")]
    public void What_no_demangler_writes_harms_nobody(string text, string expected) => Assert.Equal(expected, CppShortName.Of(text));

    [Fact]
    public void Whole_names_have_parameters_and_what_is_returned() => Assert.Equal("void (*bar<int>(int))(char)", new Demangler(SymbolNameForm.Whole).Demangle("_Z3barIiEPFvcEi"u8));

    [Fact]
    public void Switched_off_names_are_as_they_are() => Assert.Equal("_Z3foov", new Demangler(SymbolNameForm.Raw).Demangle("_Z3foov"u8));

    private static string Demangle(string name) => new Demangler(SymbolNameForm.Short).Demangle(Encoding.UTF8.GetBytes(name));
}
