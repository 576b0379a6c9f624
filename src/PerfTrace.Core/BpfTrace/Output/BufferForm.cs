namespace PerfTrace.BpfTrace;

/// <summary>How the bytes of a buffer are written.</summary>
internal enum BufferForm
{
    /// <summary><c>%r</c>: what is text as it is, <c>\x0a</c> for the rest.</summary>
    Text,
    /// <summary><c>%rx</c>: <c>\x0a\x61</c>.</summary>
    Escaped,
    /// <summary><c>%rh</c>: <c>0a 61</c>.</summary>
    Plain,
}
