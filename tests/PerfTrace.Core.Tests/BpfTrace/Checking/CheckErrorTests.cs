using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.BpfTrace;

/// <summary>
/// What is said of scripts that are wrong: <c>tests/data/bpftrace/check-errors.txt</c> has the scripts, each behind a line <c>&gt; </c>, and below it the whole message.
/// </summary>
public sealed class CheckErrorTests
{
    private static readonly IReadOnlyDictionary<string, string> Messages = Read();

    public static IEnumerable<TheoryDataRow<string>> Scripts => Messages.Keys.Select(static s => new TheoryDataRow<string>(s));

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_wrong_script_is_told_what_is_wrong(string script) => Assert.Equal(Messages[script], CheckedScript.Error(script));

    [Fact]
    public void There_are_messages_for_every_part_of_the_language() => Assert.True(Messages.Count >= 120, $"{Messages.Count} scripts");

    private static Dictionary<string, string> Read()
    {
        string text = File.ReadAllText(Repository.Data("bpftrace/check-errors.txt"));
        var messages = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string part in text.Split("\n> ", StringSplitOptions.RemoveEmptyEntries))
        {
            string block = part.StartsWith("> ", StringComparison.Ordinal) ? part[2..] : part;
            int end = block.IndexOf('\n', StringComparison.Ordinal);
            messages.Add(block[..end], block[(end + 1)..].TrimEnd('\n'));
        }
        return messages;
    }
}
