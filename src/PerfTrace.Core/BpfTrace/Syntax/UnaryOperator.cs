namespace PerfTrace.BpfTrace;

internal enum UnaryOperator
{
    Negate,
    LogicalNot,
    Complement,
    Dereference,
    AddressOf,
    PreIncrement,
    PreDecrement,
    PostIncrement,
    PostDecrement,
}
