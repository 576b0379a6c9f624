using System.Management.Automation;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>New-UProbe: an event at a place in a program or library.</summary>
[Cmdlet(VerbsCommon.New, "UProbe", SupportsShouldProcess = true, DefaultParameterSetName = LocationSet)]
[OutputType(typeof(UProbe))]
public sealed class NewUProbeCommand : NewProbeCommand
{
    private const string LocationSet = "Location", UsdtSet = "Usdt";

    /// <summary>Places as path:function, path:function+offset or path:0xoffset.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = LocationSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(UProbeLocationCompleter))]
    public string[] Location { get; set; } = [];

    /// <summary>A probe that the program's author put there, from Get-UsdtProbe.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = UsdtSet)]
    [ValidateNotNull]
    public UsdtProbe? InputObject { get; set; }

    /// <summary>Where in the file the counter is that says whether anybody listens.</summary>
    [Parameter(ParameterSetName = LocationSet)]
    [Alias("SemaphoreOffset")]
    public ulong ReferenceCounterOffset { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is { } usdt)
        {
            Try(usdt, directory => Create(directory, usdt));
            return;
        }
        foreach (string location in Location)
        {
            if (StopToken.IsCancellationRequested)
                return;
            Try(location, directory => Create(directory, location));
        }
    }

    private void Create(TracingDirectory directory, string location)
    {
        (string file, string place) = UProbeResolver.Split(location);
        string path = ProbeFile.Find(this, file);
        UProbeTarget target = UProbeResolver.Resolve(path, place, Return, VerboseWriter);
        ulong? counter = ReferenceCounterOffset == 0 ? null : ReferenceCounterOffset;
        if (counter is { } offset)
            UProbeResolver.CheckReferenceCounter(path, offset);
        string group = ChosenGroup;
        Create(directory, new UProbeDefinition(group, Name ?? UProbes.NameFor(directory, group, target, Return), path, target.Offset, counter, Return, ParseArguments()));
        if (target.IsIndirect)
            WriteWarning($"{target.Symbol} is an indirect function: the probe fires when the loader chooses one of its forms, not when it is called.");
        if (target is { SymbolOffset: > 0 } || target.Symbol is null)
            WriteWarning($"The kernel does not check that an instruction begins at 0x{target.Offset:x}. If none does, programs that reach it crash.");
    }

    private void Create(TracingDirectory directory, UsdtProbe usdt)
    {
        if (usdt.Offset is not { } offset)
            throw new ProbePlaceException(usdt.Probe, $"{usdt.Path} does not load the code of the probe {usdt.Probe}.");
        // A value of the pipeline is no file that was checked yet.
        UProbeResolver.Resolve(usdt.Path, $"0x{offset:x}", isReturn: false);
        if (usdt.SemaphoreOffset is { } semaphore)
            UProbeResolver.CheckReferenceCounter(usdt.Path, semaphore);
        string group = ChosenGroup;
        string name = Name ?? UProbes.FreeName(directory, group, $"{usdt.Provider}_{usdt.Name}");
        if (Return)
            throw new ProbeSyntaxException(usdt.Probe, "A USDT probe is a place in a function: it has no return.");
        Create(directory, new UProbeDefinition(group, name, usdt.Path, offset, usdt.SemaphoreOffset, false, Argument.Length > 0 ? ParseArguments() : Translated(usdt)));
    }

    private void Create(TracingDirectory directory, UProbeDefinition definition)
    {
        definition.ToCommand(); // what is wrong with it is told before anybody is asked
        if (!ShouldProcess($"{definition.Event} at {definition.Path}:0x{definition.Offset:x}", Return ? "Make a probe at the return" : "Make a probe"))
            return;
        try
        {
            WriteObject(UProbes.Create(directory, definition, !Persistent, VerboseWriter));
        }
        catch (TraceCommandException e)
        {
            HintAtQuotes(e);
            throw;
        }
    }

    private List<ProbeArgument> Translated(UsdtProbe usdt)
    {
        var arguments = new List<ProbeArgument>();
        for (int i = 0; i < usdt.Arguments.Count; i++)
        {
            UsdtArgument argument = usdt.Arguments[i];
            if (argument.FetchArgument is { } fetch)
                arguments.Add(new ProbeArgument($"arg{i + 1}", fetch));
            else
                WriteWarning($"{usdt.Probe}: the argument {i + 1} ({argument.Text}) is left out. {argument.Problem}");
        }
        return arguments;
    }
}
