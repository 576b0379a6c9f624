namespace PerfTrace.Profiles;

/// <summary>Writes profiles for other programs.</summary>
public static class ProfileExport
{
    /// <summary>The format needs the addresses of instructions.</summary>
    public static bool NeedsAddresses(ProfileFormat format) => format == ProfileFormat.Pprof;

    public static void Write(Stream stream, TimedProfile profile, ProfileFormat format, string name)
    {
        switch (format)
        {
            case ProfileFormat.Pprof:
                PprofWriter.Write(stream, profile);
                break;
            case ProfileFormat.Speedscope:
                SpeedscopeWriter.Write(stream, profile, name);
                break;
            case ProfileFormat.Gecko:
                GeckoWriter.Write(stream, profile, name);
                break;
            case ProfileFormat.ChromeTrace:
                ChromeTraceWriter.Write(stream, profile);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(format));
        }
    }
}
