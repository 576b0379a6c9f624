namespace PerfTrace.BpfTrace;

internal enum IrArgumentKind
{
    Value,
    Number,
    Address,
    Map,
    Function,
}
