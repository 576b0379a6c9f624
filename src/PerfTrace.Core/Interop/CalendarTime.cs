using System.Text;

namespace PerfTrace.Interop;

/// <summary>localtime_r(3) and strftime(3).</summary>
internal static unsafe class CalendarTime
{
    // What a date with all its names needs many times over; strftime(3) tells of too little room and of an empty text alike, by 0.
    private const int LargestText = 16 << 10;

    /// <summary>A time of day in the local time zone.</summary>
    /// <param name="format">strftime(3)'s.</param>
    /// <param name="seconds">Since 1970.</param>
    public static string Format(string format, long seconds)
    {
        NativeMethods.BrokenDownTime time;
        if (NativeMethods.LocalTime(&seconds, &time) == null)
            return "";
        for (int room = Math.Min((format.Length * 8) + 64, LargestText); ; room = LargestText)
        {
            byte[] buffer = new byte[room];
            fixed (byte* text = buffer)
            {
                nuint length = NativeMethods.FormatTime(text, (nuint)room, format, &time);
                if (length > 0 || room == LargestText)
                    return Encoding.UTF8.GetString(text, (int)length);
            }
        }
    }
}
