using System.Diagnostics;
using System.Globalization;
using PerfTrace.Kernel;
using PerfTrace.Symbols;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Symbols;

public sealed class PerfMapCodeTests : IDisposable
{
    private readonly TemporaryTree _tree = new();
    private readonly SymbolStore _store = new(SystemPaths.Default);

    [Fact]
    public void Lines_are_functions_and_others_are_passed_over()
    {
        _tree.With("perf-1.map", "1000 20 void [app] Program::Main()\nnonsense\n2000\n2000 10\n2000 10 \n0x3000 0x8 stub <a b>\r\n4000 0 empty\nffffffffffffffff ff end\n5000 10 half");
        CodeSymbols code = Open("perf-1.map");

        Assert.Equal(new CodeSymbol("void [app] Program::Main()", 0x1000, 0x20), code.Find(0x101f));
        Assert.Same(code.Find(0x1000), code.Find(0x1001));
        Assert.Equal("stub <a b>", code.Find(0x3007)?.Name);
        Assert.Null(code.Find(0x1020));
        Assert.Null(code.Find(0x2000));
        Assert.Null(code.Find(0x4000));
        Assert.Null(code.Find(0x5000)); // the line is not whole yet
        Assert.Null(code.Missing);
    }

    [Fact]
    public void What_was_told_last_is_there_and_growth_is_seen()
    {
        _tree.With("perf-1.map", "1000 100 first\n1000 100 again\n1080 10 inside\n");
        CodeSymbols code = Open("perf-1.map");
        Assert.Equal("again", code.Find(0x1000)?.Name);
        Assert.Equal("inside", code.Find(0x1088)?.Name);
        CodeSymbol? kept = code.Find(0x10ff);
        Assert.Null(code.Find(0x9000));

        File.AppendAllText(_tree["perf-1.map"], "9000 10 later\n1040 4 replaced\n");
        Thread.Sleep(150);

        Assert.Equal("later", code.Find(0x9001)?.Name);
        Assert.Equal("replaced", code.Find(0x1041)?.Name);
        Assert.Same(kept, code.Find(0x10ff));

        // Begun anew by another process of the same number.
        File.WriteAllText(_tree["perf-1.map"], "a000 10 other\n");
        Thread.Sleep(150);
        Assert.Equal("other", code.Find(0xa000)?.Name);
        Assert.Null(code.Find(0x9001));
    }

    [Fact]
    public void What_is_no_regular_file_or_not_there_is_told()
    {
        _tree.With("real", "1000 10 f\n");
        File.CreateSymbolicLink(_tree["perf-1.map"], _tree["real"]);
        Assert.Equal(0, Command.Run("mkfifo", [_tree["perf-2.map"]]).ExitCode);

        CodeSymbols link = Open("perf-1.map"), pipe = Open("perf-2.map"), none = Open("perf-3.map");

        Assert.Null(link.Find(0x1000));
        Assert.Contains("symbolic link", link.Missing, StringComparison.Ordinal);
        Assert.Null(pipe.Find(0x1000));
        Assert.Contains("regular file", pipe.Missing, StringComparison.Ordinal);
        Assert.Null(none.Find(0x1000));
        Assert.Contains("DOTNET_PerfMapEnabled", none.Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_user_s_file_is_not_trusted_unless_that_user_runs_the_process()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can give a file to another user.");
        using Process other = Process.Start("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "sleep", "60"]);
        try
        {
            string own = $"perf-{other.Id}.map";
            _tree.With("perf-1.map", "1000 10 f\n").With(own, "1000 10 f\n");
            Assert.Equal(0, Command.Run("chown", ["65534", _tree["perf-1.map"], _tree[own]]).ExitCode);
            SpinWait.SpinUntil(() => Command.Run("stat", ["-c", "%u", $"/proc/{other.Id}"]).Output.Trim() == "65534", TimeSpan.FromSeconds(10));
            CodeSymbols foreign = Open("perf-1.map");

            Assert.Null(foreign.Find(0x1000));
            Assert.Contains("not trusted", foreign.Missing, StringComparison.Ordinal);
            Assert.Equal("f", Open(own, other.Id).Find(0x1000)?.Name);
        }
        finally
        {
            other.Kill();
            other.WaitForExit();
        }
    }

    [Fact]
    public void The_map_of_a_container_is_read_through_its_root_by_its_own_number()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can make a container.");
        // A process that is number 1 of its namespace, and has a /tmp of its own.
        string script = $"mount -t tmpfs none /tmp && echo '1000 10 contained' > /tmp/perf-1.map && exec sleep 60";
        using Process unshare = Process.Start("unshare", ["--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script]);
        try
        {
            int inner = 0;
            SpinWait.SpinUntil(() => (inner = ChildOf(unshare.Id)) != 0 && File.Exists($"/proc/{inner}/root/tmp/perf-1.map"), TimeSpan.FromSeconds(10));
            Thread.Sleep(100);

            CodeSymbols code = new CodeModule(_store, string.Create(CultureInfo.InvariantCulture, $"/tmp/perf-{inner}.map"), CodeModuleKind.Generated, null, inner).Symbols;

            Assert.True(code.Find(0x1000)?.Name == "contained", code.Missing);
        }
        finally
        {
            unshare.Kill();
            unshare.WaitForExit();
        }
    }

    [Fact]
    public void A_NET_program_s_methods_are_found()
    {
        // This program is one; the runtime writes the map when it is told to.
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(Environment.ProcessPath!, [.. Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(Helper).Assembly.Location] : Array.Empty<string>(), Helper.Switch, "no-such-helper"])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            },
        };
        process.StartInfo.Environment["DOTNET_PerfMapEnabled"] = "1";
        process.Start();
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        string path = string.Create(CultureInfo.InvariantCulture, $"/tmp/perf-{process.Id}.map");
        try
        {
            var code = (GeneratedCode)new CodeModule(_store, path, CodeModuleKind.Generated, null, process.Id).Symbols;
            string line = File.ReadLines(path).First(l => l.Contains("Helper::Run", StringComparison.Ordinal));
            ulong start = Convert.ToUInt64(line.Split(' ')[0], 16);

            Assert.Contains("Helper::Run", code.Find(start + 1)?.Name, StringComparison.Ordinal);
            Assert.True(code.Count > 100);
        }
        finally
        {
            File.Delete(path);
            File.Delete($"/tmp/perfinfo-{process.Id}.map");
        }
    }

    [Fact]
    public void Whatever_a_map_holds_is_read_or_passed_over()
    {
        var random = new Random(20261121);
        byte[] good = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 30).Select(i => string.Create(CultureInfo.InvariantCulture, $"{0x1000 + (i * 16):x} 10 method {i}\n"))));
        int found = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = good[..random.Next(1, good.Length)];
            for (int n = random.Next(1, 8); n > 0; n--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var functions = new GeneratedFunctions();
            Assert.InRange(PerfMapParser.Parse(bytes, functions), 0, bytes.Length);
            for (int n = 0; n < 20; n++)
                found += functions.IndexOf((ulong)random.Next(0x1000, 0x1200)) is >= 0 and var index && functions[index].Name.Length > 0 ? 1 : 0;
        }
        Assert.True(found > 1000);
    }

    public void Dispose()
    {
        _store.Dispose();
        _tree.Dispose();
    }

    private CodeSymbols Open(string name, int processId = -1) => new CodeModule(_store, _tree[name], CodeModuleKind.Generated, null, processId).Symbols;

    private static int ChildOf(int parent)
    {
        string text = File.ReadAllText($"/proc/{parent}/task/{parent}/children").Trim();
        return int.TryParse(text.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int child) ? child : 0;
    }
}
