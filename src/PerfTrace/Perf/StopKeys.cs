namespace PerfTrace.Commands;

/// <summary>
/// Lets Ctrl-C (or Enter, or q) at a terminal end a measurement that has no end of its own, so that its totals still reach the
/// pipeline. PowerShell's own Ctrl-C stops the whole pipeline and nothing can be written after it.
/// </summary>
internal sealed class StopKeys : IDisposable
{
    private const int PollMilliseconds = 40;

    private readonly CancellationTokenSource _source;
    private readonly Thread? _thread;
    private readonly ManualResetEventSlim _done = new();

    private StopKeys(CancellationToken stop)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (Console.IsInputRedirected || Console.IsOutputRedirected || !IsKeyboardOurs)
            return;
        Console.TreatControlCAsInput = true;
        _thread = new Thread(Poll) { IsBackground = true, Name = "perftrace keys" };
        _thread.Start();
    }

    public CancellationToken Token => _source.Token;

    /// <summary>The key to tell the user of.</summary>
    public string Key => _thread is null ? "Ctrl-C" : "q";

    // The stand-alone host gets SIGINT as a stop request and still prints what a cmdlet writes after it.
    private static bool IsKeyboardOurs => AppDomain.CurrentDomain.GetAssemblies().Any(static a => a.GetName().Name == "Microsoft.PowerShell.ConsoleHost");

    public static StopKeys Watch(CancellationToken stop) => new(stop);

    public void Dispose()
    {
        _done.Set();
        if (_thread is not null)
        {
            _thread.Join();
            Console.TreatControlCAsInput = false;
        }
        _done.Dispose();
        _source.Dispose();
    }

    private void Poll()
    {
        while (!_done.Wait(PollMilliseconds))
        {
            while (Console.KeyAvailable)
            {
                ConsoleKeyInfo key = Console.ReadKey(intercept: true);
                bool isControlC = key.Key == ConsoleKey.C && key.Modifiers.HasFlag(ConsoleModifiers.Control);
                if (isControlC || key.Key is ConsoleKey.Enter or ConsoleKey.Q)
                {
                    _source.Cancel();
                    return;
                }
            }
        }
    }
}
