using System.Collections;
using System.Globalization;
using System.IO;
using System.Management.Automation;
using System.Text;
using PerfTrace.Bpf;
using PerfTrace.BpfTrace;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Commands;

/// <summary>Invoke-BpfTrace: runs a script of the bpftrace language and gives what it prints and counts as objects.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "BpfTrace", DefaultParameterSetName = ScriptSet)]
[OutputType(typeof(BpfTracePrint), typeof(BpfTraceMapEntry))]
public sealed class InvokeBpfTraceCommand : PerfTraceCommand
{
    private const string ScriptSet = "Script", PathSet = "Path";

    private readonly StringBuilder _line = new();
    private BpfTraceSession? _session;

    /// <summary>The script.</summary>
    [Parameter(ParameterSetName = ScriptSet, Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Script { get; set; } = "";

    /// <summary>A file with the script.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true)]
    [Alias("FilePath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary><c>$1</c> and up.</summary>
    [Parameter(Position = 1)]
    [Alias("Args")]
    [ValidateNotNull]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>Named options of the script, which it reads with getopt().</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary Variable { get; set; } = new Hashtable();

    /// <summary>Only this process, for user functions, USDT probes and perf events.</summary>
    [Parameter]
    [Alias("PID", "Id")]
    [ValidateRange(1, int.MaxValue)]
    public int ProcessId { get; set; } = -1;

    /// <summary>A command that is started when all probes are attached; its end is the script's.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? Command { get; set; }

    /// <summary>How long.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Duration { get; set; }

    /// <summary>The script may run commands and change processes: system(), signal(), override().</summary>
    [Parameter]
    public SwitchParameter Unsafe { get; set; }

    /// <summary>Lines of text, exactly as bpftrace prints them.</summary>
    [Parameter]
    public SwitchParameter AsText { get; set; }

    /// <summary>The script is checked and compiled, and not run; with -Verbose the programs are shown.</summary>
    [Parameter]
    public SwitchParameter DryRun { get; set; }

    protected override void EndProcessing()
    {
        BpfTraceRequest? request = Request();
        if (request is null)
            return;
        try
        {
            if (DryRun)
            {
                foreach ((string probe, string listing) in BpfTraceSession.Disassemble(request))
                    WriteVerbose($"{probe}\n{listing}");
                return;
            }
            _session = BpfTraceSession.Start(request, VerboseWriter, StopToken);
            foreach (ScriptDiagnostic warning in _session.Warnings)
                WriteWarning(warning.ToString());
            // What the script does in its end comes after a stop, too.
            using (StopToken.Register(_session.Stop))
                Run(_session);
        }
        catch (ScriptException e)
        {
            ThrowProblem(e, request.Script.Name);
        }
        catch (Exception e) when (e is BpfVerifierException or BpfProgramTypeException or CommandException or KernelException or BtfException or NotSupportedException)
        {
            ThrowProblem(e, request.Script.Name);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _session?.Dispose();
        base.Dispose(disposing);
    }

    private BpfTraceRequest? Request()
    {
        ScriptSource source;
        string directory = SessionState.Path.CurrentFileSystemLocation.Path;
        if (ParameterSetName == PathSet)
        {
            string path = SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path);
            try
            {
                source = new ScriptSource(path, File.ReadAllText(path));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                ThrowProblem(e, path);
                return null;
            }
            directory = System.IO.Path.GetDirectoryName(path) ?? directory;
        }
        else
        {
            source = new ScriptSource("stdin", Script);
        }
        var named = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (DictionaryEntry one in Variable)
            named[Convert.ToString(one.Key, CultureInfo.InvariantCulture)!] = one.Value is null or true ? null : Convert.ToString(one.Value, CultureInfo.InvariantCulture);
        return new BpfTraceRequest
        {
            Script = source,
            Parameters = ArgumentList,
            NamedParameters = named,
            Directory = directory,
            ProcessId = ProcessId,
            Command = Command ?? [],
            WorkingDirectory = SessionState.Path.CurrentFileSystemLocation.Path,
            Duration = Duration,
            AllowsUnsafe = Unsafe,
            IsTextOnly = AsText,
        };
    }

    private void Run(BpfTraceSession session)
    {
        foreach (BpfTraceOutput output in session.Read())
        {
            if (output.Message is { } message)
                Tell(message);
            else if (StopToken.IsCancellationRequested)
                Host.UI.Write(output.Text); // the pipeline takes no objects any more: as bpftrace, what was counted is shown
            else if (AsText)
                WriteLines(output.Text);
            else
                WriteObject(output.Objects, enumerateCollection: true);
        }
        if (StopToken.IsCancellationRequested)
            return;
        if (_line.Length > 0)
            WriteObject(_line.ToString());
        WarnOfLoss(session.Summary());
    }

    // Lines as they are complete.
    private void WriteLines(string text)
    {
        int begin = 0;
        for (int end = text.IndexOf('\n'); end >= 0; end = text.IndexOf('\n', begin))
        {
            _line.Append(text, begin, end - begin);
            WriteObject(_line.ToString());
            _line.Clear();
            begin = end + 1;
        }
        _line.Append(text, begin, text.Length - begin);
    }

    private void Tell(ScriptDiagnostic message)
    {
        if (StopToken.IsCancellationRequested)
            Host.UI.Write($"{message}\n");
        else if (message.Severity == ScriptSeverity.Error)
            WriteError(new ErrorRecord(new ScriptException([message]), "ScriptError", ErrorCategory.InvalidResult, message.Span.Source.Name));
        else
            WriteWarning(message.ToString());
    }

    private void WarnOfLoss(BpfTraceSummary lost)
    {
        if (lost.Events > 0)
            WriteWarning(string.Create(CultureInfo.InvariantCulture, $"{lost.Events} events were lost: the ring buffer was full. Print less, or write config = {{ perf_rb_pages = … }} with more than 64."));
        if (lost.Stacks > 0)
            WriteWarning(string.Create(CultureInfo.InvariantCulture, $"{lost.Stacks} call stacks were lost: they found no room in the map of stacks."));
        foreach ((string map, long count) in lost.Entries)
            WriteWarning(string.Create(CultureInfo.InvariantCulture, $"The map {map} was full: {count} updates were lost. Use fewer keys, or write config = {{ max_map_keys = … }}."));
    }
}
