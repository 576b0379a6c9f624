using PerfTrace.Bpf;
using PerfTrace.Kernel;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Bpf.Tools;

/// <summary>Puts a tool to work while something known happens.</summary>
public abstract class BpfToolFixture
{
    /// <summary>What this process starts, and nothing else.</summary>
    protected static BpfToolOptions Ours { get; } = new() { ProcessIds = [Environment.ProcessId] };

    /// <summary>What a tool tells of a workload, which is over when it returns.</summary>
    /// <param name="readsLater">Nothing is read before the workload is over.</param>
    protected static List<T> Watch<T>(string tool, BpfToolOptions options, Action workload, out long lost, bool readsLater = false)
    {
        using var symbols = new SymbolStore(SystemPaths.Default);
        using var stop = new CancellationTokenSource();
        using BpfToolSession session = BpfToolSession.Start(BpfTools.Find(tool, BpfTools.All), options, symbols, stop: stop.Token);
        Exception? problem = null;
        var worker = new Thread(() =>
        {
            try
            {
                workload();
            }
            catch (Exception e)
            {
                problem = e;
            }
            stop.Cancel();
        });
        worker.Start();
        if (readsLater)
            worker.Join();
        var all = new List<T>();
        object[] batch = new object[16];
        while (session.Fill(batch) is > 0 and var count)
            all.AddRange(batch.Take(count).Cast<T>());
        worker.Join();
        Assert.Null(problem);
        lost = session.Lost;
        return all;
    }

    protected static List<T> Watch<T>(string tool, BpfToolOptions options, Action workload)
    {
        List<T> all = Watch<T>(tool, options, workload, out long lost);
        Assert.Equal(0, lost);
        return all;
    }

    /// <summary>Runs a shell script.</summary>
    protected static string Shell(string script)
    {
        Command.Result result = Command.Run("/bin/sh", ["-c", script]);
        Assert.Equal("", result.Error);
        return result.Output;
    }
}
