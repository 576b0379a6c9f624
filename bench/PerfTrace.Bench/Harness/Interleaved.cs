namespace PerfTrace.Bench;

/// <summary>Measures two things in turn (A B A B …), so that what slows the machine down for a while slows both.</summary>
internal static class Interleaved
{
    /// <param name="rounds">Samples of each.</param>
    /// <param name="ours">Measures once and gives the figure.</param>
    /// <param name="peer">Likewise.</param>
    public static (Samples Ours, Samples Peer) Run(int rounds, Func<double> ours, Func<double> peer)
    {
        // The first of each pays for what later ones find ready: files in the page cache, compiled methods.
        _ = ours();
        _ = peer();
        var result = (Ours: new Samples(), Peer: new Samples());
        for (int round = 0; round < rounds; round++)
        {
            result.Ours.Add(ours());
            result.Peer.Add(peer());
        }
        return result;
    }
}
