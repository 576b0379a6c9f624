namespace PerfTrace.Commands;

/// <summary>One of perf's commands, and the cmdlet that it is here.</summary>
/// <param name="Name">perf's name.</param>
/// <param name="Cmdlet">The cmdlet's.</param>
/// <param name="Options">What is understood.</param>
/// <param name="Refused">What is not, where more can be said than that: option and advice.</param>
/// <param name="Finish">Takes the words behind the options.</param>
internal sealed record PerfCommand(string Name, string Cmdlet, IReadOnlyList<PerfOption> Options, IReadOnlyDictionary<string, string> Refused, Action<PerfLine, string[]> Finish)
{
    public PerfOption? Find(char letter) => Options.FirstOrDefault(o => o.Short == letter);

    /// <summary>By its name, or the beginning of it that no other has.</summary>
    public PerfOption? Find(string name)
    {
        if (Options.FirstOrDefault(o => o.Long == name) is { } exact)
            return exact;
        PerfOption[] beginning = [.. Options.Where(o => o.Long?.StartsWith(name, StringComparison.Ordinal) == true)];
        return beginning.Length <= 1 ? beginning.FirstOrDefault()
            : throw new PerfLineException("PerfOptionAmbiguous", $"--{name} can mean {string.Join(" and ", beginning.Select(static o => o.Name))}.", name);
    }
}
