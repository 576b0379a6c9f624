using PerfTrace.Host.Terminal;

namespace PerfTrace.Tests.Host.Running;

public sealed class PromptWriterTests
{
    [Fact]
    public void TextArrivesWithoutAFlush()
    {
        using var stream = new SignallingStream();
        using var writer = new PromptWriter(stream);
        writer.WriteLine("first");
        Assert.True(stream.Written.Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.Equal("first\n"u8.ToArray(), stream.ToArray());
    }

    [Fact]
    public void AFailureInTheBackgroundIsToldAtTheNextWrite()
    {
        using var stream = new SignallingStream { Failure = new IOException("gone") };
        using var writer = new PromptWriter(stream);
        writer.Write("lost");
        Assert.True(stream.Written.Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        // The failure is noted after the stream has thrown; the writer's lock orders the two.
        Assert.True(SpinWait.SpinUntil(() => Record.Exception(() => writer.Write("x")) is IOException { Message: "gone" }, TimeSpan.FromSeconds(10)));
    }

    private sealed class SignallingStream : MemoryStream
    {
        public ManualResetEventSlim Written { get; } = new();

        public IOException? Failure { get; init; }

        public override void Write(byte[] buffer, int offset, int count)
        {
            base.Write(buffer, offset, count);
            Written.Set();
            if (Failure is not null)
                throw Failure;
        }

        protected override void Dispose(bool disposing)
        {
            Written.Dispose();
            base.Dispose(disposing);
        }
    }
}
