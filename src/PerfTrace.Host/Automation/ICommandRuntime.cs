#nullable disable annotations // PowerShell's assembly carries no nullability; neither do its stand-ins, so that a cmdlet compiles alike against both.
namespace System.Management.Automation;

/// <summary>What a running cmdlet talks to: the part of PowerShell's interface of that name that <see cref="Cmdlet"/> needs here.</summary>
internal interface ICommandRuntime
{
    bool Stopping { get; }

    void WriteObject(object sendToPipeline, bool enumerateCollection);

    void WriteError(ErrorRecord errorRecord);

    void WriteWarning(string text);

    void WriteVerbose(string text);

    void WriteDebug(string text);

    void WriteProgress(ProgressRecord progressRecord);

    void WriteInformation(object messageData, string[] tags);

    bool ShouldProcess(string verboseDescription, string verboseWarning, string caption, out ShouldProcessReason reason);

    bool ShouldProcess(string target, string action);

    bool ShouldContinue(string query, string caption, bool offersAll, ref bool yesToAll, ref bool noToAll);

    void ThrowTerminatingError(ErrorRecord errorRecord);
}
