using System.Globalization;
using System.Text;
using PerfTrace.Events;

namespace PerfTrace.Tracing;

/// <summary>What stands before the message in a line of the <c>trace</c> file (trace_print_context() of kernel/trace/trace_output.c).</summary>
/// <param name="Command">The thread's name; null when it is not known or cut short.</param>
/// <param name="ThreadId">The thread.</param>
/// <param name="ProcessId">The process; -1 when not told.</param>
/// <param name="Cpu">The CPU.</param>
/// <param name="Time">Nanoseconds to the microsecond, or a count; <see cref="EventEnvelope.UnknownTime"/> where it counts from the first line.</param>
/// <param name="IsCount">The time is no time.</param>
/// <param name="Message">Where the message begins.</param>
internal readonly record struct TraceLine(string? Command, int ThreadId, int ProcessId, int Cpu, ulong Time, bool IsCount, int Message)
{
    private const int NameWidth = 16, ShortNameWidth = 8;
    private const ulong MostCpus = 1 << 15;

    /// <summary>Takes a line apart: <c>            bash-1977    [000] d..2.    17.709270: message</c>, with the process in parentheses before the CPU or without.</summary>
    public static TraceLine? Parse(ReadOnlySpan<byte> line)
    {
        // "%16s-%-7d ": a name has at most 15 bytes, whatever is in it, so that the dash is always in the same place.
        var at = new Cursor(line, NameWidth);
        if (!at.Take('-') || !at.Number(out ulong thread) || thread > int.MaxValue || !at.Blanks(1))
            return null;
        int process = -1;
        if (at.Take('('))
        {
            at.Blanks(0);
            if (at.Number(out ulong number) && number <= int.MaxValue)
                process = (int)number;
            else
                at.Skip('-');
            if (!at.Take(')') || !at.Take(' '))
                return null;
        }
        if (!at.Take('[') || !at.Number(out ulong cpu) || cpu > MostCpus || !at.Take(']') || !at.Take(' '))
            return null;
        // The flags, if they are shown, and the time: all up to the first colon.
        int colon = line[at.Place..].IndexOf(": "u8);
        if (colon < 0)
            return null;
        ReadOnlySpan<byte> context = line.Slice(at.Place, colon);
        int blank = context.LastIndexOf((byte)' ');
        ReadOnlySpan<byte> flags = blank < 0 ? [] : context[..blank].TrimEnd((byte)' ').TrimStart((byte)' ');
        const int longestFlags = 8;
        if (flags.Length > longestFlags || flags.Contains((byte)' ') || !TryTime(context[(blank + 1)..], out ulong time, out bool isCount))
            return null;
        string name = Encoding.UTF8.GetString(line[..NameWidth].TrimStart((byte)' '));
        return new TraceLine(NameOf(name, (int)thread, (int)cpu), (int)thread, process, (int)cpu, time, isCount, at.Place + colon + 2);
    }

    /// <summary>Takes a line of the latency format apart: <c>    bash-1977      0d..2.    4us : message</c>. Its times count from the first line.</summary>
    public static TraceLine? ParseLatency(ReadOnlySpan<byte> line)
    {
        var at = new Cursor(line, ShortNameWidth);
        if (!at.Take('-') || !at.Number(out ulong thread) || thread > int.MaxValue || !at.Blanks(1) || !at.Number(out ulong cpu) || cpu > MostCpus)
            return null;
        int colon = line[at.Place..].IndexOf(": "u8);
        if (colon < 0)
            return null;
        // "d..2.    4us!": flags, a number of microseconds or a count, a mark of how long it took.
        ReadOnlySpan<byte> context = line.Slice(at.Place, colon).TrimEnd((byte)' ');
        int blank = context.LastIndexOf((byte)' ');
        ReadOnlySpan<byte> time = context[(blank + 1)..];
        if (blank < 1 || time.Length == 0 || !char.IsAsciiDigit((char)time[0]))
            return null;
        ReadOnlySpan<byte> shown = line[..ShortNameWidth].TrimStart((byte)' ');
        // Cut to eight: a name that fills them may have been longer.
        string? name = shown.Length == ShortNameWidth ? null : Encoding.UTF8.GetString(shown);
        return new TraceLine(NameOf(name, (int)thread, (int)cpu), (int)thread, -1, (int)cpu, EventEnvelope.UnknownTime, false, at.Place + colon + 2);
    }

    /// <summary>"15514.428719" or "123": nanoseconds, or a count.</summary>
    public static bool TryTime(ReadOnlySpan<byte> text, out ulong time, out bool isCount)
    {
        time = 0;
        int point = text.IndexOf((byte)'.');
        isCount = point < 0;
        if (isCount)
            return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out time) && time != EventEnvelope.UnknownTime;
        const ulong most = ulong.MaxValue / 1_000_000_000 - 1;
        if (text.Length - point - 1 != 6
            || !ulong.TryParse(text[..point], NumberStyles.None, CultureInfo.InvariantCulture, out ulong seconds) || seconds > most
            || !ulong.TryParse(text[(point + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ulong microseconds))
        {
            return false;
        }
        time = (seconds * 1_000_000_000) + (microseconds * 1_000);
        return true;
    }

    // <...> stands for a name that the kernel has forgotten, <idle> for that of the idle task.
    private static string? NameOf(string? name, int threadId, int cpu) =>
        name is "<...>" ? null : threadId == 0 && name is "<idle>" ? string.Create(CultureInfo.InvariantCulture, $"swapper/{cpu}") : name;

    private ref struct Cursor(ReadOnlySpan<byte> line, int place)
    {
        private readonly ReadOnlySpan<byte> _line = line;

        public int Place { get; private set; } = place;

        public bool Take(char c)
        {
            if (Place >= _line.Length || _line[Place] != c)
                return false;
            Place++;
            return true;
        }

        public void Skip(char c)
        {
            while (Take(c))
            {
            }
        }

        public bool Blanks(int least)
        {
            int from = Place;
            Skip(' ');
            return Place - from >= least;
        }

        public bool Number(out ulong value)
        {
            int from = Place;
            while (Place < _line.Length && char.IsAsciiDigit((char)_line[Place]))
                Place++;
            return ulong.TryParse(_line[from..Math.Min(Place, _line.Length)], NumberStyles.None, CultureInfo.InvariantCulture, out value);
        }
    }
}
