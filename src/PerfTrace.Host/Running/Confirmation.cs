namespace PerfTrace.Host.Running;

/// <summary>An answer to "Are you sure?".</summary>
internal enum Confirmation
{
    Yes,
    YesToAll,
    No,
    NoToAll,
}
