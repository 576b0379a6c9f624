using System.Collections;
using System.Globalization;
using System.IO;
using System.Management.Automation;
using PerfTrace.Bpf;
using PerfTrace.BpfTrace;
using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Commands;

/// <summary>What cmdlets that run a script of the bpftrace language have in common: the script, and how it is run.</summary>
public abstract class BpfTraceScriptCommand : PerfTraceCommand
{
    protected const string ScriptSet = "Script", PathSet = "Path";

    /// <summary>The script.</summary>
    [Parameter(ParameterSetName = ScriptSet, Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BpfTraceProbeCompleter))]
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
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int ProcessId { get; set; } = -1;

    /// <summary>A command that is started when all probes are attached; its end is the script's.</summary>
    [Parameter]
    [ValidateProgram]
    [AllowEmptyString]
    public string[]? Command { get; set; }

    /// <summary>How long.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Duration { get; set; }

    /// <summary>The script may run commands and change processes: system(), signal(), override().</summary>
    [Parameter]
    public SwitchParameter Unsafe { get; set; }

    /// <summary>Reads of memory that is not there, which give 0, are warnings.</summary>
    [Parameter]
    public SwitchParameter ReadWarning { get; set; }

    /// <summary>Whether an exception says that a script can not run, or not any more.</summary>
    internal static bool IsProblem(Exception exception) => exception is ScriptException or BpfVerifierException or BpfProgramTypeException or CommandException or KernelException
        or BtfException or NotSupportedException;

    /// <summary>What was asked for; ends the command where the script's file can not be read.</summary>
    protected BpfTraceRequest Request()
    {
        string directory = SessionState.Path.CurrentFileSystemLocation.Path;
        ScriptSource source = ParameterSetName == PathSet ? ReadScript(ref directory) : new ScriptSource(ScriptSource.CommandLineName, Script);
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
            WarnsOfReads = ReadWarning,
        };
    }

    private ScriptSource ReadScript(ref string directory)
    {
        string path = TypedPath.Full(this, Path);
        directory = System.IO.Path.GetDirectoryName(path) ?? directory;
        try
        {
            return new ScriptSource(path, File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ThrowProblem(e, path);
            throw; // not reached
        }
    }
}
