using System.Text;

namespace PerfTrace.Tracing;

/// <summary>What a probe is made from.</summary>
/// <param name="Group">The event's system.</param>
/// <param name="Name">The event's name.</param>
/// <param name="IsReturn">It fires when the function returns.</param>
/// <param name="Arguments">What is fetched.</param>
public abstract record ProbeDefinition(string Group, string Name, bool IsReturn, IReadOnlyList<ProbeArgument> Arguments)
{
    // WRITE_BUFSIZE in kernel/trace/trace.c, the line break included; MAX_TRACE_ARGS in trace_probe.h.
    private const int LongestLine = 4095, MostArguments = 128;

    /// <summary><c>group:name</c></summary>
    public string Event => $"{Group}:{Name}";

    /// <summary>The place as the kernel takes it, one word.</summary>
    protected abstract string Place { get; }

    /// <summary>What stands between the letter of the kind and the colon.</summary>
    protected virtual string Options => "";

    /// <summary>The line that makes the probe.</summary>
    /// <exception cref="TraceNameException">The group or the name is none that the kernel takes.</exception>
    /// <exception cref="ProbeSyntaxException">Another part is not one word, or there is too much of all.</exception>
    public string ToCommand()
    {
        var line = new StringBuilder();
        line.Append(IsReturn ? 'r' : 'p').Append(Options).Append(':')
            .Append(ProbeText.CheckName(Group, "group")).Append('/').Append(ProbeText.CheckName(Name, "event"))
            .Append(' ').Append(Place);
        if (Arguments.Count > MostArguments)
            throw new ProbeSyntaxException(Event, $"A probe fetches at most {MostArguments} arguments, not {Arguments.Count}.");
        foreach (ProbeArgument argument in Arguments)
            line.Append(' ').Append(ProbeText.CheckWord(argument.ToString(), $"The fetch argument '{argument}'"));
        return Encoding.UTF8.GetByteCount(line.ToString()) <= LongestLine
            ? line.ToString()
            : throw new ProbeSyntaxException(Event, $"The definition of a probe has at most {LongestLine:N0} bytes.");
    }
}
