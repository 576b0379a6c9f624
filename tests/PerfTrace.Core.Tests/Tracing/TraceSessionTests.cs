using PerfTrace.Kernel;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Tracing;

public sealed class TraceSessionTests
{
    [Fact]
    public void What_is_owned_is_released_in_reverse_and_once()
    {
        var session = new TraceSession();
        var released = new List<string>();
        session.Own("a", () => released.Add("a"));
        OwnedTraceResource b = session.Own("b", () => released.Add("b"));
        session.Own("c", () => released.Add("c"));
        session.Own("d", () => released.Add("d")).Forget();

        b.Dispose();
        b.Dispose();
        Assert.Equal(["a", "c"], session.Owned);
        Assert.Empty(session.ReleaseAll());
        Assert.Empty(session.ReleaseAll());

        Assert.Equal(["b", "c", "a"], released);
        Assert.Empty(session.Owned);
    }

    [Fact]
    public void What_can_not_be_undone_does_not_keep_the_rest()
    {
        var session = new TraceSession();
        bool released = false;
        session.Own("first", () => released = true);
        session.Own("second", static () => throw TraceInstanceNotFoundException.Gone("x"));

        Assert.IsType<TraceInstanceNotFoundException>(Assert.Single(session.ReleaseAll()));
        Assert.True(released);
    }

    [Fact]
    public void The_session_s_instance_is_made_once_and_goes_with_it()
    {
        var session = new TraceSession();
        Assert.Null(session.FindSessionInstance(SystemPaths.Default));

        TracingDirectory first = session.SessionInstance(SystemPaths.Default);
        try
        {
            Assert.Equal(TraceOwner.Current.NameOf("session"), first.Instance);
            Assert.Equal(first.Path, session.SessionInstance(SystemPaths.Default).Path);
            Assert.Equal(first.Path, TracingDirectory.Open(SystemPaths.Default, "session").Path);
            Assert.Single(session.Owned);
        }
        finally
        {
            Assert.Empty(session.ReleaseAll());
        }
        Assert.True(first.IsGone);
    }
}
