using System.Text.Json;

namespace PerfTrace.Tests.Support;

/// <summary>bpftool, which shows what BPF has in the kernel.</summary>
internal static class Bpftool
{
    public static string Run(params string[] arguments)
    {
        string? path = new[] { "/usr/sbin/bpftool", "/usr/bin/bpftool", "/usr/local/sbin/bpftool", "/usr/local/bin/bpftool" }.FirstOrDefault(File.Exists);
        Assert.True(path is not null, "bpftool is not installed: ./test.sh installs it (Debian and Fedora: bpftool, Ubuntu: linux-tools-generic).");
        Command.Result result = Command.Run(path, arguments);
        Assert.True(result.ExitCode == 0, $"bpftool {string.Join(' ', arguments)}: {result.Error}{result.Output}");
        return result.Output;
    }

    public static JsonElement Json(params string[] arguments)
    {
        using JsonDocument document = JsonDocument.Parse(Run(["-j", .. arguments]));
        return document.RootElement.Clone();
    }
}
