using System.IO.Pipes;
using PerfTrace.Host;
using PerfTrace.Host.Binding;
using PerfTrace.Host.Running;
using PerfTrace.Host.Terminal;
using PerfTrace.Tests.Host.TestCmdlets;

namespace PerfTrace.Tests.Host.Running;

/// <summary>A reader like <c>head</c>, which leaves when it has enough.</summary>
public sealed class OutputClosedTests
{
    [Fact]
    public void EndsThePipelineWithoutAnError()
    {
        TraceJournal journal = TraceJournal.Begin();
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In);
        using var output = new PromptWriter(new DescriptorStream((int)pipe.ClientSafePipeHandle.DangerousGetHandle()));
        using var error = new StringWriter();
        var observer = new RunObserver { OnObject = value => CloseAfterFirst(value, pipe) };
        var program = new HostProgram(HostConsole.OfText(output, error), () => new CommandTable(GetType().Assembly), AppContext.BaseDirectory, new StopState())
        {
            Observer = observer,
        };

        int exitCode = program.Run(["Write-Endlessly"]);

        Assert.Equal(0, exitCode);
        Assert.Equal("", error.ToString());
        Assert.Equal(["dispose"], journal.Lines);
        Assert.True(observer.Objects.Count < 1_000_000, "The pipeline went on after its output was closed.");
    }

    [Fact]
    public void WritingGoesThroughAsItIs()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In);
        using (var stream = new DescriptorStream((int)pipe.ClientSafePipeHandle.DangerousGetHandle()))
            stream.Write("grüße\n"u8);
        pipe.DisposeLocalCopyOfClientHandle();
        using var reader = new StreamReader(pipe);
        Assert.Equal("grüße\n", reader.ReadToEnd());
    }

    [Fact]
    public void AFullDeviceIsAnError()
    {
        using FileStream full = File.OpenWrite("/dev/full");
        using var output = new StreamWriter(new DescriptorStream((int)full.SafeFileHandle.DangerousGetHandle())) { AutoFlush = true };
        using var error = new StringWriter();
        var program = new HostProgram(HostConsole.OfText(output, error), () => new CommandTable(GetType().Assembly), AppContext.BaseDirectory, new StopState());
        Assert.Equal(1, program.Run(["Write-Item", "1"]));
        Assert.Contains("No space left on device", error.ToString(), StringComparison.Ordinal);
    }

    private static void CloseAfterFirst(object? value, AnonymousPipeServerStream pipe)
    {
        if (value is 1)
            pipe.Dispose();
    }
}
