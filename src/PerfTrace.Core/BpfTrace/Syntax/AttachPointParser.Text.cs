using System.Globalization;
using System.Text;

namespace PerfTrace.BpfTrace;

// Where an attach point ends, and what its parts are.
internal sealed partial class AttachPointParser
{
    /// <summary>Where an attach point ends that begins at a place: before white space, a comma, a brace or a predicate.</summary>
    public static int EndOf(string text, int start)
    {
        bool mayHoldPath = false;
        int colon = -1;
        for (int at = start; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '{' or ',' or ' ' or '\t' or '\n' or '\r':
                case '/' when !mayHoldPath:
                case '}' or ')' or ';' or '(' when at == start:
                    return at;
                case ':' when colon < 0:
                    colon = at;
                    string name = text[start..colon];
                    ProbeProvider provider = ProbeProviders.Find(name[(name.IndexOf('=') + 1)..]);
                    mayHoldPath = provider == ProbeProvider.None || (provider & ProbeProviders.WithPaths) != 0;
                    break;
                case '"':
                    for (at++; at < text.Length && text[at] != '"'; at++)
                    {
                        if (text[at] == '\\')
                            at++;
                    }
                    break;
            }
        }
        return text.Length;
    }

    // At colons outside of quotes, and at the sign between a binary and a source file; parameters take their values, which are not looked into.
    private List<string> Split(string text, out bool hasSourceFile)
    {
        var split = new List<string>();
        var part = new StringBuilder();
        bool isQuoted = false;
        hasSourceFile = false;
        for (int at = 0; at < text.Length; at++)
        {
            char c = text[at];
            if (c == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (isQuoted)
            {
                part.Append(c == '\\' && at + 1 < text.Length ? text[++at] : c);
            }
            else if (c == '$')
            {
                at = AppendParameter(text, at, part);
            }
            else if (c == ':' || c == '@' && split.Count == 1 && ProbeProviders.Find(split[0]) is ProbeProvider.UProbe or ProbeProvider.URetProbe)
            {
                hasSourceFile |= c == '@';
                split.Add(part.ToString());
                part.Clear();
            }
            else
            {
                part.Append(c);
            }
        }
        split.Add(part.ToString());
        return split;
    }

    private int AppendParameter(string text, int at, StringBuilder part)
    {
        int end = at + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        if (!int.TryParse(text.AsSpan(at + 1, end - at - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int index) || index == 0)
            throw Error("behind '$' the number of a parameter must stand, from 1", "put what is to keep its '$' between quotes");
        if (index <= options.Parameters.Count)
            part.Append(options.Parameters[index - 1]);
        else
            missing ??= text[at..end];
        return end - 1;
    }
}
