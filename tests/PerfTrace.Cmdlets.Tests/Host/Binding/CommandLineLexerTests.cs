using PerfTrace.Host.Binding;

namespace PerfTrace.Tests.Host.Binding;

public sealed class CommandLineLexerTests
{
    [Theory]
    [InlineData("Get-X", "Get-X")]
    [InlineData("  Get-X   a  b ", "Get-X a b")]
    [InlineData("Get-X 'a b'", "Get-X 'a b'")]
    [InlineData("Get-X \"a b\"", "Get-X 'a b'")]
    [InlineData("Get-X 'it''s'", "Get-X 'it's'")]
    [InlineData("Get-X \"say \"\"hi\"\"\"", "Get-X 'say \"hi\"'")]
    [InlineData("Get-X \"tab`there\"", "Get-X 'tab\there'")]
    [InlineData("Get-X \"`$5\"", "Get-X '$5'")]
    [InlineData("Get-X ''", "Get-X ''")]
    [InlineData("Get-X a,b", "Get-X [a;b]")]
    [InlineData("Get-X a, b ,c , d", "Get-X [a;b;c;d]")]
    [InlineData("Get-X 'a,b'", "Get-X 'a,b'")]
    [InlineData("Get-X 'a,b',c", "Get-X ['a,b';c]")]
    [InlineData("Get-X c,'a,b'", "Get-X [c;'a,b']")]
    [InlineData("Get-X 'a' , \"b\"", "Get-X ['a';'b']")]
    [InlineData("Get-X a`,b", "Get-X 'a,b'")]
    [InlineData("Get-X a` b", "Get-X 'a b'")]
    [InlineData("Get-X '',x", "Get-X ['';x]")]
    [InlineData("Get-X -Name a -Force", "Get-X -Name a -Force")]
    [InlineData("Get-X -Name:a,b", "Get-X -Name:[a;b]")]
    [InlineData("Get-X -Name: a", "Get-X -Name:a")]
    [InlineData("Get-X -Name:'a b'", "Get-X -Name:'a b'")]
    [InlineData("Get-X '-Name'", "Get-X '-Name'")]
    [InlineData("Get-X -5", "Get-X -5")]
    [InlineData("Get-X {cycles,instructions}:u", "Get-X {cycles,instructions}:u")]
    [InlineData("Get-X x,{a,b}", "Get-X [x;{a,b}]")]
    [InlineData("Get-X $true,$false,$NULL", "Get-X [$true;$false;$NULL]")]
    [InlineData("Get-X Foo$Bar", "Get-X Foo$Bar")]
    [InlineData("Get-X a | Get-Y b", "Get-X a | Get-Y b")]
    [InlineData("Get-X a|Get-Y", "Get-X a | Get-Y")]
    [InlineData("Get-X 'a|b'", "Get-X 'a|b'")]
    [InlineData("Get-X -- ls -la a,b 'c d'", "Get-X --(ls;-la;a,b;c d)")]
    [InlineData("Get-X -- ls | Get-Y", "Get-X --(ls) | Get-Y")]
    [InlineData("Get-X [a-z]*", "Get-X [a-z]*")]
    public void ReadsWords(string line, string expected) =>
        Assert.Equal(expected, string.Join(" | ", CommandLineLexer.Lex(line).Select(Describe)));

    [Theory]
    [InlineData("Get-X $name", "variables")]
    [InlineData("Get-X a,$name", "variables")]
    [InlineData("Get-X -Name:$name", "variables")]
    [InlineData("Get-X $trueish", "variables")]
    [InlineData("Get-X \"$name\"", "inside double quotes")]
    [InlineData("Get-X \"$(1)\"", "inside double quotes")]
    [InlineData("Get-X { $_ }", "script blocks")]
    [InlineData("Get-X {$_}", "script blocks")]
    [InlineData("Get-X { a }", "script blocks")]
    [InlineData("Get-X (Get-Y)", "parentheses")]
    [InlineData("Get-X @(1)", "parentheses")]
    [InlineData("Get-X @{a=1}", "parentheses")]
    [InlineData("Get-X; Get-Y", "operator ;")]
    [InlineData("Get-X > file", "operator >")]
    [InlineData("Get-X &", "operator &")]
    public void RefusesWhatOnlyPowerShellCanEvaluate(string line, string what)
    {
        var exception = Assert.Throws<UsageException>(() => CommandLineLexer.Lex(line));
        Assert.Contains("is not a PowerShell", exception.Message, StringComparison.Ordinal);
        Assert.Contains(what, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("| Get-X", "empty pipeline element")]
    [InlineData("Get-X |", "empty pipeline element")]
    [InlineData("Get-X || Get-Y", "empty pipeline element")]
    [InlineData("   ", "empty pipeline element")]
    [InlineData("Get-X 'open", "terminator: 'open")]
    [InlineData("Get-X \"open", "terminator: \"open")]
    [InlineData("Get-X a,", "Missing argument")]
    [InlineData("Get-X ,a", "Missing argument")]
    [InlineData("Get-X a,,b", "Missing argument")]
    [InlineData("Get-X -Name:", "after the colon")]
    [InlineData("Get-X -Name: -Other", "after the colon")]
    public void SaysWhatIsWrong(string line, string what) =>
        Assert.Contains(what, Assert.Throws<UsageException>(() => CommandLineLexer.Lex(line)).Message, StringComparison.Ordinal);

    private static string Describe(CommandCall call) => string.Join(' ', call.Tokens.Select(Describe).Prepend(call.Name));

    private static string Describe(CommandToken token) => token switch
    {
        ParameterToken parameter => "-" + parameter.Name + (parameter.Attached is null ? "" : ":" + Describe(parameter.Attached)),
        ArgumentToken { IsList: true } list => "[" + string.Join(';', list.Words.Select(Describe)) + "]",
        ArgumentToken argument => Describe(argument.Words[0]),
        CommandLineToken command => "--(" + string.Join(';', command.Arguments) + ")",
        _ => throw new InvalidOperationException(),
    };

    private static string Describe(Word word) => word.IsQuoted ? $"'{word.Text}'" : word.Text;
}
