using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PerfTrace.Tests.Support;

/// <summary>A headless Chromium with one page, driven over the DevTools protocol. Its profile is a directory of its own, and goes with it.</summary>
internal sealed class Browser : IDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _profile = Directory.CreateTempSubdirectory("perftrace-browser-").FullName;
    private readonly Process _process;
    private readonly ClientWebSocket _socket = new();
    private readonly List<JsonObject> _events = [];
    private readonly string _session;
    private int _id;

    private Browser(string program, int width, int height)
    {
        var start = new ProcessStartInfo(program)
        {
            ArgumentList =
            {
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions", "--disable-background-networking",
                $"--window-size={width},{height}", "--remote-debugging-port=0", $"--user-data-dir={_profile}", "about:blank",
            },
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        try
        {
            // What it says of the machine is of no interest, and must not fill the pipes.
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
            _socket.ConnectAsync(Address(), Token()).GetAwaiter().GetResult();
            string target = Ask("Target.createTarget", new() { ["url"] = "about:blank" })["targetId"]!.GetValue<string>();
            _session = Ask("Target.attachToTarget", new() { ["targetId"] = target, ["flatten"] = true })["sessionId"]!.GetValue<string>();
            Call("Emulation.setDeviceMetricsOverride", new() { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = false });
            foreach (string domain in (string[])["Page", "Network", "Runtime", "Log"])
                Call($"{domain}.enable");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Addresses that the page has asked for.</summary>
    public IEnumerable<string> Requests => Events("Network.requestWillBeSent").Select(static e => e["request"]!["url"]!.GetValue<string>());

    /// <summary>What the page's script has thrown, and what the browser has complained of.</summary>
    public IEnumerable<string> Problems =>
        Events("Runtime.exceptionThrown").Concat(Events("Log.entryAdded")).Select(static e => e.ToJsonString());

    /// <summary>Starts it; skips the test where no Chromium is installed.</summary>
    public static Browser Start(int width, int height)
    {
        string? program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .SelectMany(static folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "Chromium is not installed.");
        return new Browser(program!, width, height);
    }

    public void Open(string file)
    {
        Call("Page.navigate", new() { ["url"] = new Uri(file).AbsoluteUri });
        var clock = Stopwatch.StartNew();
        while (!Evaluate<bool>("document.readyState === 'complete' && document.documentElement.classList.contains('live')"))
        {
            Assert.True(clock.Elapsed < Patience, $"The page's script has not run: {string.Join('\n', Problems)}");
            Thread.Sleep(20);
        }
    }

    /// <summary>The value of an expression in the page.</summary>
    public T Evaluate<T>(string expression)
    {
        JsonObject result = Call("Runtime.evaluate", new() { ["expression"] = expression, ["returnByValue"] = true });
        Assert.True(result["exceptionDetails"] is null, $"{expression}: {result["exceptionDetails"]?.ToJsonString()}");
        return result["result"]!["value"]!.GetValue<T>();
    }

    public void Click(double x, double y)
    {
        foreach (string type in (string[])["mouseMoved", "mousePressed", "mouseReleased"])
            Call("Input.dispatchMouseEvent", new() { ["type"] = type, ["x"] = x, ["y"] = y, ["button"] = type == "mouseMoved" ? "none" : "left", ["clickCount"] = type == "mouseMoved" ? 0 : 1 });
    }

    /// <summary>Presses a key: <c>a</c>, <c>Enter</c>, <c>Escape</c>; 2 is Ctrl.</summary>
    public void Press(string key, int code, int modifiers = 0)
    {
        JsonObject Key(string type) => new()
        {
            ["type"] = type, ["key"] = key, ["code"] = key, ["windowsVirtualKeyCode"] = code, ["modifiers"] = modifiers,
        };
        JsonObject down = Key(key.Length == 1 && modifiers == 0 ? "keyDown" : "rawKeyDown");
        if (key.Length == 1 && modifiers == 0)
            down["text"] = key;
        Call("Input.dispatchKeyEvent", down);
        Call("Input.dispatchKeyEvent", Key("keyUp"));
    }

    public void Type(string text) => Call("Input.insertText", new() { ["text"] = text });

    public void UseDarkColours() =>
        Call("Emulation.setEmulatedMedia", new() { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = "dark" }) });

    /// <summary>A picture of the window, as PNG.</summary>
    public byte[] Screenshot() => Convert.FromBase64String(Call("Page.captureScreenshot", new() { ["format"] = "png" })["data"]!.GetValue<string>());

    public void Dispose()
    {
        _socket.Dispose();
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        // What it started last may still write.
        for (int attempt = 0; Directory.Exists(_profile); attempt++)
        {
            try
            {
                Directory.Delete(_profile, recursive: true);
            }
            catch (IOException) when (attempt < 20)
            {
                Thread.Sleep(100);
            }
        }
    }

    // Two lines in a file of the profile, once it listens: the port, and the path.
    private Uri Address()
    {
        string file = Path.Combine(_profile, "DevToolsActivePort");
        var clock = Stopwatch.StartNew();
        while (true)
        {
            Assert.False(_process.HasExited, "The browser ended before it listened.");
            Assert.True(clock.Elapsed < Patience, "The browser does not listen.");
            if (File.Exists(file) && File.ReadAllLines(file) is [var port, var path])
                return new Uri($"ws://127.0.0.1:{port}{path}");
            Thread.Sleep(20);
        }
    }

    private static CancellationToken Token() => new CancellationTokenSource(Patience).Token;

    private IEnumerable<JsonNode> Events(string method)
    {
        // What was sent before the answer to a question has come before it.
        Call("Runtime.evaluate", new() { ["expression"] = "0" });
        return _events.Where(e => e["method"]?.GetValue<string>() == method).Select(static e => e["params"]!);
    }

    private JsonObject Call(string method, JsonObject? parameters = null) => Ask(method, parameters, _session);

    private JsonObject Ask(string method, JsonObject? parameters = null, string? session = null)
    {
        int id = ++_id;
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        if (session is not null)
            message["sessionId"] = session;
        _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, Token()).GetAwaiter().GetResult();
        while (true)
        {
            JsonObject answer = Receive();
            if (answer["id"]?.GetValue<int>() != id)
            {
                _events.Add(answer);
                continue;
            }
            Assert.True(answer["error"] is null, $"{method}: {answer["error"]?.ToJsonString()}");
            return answer["result"]!.AsObject();
        }
    }

    private JsonObject Receive()
    {
        using var text = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        WebSocketReceiveResult part;
        do
        {
            part = _socket.ReceiveAsync(buffer, Token()).GetAwaiter().GetResult();
            text.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonSerializer.Deserialize<JsonObject>(text.ToArray())!;
    }
}
