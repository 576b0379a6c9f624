using System.Globalization;
using PerfTrace.Events;
using PerfTrace.Events.Printing;
using PerfTrace.Kernel;

namespace PerfTrace.Tests.Events.Printing;

/// <summary>Every event of the kernel that runs, whichever it is.</summary>
[Trait("Machine", "Both")]
public sealed class PrintFormatCoverageTests(ITestOutputHelper output)
{
    [Fact]
    public void All_formats_of_the_running_kernel_are_interpreted()
    {
        List<PrintFormat> formats = [.. RunningFormats().Select(PrintFormat.Compile)];
        List<PrintFormat> incomplete = [.. formats.Where(static f => !f.IsComplete)];
        double share = 100.0 * (formats.Count - incomplete.Count) / formats.Count;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{formats.Count - incomplete.Count} of {formats.Count} print formats are interpreted completely: {share:F2} %"));
        foreach (PrintFormat format in incomplete)
            output.WriteLine($"{format.Format.FullName}: {format.Problem}");

        Assert.InRange(formats.Count, 500, 10_000);
        // What is left must be functions of single drivers.
        Assert.All(incomplete, static f => Assert.StartsWith("the kernel's function ", f.Problem, StringComparison.Ordinal));
        Assert.InRange(incomplete.Count, 0, formats.Count / 200);
    }

    [Fact]
    public void An_empty_record_and_one_of_ones_have_a_text_for_every_format()
    {
        byte[] ones = new byte[200];
        Array.Fill(ones, (byte)0xff);
        foreach (EventFormat format in RunningFormats())
        {
            PrintFormat compiled = PrintFormat.Compile(format);
            Assert.NotNull(compiled.Render([], PrintEnvironment.Current));
            Assert.NotNull(compiled.Render(ones, PrintEnvironment.Current));
        }
    }

    internal static IEnumerable<EventFormat> RunningFormats()
    {
        string events = Path.Combine(TraceFileSystem.Require(SystemPaths.Default), "events");
        foreach (string system in Directory.EnumerateDirectories(events))
        {
            foreach (string folder in Directory.EnumerateDirectories(system))
            {
                string path = Path.Combine(folder, "format");
                if (File.Exists(path))
                    yield return EventFormatParser.Parse(Path.GetFileName(system), KernelFile.ReadText(path));
            }
        }
    }
}
