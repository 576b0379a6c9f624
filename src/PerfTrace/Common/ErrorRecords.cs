using System.Management.Automation;
using PerfTrace.Access;
using PerfTrace.Bpf;
using PerfTrace.BpfTrace;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Symbols;
using PerfTrace.Tracing;

namespace PerfTrace.Commands;

/// <summary>Exceptions of the core as error records: a stable id, PowerShell's category, the target, and the advice.</summary>
internal static class ErrorRecords
{
    public static ErrorRecord From(Exception exception, object? target, string? id = null)
    {
        // What the runtime calls access denied, whatever the user's rights are.
        if (exception is UnauthorizedAccessException && target is string path && Directory.Exists(path))
            return new ErrorRecord(new IOException($"'{path}' is a directory: name a file in it.", exception), id ?? "PathIsDirectory", ErrorCategory.InvalidArgument, target);
        (string defaultId, ErrorCategory category) = exception switch
        {
            ScriptException => ("ScriptError", ErrorCategory.ParserError),
            EventSyntaxException => ("EventSyntax", ErrorCategory.ParserError),
            UnknownEventException => ("EventNotFound", ErrorCategory.ObjectNotFound),
            TracepointNotFoundException => ("TracepointNotFound", ErrorCategory.ObjectNotFound),
            TraceInstanceNotFoundException => ("InstanceNotFound", ErrorCategory.ObjectNotFound),
            NoSessionInstanceException => ("NoSessionInstance", ErrorCategory.ObjectNotFound),
            TriggerNotFoundException => ("TriggerNotFound", ErrorCategory.ObjectNotFound),
            TracerNotFoundException => ("TracerNotFound", ErrorCategory.ObjectNotFound),
            KernelFunctionNotFoundException => ("KernelFunctionNotFound", ErrorCategory.ObjectNotFound),
            ResourceInUseException => ("OwnerAlive", ErrorCategory.ResourceBusy),
            TracePipeBusyException => ("TracePipeBusy", ErrorCategory.ResourceBusy),
            TraceClockException => ("ClockNotFound", ErrorCategory.ObjectNotFound),
            TraceHistogramSyntaxException => ("HistogramSyntax", ErrorCategory.ParserError),
            TraceHistogramNotFoundException => ("HistogramNotFound", ErrorCategory.ObjectNotFound),
            TraceHistogramFormatException => ("HistogramUnreadable", ErrorCategory.InvalidData),
            WhereException => ("WhereException", ErrorCategory.InvalidArgument),
            TraceNameException => ("InvalidName", ErrorCategory.InvalidArgument),
            ProbeSyntaxException => ("InvalidProbe", ErrorCategory.InvalidArgument),
            ProbePlaceException => ("InvalidProbePlace", ErrorCategory.InvalidArgument),
            ProbeExistsException => ("ProbeExists", ErrorCategory.ResourceExists),
            ProbeNotFoundException => ("ProbeNotFound", ErrorCategory.ObjectNotFound),
            ProbeBusyException => ("ProbeBusy", ErrorCategory.ResourceBusy),
            SymbolNotFoundException => ("SymbolNotFound", ErrorCategory.ObjectNotFound),
            ElfException => ("InvalidElf", ErrorCategory.InvalidData),
            CodeNotFoundException => ("CodeNotFound", ErrorCategory.ObjectNotFound),
            BpfObjectNotFoundException => ("BpfObjectNotFound", ErrorCategory.ObjectNotFound),
            BpfObjectGoneException => ("BpfObjectGone", ErrorCategory.ObjectNotFound),
            AccessFeatureNotFoundException => ("FeatureNotFound", ErrorCategory.ObjectNotFound),
            BpfFeatureNotFoundException => ("FeatureNotFound", ErrorCategory.ObjectNotFound),
            BpfPinNotFoundException => ("PinNotFound", ErrorCategory.ObjectNotFound),
            BpfMapFullException => ("MapFull", ErrorCategory.LimitsExceeded),
            BpfMapIndexException => ("MapIndexOutOfRange", ErrorCategory.InvalidArgument),
            BpfMapRequestException => ("InvalidMap", ErrorCategory.InvalidArgument),
            BpfBufferTypeException => ("NotABuffer", ErrorCategory.InvalidType),
            BpfLossCounterException => ("NotACounter", ErrorCategory.InvalidType),
            BpfBufferBusyException => ("BufferBusy", ErrorCategory.ResourceBusy),
            BtfNotFoundException => ("TypeNotFound", ErrorCategory.ObjectNotFound),
            BtfValueException => ("TypeValue", ErrorCategory.InvalidArgument),
            BtfException => ("InvalidBtf", ErrorCategory.InvalidData),
            BpfMapValueException => ("MapValue", ErrorCategory.InvalidArgument),
            BpfVerifierException => ("VerifierRejected", ErrorCategory.InvalidData),
            BpfProgramTypeException or BpfTestRunException => ("NotSupported", ErrorCategory.NotImplemented),
            BpfTestInputException => ("InvalidTestInput", ErrorCategory.InvalidArgument),
            BpfNotJitedException => ("NotJited", ErrorCategory.ObjectNotFound),
            BpfHookException => ("InvalidBpfHook", ErrorCategory.InvalidArgument),
            BpfInterfaceNotFoundException => ("InterfaceNotFound", ErrorCategory.ObjectNotFound),
            BpfMapKeyNotFoundException => ("MapKeyNotFound", ErrorCategory.ObjectNotFound),
            BpfToolNotFoundException => ("ToolNotFound", ErrorCategory.ObjectNotFound),
            BpfToolUnavailableException => ("ToolUnavailable", ErrorCategory.NotImplemented),
            BpfObjectNameException => ("BpfObjectNameNotFound", ErrorCategory.ObjectNotFound),
            BpfObjectException { Problem: BpfObjectProblem.ByteOrder } => ("BpfObjectByteOrder", ErrorCategory.InvalidData),
            BpfObjectException { Problem: BpfObjectProblem.UnknownProgramType } => ("UnknownProgramType", ErrorCategory.InvalidData),
            BpfObjectException { Problem: BpfObjectProblem.NoTypeInformation } => ("NoTypeInformation", ErrorCategory.InvalidData),
            BpfObjectException { Problem: BpfObjectProblem.MissingSymbol } => ("KernelSymbolNotFound", ErrorCategory.ObjectNotFound),
            BpfObjectException { Problem: BpfObjectProblem.NoTarget } => ("NoAttachTarget", ErrorCategory.InvalidArgument),
            BpfObjectException { Problem: BpfObjectProblem.Refused } => ("BpfObjectRefused", ErrorCategory.InvalidOperation),
            BpfObjectException => ("InvalidBpfObject", ErrorCategory.InvalidData),
            CounterBaselineException => ("InvalidBaseline", ErrorCategory.InvalidData),
            PerfDataException => ("InvalidPerfData", ErrorCategory.InvalidData),
            UnauthorizedAccessException => ("AccessDenied", ErrorCategory.PermissionDenied),
            NotSupportedException => ("NotSupported", ErrorCategory.NotImplemented),
            FileNotFoundException => ("FileNotFound", ErrorCategory.ObjectNotFound),
            TraceCommandException => ("InvalidTraceCommand", ErrorCategory.ParserError),
            EventGroupException => ("GroupDoesNotFit", ErrorCategory.ResourceUnavailable),
            NothingCountableException => ("NothingCountable", ErrorCategory.NotImplemented),
            CommandException { ExitStatus: 127 } => ("CommandNotFound", ErrorCategory.ObjectNotFound),
            CommandException => ("CommandNotExecutable", ErrorCategory.PermissionDenied),
            FunctionTracingDeniedException => ("FunctionTracingDenied", ErrorCategory.PermissionDenied),
            KernelAccessException => ("AccessDenied", ErrorCategory.PermissionDenied),
            KernelTargetGoneException => ("TargetGone", ErrorCategory.ObjectNotFound),
            KernelFeatureException => ("NotSupported", ErrorCategory.NotImplemented),
            KernelResourceException { Errno: Errno.EMFILE or Errno.ENFILE } => ("NoFileDescriptors", ErrorCategory.LimitsExceeded),
            KernelResourceException { Errno: Errno.EBUSY } => ("Busy", ErrorCategory.ResourceBusy),
            KernelResourceException => ("ResourceUnavailable", ErrorCategory.ResourceUnavailable),
            KernelException { Errno: Errno.EEXIST } => ("AlreadyExists", ErrorCategory.ResourceExists),
            KernelException => ("KernelError", ErrorCategory.InvalidOperation),
            DirectoryNotFoundException => ("NotFound", ErrorCategory.ObjectNotFound),
            PathTooLongException => ("InvalidPath", ErrorCategory.InvalidArgument),
            // A full disk, a read-only file system.
            IOException => ("FileError", ErrorCategory.WriteError),
            ControlGroupException => ("NoCGroupHierarchy", ErrorCategory.ResourceUnavailable),
            _ => (exception.GetType().Name, ErrorCategory.NotSpecified),
        };
        var record = new ErrorRecord(exception, id ?? defaultId, category, target);
        // The shell breaks messages anew and loses the place of a caret; the recommendation it leaves as it is.
        if (exception is TraceCommandException command)
            record.ErrorDetails = new ErrorDetails(command.OneLine) { RecommendedAction = $"It is wrong here:\n{command.CaretText}{(command.Advice is null ? "" : $"\n{command.Advice}")}" };
        else if (exception is ScriptException { Diagnostics: [var first, ..] } script)
            record.ErrorDetails = new ErrorDetails($"{first.Span}: {first.Message}{(first.Hint is null ? "" : $" ({first.Hint})")}") { RecommendedAction = script.Message };
        else if (exception is BpfMapValueException value)
            record.ErrorDetails = new ErrorDetails(value.Message) { RecommendedAction = $"The map takes as its {value.Part}: {value.Expected}" };
        // The shell shows the recommended action on a line of its own.
        else if (exception is KernelException { Advice: { } advice } kernel)
            record.ErrorDetails = new ErrorDetails(kernel.Summary) { RecommendedAction = advice };
        return record;
    }
}
