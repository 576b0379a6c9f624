using System.Globalization;
using System.Text.RegularExpressions;
using PerfTrace.Kernel;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Symbols;

public sealed partial class UserUnwinderTests
{
    // Without frame pointers: recursion, callbacks through libc, a thread, the vDSO, a signal in the midst of it.
    private const string Source = """
        #define _GNU_SOURCE
        #include <pthread.h>
        #include <signal.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/time.h>
        #include <time.h>
        static volatile long total;
        static char pad[64];
        __attribute__((noinline)) static long leaf(long n) { for (long i = 0; i < n; i++) total += i * n; return total; }
        __attribute__((noinline)) static long down(int depth, long n) { char room[100]; memset(room, depth, sizeof room); long r = depth ? down(depth - 1, n) : leaf(n); total += room[depth % 100]; return r + 1; }
        static int compare(const void *a, const void *b) { leaf(200); return *(const int *)a - *(const int *)b; }
        static void on_alarm(int number) { leaf(20000); }
        static void *thread(void *unused) { for (int i = 0; i < 50; i++) down(10, 200000); return 0; }
        int main(void) {
            struct itimerval timer = { { 0, 5000 }, { 0, 5000 } };
            struct sigaction action = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
            sigaction(SIGALRM, &action, 0); setitimer(ITIMER_REAL, &timer, 0);
            pthread_t t; pthread_create(&t, 0, thread, 0);
            int values[3000]; for (int i = 0; i < 3000; i++) values[i] = (i * 7919) % 3000;
            for (int round = 0; round < 8; round++) { qsort(values, 3000, sizeof values[0], compare); for (int i = 0; i < 3000; i++) values[i] = (i * 7919 + round) % 3000; }
            for (int i = 0; i < 40; i++) down(i * 2, 200000);
            struct timespec now; for (int i = 0; i < 3000000; i++) clock_gettime(CLOCK_MONOTONIC, &now);
            pthread_join(t, 0); return 0; }
        """;

    [Fact]
    public void Stacks_are_those_that_perf_script_unwinds()
    {
        using var tree = new TemporaryTree();
        tree.With("stacks.c", Source);
        Assert.Equal(0, Command.Run("gcc", ["-O2", "-fomit-frame-pointer", "-pthread", "-o", tree["stacks"], tree["stacks.c"]]).ExitCode);
        // perf unwinds the vdso from its cache alone.
        Assert.Equal(0, Command.Perf(["--buildid-dir", tree["cache"], "record", "-q", "-o", tree["perf.data"], "-e", "cpu-clock:u", "-F", "4000", "--call-graph", "dwarf,16384", "--", tree["stacks"]]).ExitCode);
        string text = Command.Perf(["--buildid-dir", tree["cache"], "script", "-i", tree["perf.data"], "--no-inline", "-F", "comm,tid,time,ip"], ("LC_ALL", "C")).Output;
        Dictionary<string, string[]> theirs = Parse(text);
        using var store = new SymbolStore(SystemPaths.Default);
        using var unwinder = new UserUnwinder();
        StackDumps dumps = StackDumps.Read(tree["perf.data"], "stacks", store);
        var addresses = new ulong[127];
        var wrong = new List<string>();
        int compared = 0, deepest = 0;
        foreach (StackDumps.Sample sample in dumps.Samples)
        {
            UnwindMachine machine = UnwindMachine.Of(ElfMachine.X86_64, sample.Is32Bit)!;
            int count = unwinder.Unwind(dumps, machine, new UserRegisters(dumps.Mask, sample.Registers, sample.Is32Bit), sample.Stack, addresses);
            string key = string.Create(CultureInfo.InvariantCulture, $"{sample.ThreadId} {sample.Time / 1_000_000_000}.{sample.Time % 1_000_000_000 / 1000:d6}");
            if (!theirs.TryGetValue(key, out string[]? expected))
                continue;
            // perf script shows places in files.
            string[] ours = [.. addresses.Take(count).Select(a => (dumps.Find(a) is { } found && found.Module.Kind != CodeModuleKind.Unknown ? found.Place : a).ToString("x", CultureInfo.InvariantCulture))];
            compared++;
            deepest = Math.Max(deepest, count);
            if (!ours.SequenceEqual(expected))
                wrong.Add($"{key}\n   ours {string.Join(' ', ours)}\n   perf {string.Join(' ', expected)}");
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {compared} differ:\n{string.Join('\n', wrong.Take(12))}");
        Assert.True(compared > 400, $"Only {compared} stacks of {dumps.Samples.Count} were compared.");
        Assert.InRange(deepest, 50, 127);
    }

    private static Dictionary<string, string[]> Parse(string text)
    {
        var stacks = new Dictionary<string, string[]>();
        foreach (string block in text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            string[] lines = block.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Match head = Head().Match(lines[0]);
            if (head.Success)
                stacks[$"{head.Groups[1].Value} {head.Groups[2].Value}"] = [.. lines.Skip(1).Select(l => l.Trim())];
        }
        return stacks;
    }

    // "stacks 21874 35047.220923: "
    [GeneratedRegex(@"^\s*\S+\s+(\d+)\s+(\d+\.\d+):")]
    private static partial Regex Head();
}
