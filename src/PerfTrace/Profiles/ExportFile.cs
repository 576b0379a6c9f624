using System.Management.Automation;

namespace PerfTrace.Commands;

/// <summary>Writes a file as a whole or not at all.</summary>
internal static class ExportFile
{
    /// <summary>Returns the file; null when there was an error, which was written, or when it was not agreed to.</summary>
    /// <param name="full">Its full path.</param>
    /// <param name="what">What the user is asked with -Confirm, and told with -WhatIf.</param>
    public static FileInfo? Write(PSCmdlet cmdlet, string full, bool isNew, string what, Action<Stream> write)
    {
        if (isNew && File.Exists(full))
        {
            cmdlet.WriteError(new ErrorRecord(new IOException($"'{full}' is there already, and -NoClobber was given."), "FileExists", ErrorCategory.ResourceExists, full));
            return null;
        }
        if (!cmdlet.ShouldProcess(full, what))
            return null;
        string? draft = null;
        try
        {
            if (Directory.Exists(full))
                throw new UnauthorizedAccessException($"'{full}' is a directory.");
            // What is no file, as /dev/stdout, is written as it comes.
            if (full.StartsWith("/dev/", StringComparison.Ordinal))
            {
                using var device = new FileStream(full, FileMode.Open, FileAccess.Write);
                write(device);
                return new FileInfo(full);
            }
            // A link stays one. In the directory of the file, so that the last step is a rename, which is done or not done.
            string target = (File.Exists(full) ? File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName : null) ?? full;
            draft = $"{target}.{Environment.ProcessId}.tmp";
            using (var stream = new FileStream(draft, FileMode.Create, FileAccess.Write))
                write(stream);
            File.Move(draft, target, overwrite: true);
            return new FileInfo(full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(draft))
                File.Delete(draft);
            cmdlet.WriteError(e is IOException and not (FileNotFoundException or DirectoryNotFoundException)
                ? new ErrorRecord(e, "WriteError", ErrorCategory.WriteError, full)
                : ErrorRecords.From(draft is null || e is not UnauthorizedAccessException ? e : Denied(e, draft, full), full));
            return null;
        }
    }

    // The user knows nothing of the draft.
    private static UnauthorizedAccessException Denied(Exception e, string draft, string full) => new(e.Message.Replace(draft, full, StringComparison.Ordinal), e);
}
