using System.Diagnostics;
using System.Runtime.InteropServices;
using PerfTrace.Kernel;

namespace PerfTrace.Tests.Kernel;

[Trait("Machine", "Both")]
public sealed class SystemCallTableTests
{
    [Fact]
    public void NamesAndNumbersAreThoseOfTheMachine()
    {
        bool isArm64 = RuntimeInformation.OSArchitecture == Architecture.Arm64;
        SystemCallTable table = SystemCallTable.Current;

        Assert.Equal(isArm64 ? 63 : 0, table.NumberOf("read"));
        Assert.Equal("fstat", table.NameOf(isArm64 ? 80 : 5));
        Assert.Equal(isArm64 ? 80 : 5, table.NumberOf("newfstat"));
        Assert.Equal(isArm64 ? 241 : 298, table.NumberOf("perf_event_open"));
        Assert.Equal(435, table.NumberOf("clone3"));
        Assert.Equal(isArm64 ? 80 : 5, table.NumberOfName("fstat"));
        Assert.Null(table.NumberOfName("newfstat"));
        Assert.Null(table.NumberOf("fstat"));
        Assert.Null(table.NameOf(-1));
        Assert.Null(table.NameOf(table.Count));
    }

    [Fact]
    public void EachSystemCallWithEventsHasANumber()
    {
        string[] calls = [.. Directory.GetDirectories("/sys/kernel/tracing/events/syscalls", "sys_enter_*").Select(static d => Path.GetFileName(d)["sys_enter_".Length..])];

        Assert.True(calls.Length > 100);
        Assert.Equal([], calls.Where(static c => SystemCallTable.Current.NumberOf(c) is null));
    }

    [Fact]
    public void TheCLibraryHasTheSameNumbers()
    {
        // What the headers of this machine say, where they are there: they may be older than the table.
        string header = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "asm-generic/unistd.h" : "asm/unistd_64.h";
        using Process? compiler = File.Exists("/usr/bin/cpp") ? Process.Start(new ProcessStartInfo("/usr/bin/cpp", ["-dM", "-include", header, "/dev/null"]) { RedirectStandardOutput = true, RedirectStandardError = true }) : null;
        Assert.SkipWhen(compiler is null, "There is no C preprocessor.");
        string[] lines = compiler!.StandardOutput.ReadToEnd().Split('\n');
        compiler.WaitForExit();

        int known = 0;
        foreach (string[] words in lines.Select(static l => l.Split(' ')))
        {
            if (words is not ["#define", ['_', '_', 'N', 'R', '_', ..], _] || !int.TryParse(words[2], out int number) || words[1] is "__NR_syscalls" or "__NR_arch_specific_syscall")
                continue;
            Assert.Equal(words[1]["__NR_".Length..], SystemCallTable.Current.NameOf(number));
            known++;
        }
        Assert.True(known > 250, $"{known} system calls");
    }
}
