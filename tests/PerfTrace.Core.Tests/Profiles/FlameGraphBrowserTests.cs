using System.Globalization;
using PerfTrace.Profiles;
using PerfTrace.Tests.Support;

namespace PerfTrace.Tests.Profiles;

/// <summary>The picture in a browser: it renders, zooms, searches and asks the network for nothing.</summary>
public sealed class FlameGraphBrowserTests : IDisposable
{
    private const string Visible = "[...document.querySelectorAll('.f')].filter(f => f.style.display !== 'none')";

    private readonly string _folder = Directory.CreateTempSubdirectory("perftrace-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_flame_graph_zooms_and_searches()
    {
        string file = Draw(new FlameGraphOptions { Title = "server <&> \"workers\"" });
        using Browser browser = Browser.Start(1280, 620);
        browser.Open(file);

        Assert.Equal(1280, browser.Evaluate<int>("Math.round(document.documentElement.getBoundingClientRect().width)"));
        Assert.Equal("server <&> \"workers\"", browser.Evaluate<string>("document.querySelector('.title').textContent"));
        int all = browser.Evaluate<int>($"{Visible}.length");
        Assert.Equal(FrameCount, all);
        KeepScreenshot(browser, "flamegraph.png");

        // A click: the frame takes the whole width, what is beside it goes, what it was called by stays.
        (double x, double y) = Middle(browser, "parse<T>(T&&)");
        browser.Click(x, y);
        Assert.Equal(1280 - 24, Width(browser, "parse<T>(T&&)"), 1.0);
        Assert.Equal(1280 - 24, Width(browser, "main"), 1.0);
        Assert.False(browser.Evaluate<bool>($"{Visible}.some(f => f.box.name === 'evaluate')"));
        Assert.Contains("of what is shown", Details(browser), StringComparison.Ordinal);
        Assert.Contains("50.00 %", Details(browser), StringComparison.Ordinal);

        // Escape goes back.
        browser.Press("Escape", 27);
        Assert.Equal(all, browser.Evaluate<int>($"{Visible}.length"));

        // The search marks what it finds, and counts no frame twice that is inside another.
        browser.Press("/", 191);
        browser.Type("^(malloc|parse)");
        Assert.Equal("60.00 % in 3 frames", browser.Evaluate<string>("document.getElementById('matched').textContent"));
        Assert.Equal(["malloc", "malloc", "parse<T>(T&&)"], browser.Evaluate<string>("[...document.querySelectorAll('.f.hit')].map(f => f.box.name).sort().join('|')").Split('|'));
        KeepScreenshot(browser, "flamegraph-search.png");
        browser.Press("Escape", 27);
        Assert.Equal(0, browser.Evaluate<int>("document.querySelectorAll('.f.hit').length"));

        // What is no pattern is searched for as it is.
        browser.Press("f", 70, modifiers: 2);
        browser.Type("<T>(");
        Assert.Equal("50.00 % in 1 frames", browser.Evaluate<string>("document.getElementById('matched').textContent"));
        browser.Press("Escape", 27);

        Assert.Equal([new Uri(file).AbsoluteUri], browser.Requests.Where(static u => u != "about:blank"));
        Assert.Empty(browser.Problems);
    }

    [Fact]
    public void Keys_go_from_frame_to_frame()
    {
        using Browser browser = Browser.Start(900, 600);
        browser.Open(Draw(new FlameGraphOptions()));
        browser.Press("Tab", 9);
        Assert.Equal("all", browser.Evaluate<string>("document.activeElement.box.name"));
        browser.Press("Tab", 9);
        Assert.Equal("find", browser.Evaluate<string>("document.activeElement.id"));
        browser.Press("Tab", 9, modifiers: 8);
        foreach (string expected in (string[])["server", "main", "parse<T>(T&&)"])
        {
            browser.Press("ArrowUp", 38);
            Assert.Equal(expected, browser.Evaluate<string>("document.activeElement.box.name"));
        }
        browser.Press("ArrowLeft", 37);
        Assert.Equal("evaluate", browser.Evaluate<string>("document.activeElement.box.name"));
        browser.Press("ArrowRight", 39);
        browser.Press("Enter", 13);
        Assert.Equal(900 - 24, Width(browser, "parse<T>(T&&)"), 1.0);
        browser.Press("ArrowDown", 40);
        Assert.Equal("main", browser.Evaluate<string>("document.activeElement.box.name"));
        Assert.Contains("main", browser.Evaluate<string>("document.activeElement.getAttribute('aria-label')"), StringComparison.Ordinal);
        Assert.Empty(browser.Problems);
    }

    [Fact]
    public void It_follows_the_dark_scheme()
    {
        using Browser browser = Browser.Start(1280, 620);
        browser.Open(Draw(new FlameGraphOptions()));
        const string background = "getComputedStyle(document.documentElement).backgroundColor";
        string light = browser.Evaluate<string>(background);
        browser.UseDarkColours();

        Assert.NotEqual(light, browser.Evaluate<string>(background));
        KeepScreenshot(browser, "flamegraph-dark.png");
    }

    [Fact]
    public void A_deep_one_opens_at_its_root_with_the_search_in_sight()
    {
        string deep = string.Join(';', Enumerable.Range(0, 120).Select(i => $"f{i}"));
        using Browser browser = Browser.Start(900, 500);
        browser.Open(Draw(new FlameGraphOptions(), Tree([$"{deep} 3", .. Stacks])));

        KeepScreenshot(browser, "flamegraph-deep.png");
        (double _, double root) = Middle(browser, "all");
        Assert.InRange(root, 400, 500);
        Assert.InRange(browser.Evaluate<double>("document.getElementById('find').getBoundingClientRect().top"), 0, 100);
        (double x, double y) = Middle(browser, "f3");
        browser.Click(x, y);
        Assert.InRange(browser.Evaluate<double>("document.getElementById('details').getBoundingClientRect().top"), 440, 500);
        Assert.Empty(browser.Problems);
    }

    [Fact]
    public void A_difference_is_red_and_blue()
    {
        CallTree before = Tree("server;main;parse 80", "server;main;evaluate 20");
        string file = Draw(new FlameGraphOptions { Baseline = before, IsIcicle = true, Width = 800 }, Tree("server;main;parse 30", "server;main;evaluate 60", "server;main;new 10"));
        using Browser browser = Browser.Start(1280, 400);
        browser.Open(file);

        Assert.Equal(800, browser.Evaluate<int>("Math.round(document.documentElement.getBoundingClientRect().width)"));
        Assert.Equal("b8", browser.Evaluate<string>(ClassOf("parse")));
        Assert.Equal("r6", browser.Evaluate<string>(ClassOf("evaluate")));
        Assert.Equal("r2", browser.Evaluate<string>(ClassOf("new")));
        Assert.Equal("z", browser.Evaluate<string>(ClassOf("main")));
        (double x, double y) = Middle(browser, "parse");
        browser.Click(x, y);
        Assert.Contains("−50.00 points", Details(browser), StringComparison.Ordinal);
        // The root at the top.
        Assert.True(browser.Evaluate<bool>("document.querySelectorAll('.f')[0].getBoundingClientRect().top < document.querySelectorAll('.f')[1].getBoundingClientRect().top"));
        KeepScreenshot(browser, "flamegraph-difference.png");
    }

    private static readonly string[] Stacks =
    [
        "server;main;parse<T>(T&&) 20", "server;main;parse<T>(T&&);malloc 15", "server;main;parse<T>(T&&);read;entry_SYSCALL_64_[k];ksys_read_[k];vfs_read_[k] 15",
        "server;main;evaluate 20", "server;main;evaluate;malloc 10", "server;main;evaluate;compiled_[j] 10", "worker/0;start;poll 10",
    ];

    private const int FrameCount = 15;

    private static string ClassOf(string name) => $"[...document.querySelectorAll('.f')].find(f => f.box.name === '{name}').classList[1]";

    private static (double X, double Y) Middle(Browser browser, string name)
    {
        string place = browser.Evaluate<string>(
            $"(() => {{ const r = [...document.querySelectorAll('.f')].find(f => f.box.name === '{name}').querySelector('rect').getBoundingClientRect(); return `${{r.x + r.width / 2}} ${{r.y + r.height / 2}}`; }})()");
        string[] parts = place.Split(' ');
        return (double.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    private static double Width(Browser browser, string name) =>
        browser.Evaluate<double>($"[...document.querySelectorAll('.f')].find(f => f.box.name === '{name}').querySelector('rect').getBoundingClientRect().width");

    private static string Details(Browser browser) => browser.Evaluate<string>("document.getElementById('details').textContent");

    // Kept as artefacts of the run.
    private static void KeepScreenshot(Browser browser, string name)
    {
        byte[] picture = browser.Screenshot();
        Assert.True(picture.Length > 5_000);
        File.WriteAllBytes(Repository.Artifact(name), picture);
    }

    private static CallTree Tree(params string[] stacks)
    {
        var builder = new CallTreeBuilder(new CallTreeOptions());
        foreach (string stack in stacks)
            builder.Add(FoldedStack.Parse(stack));
        return builder.Trees[0];
    }

    private string Draw(FlameGraphOptions options, CallTree? tree = null)
    {
        string file = Path.Combine(_folder, "flame graph.svg");
        using var writer = new StreamWriter(file);
        FlameGraph.Write(writer, tree ?? Tree(Stacks), options);
        return file;
    }
}
