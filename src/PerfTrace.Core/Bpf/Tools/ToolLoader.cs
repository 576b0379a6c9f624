using System.Globalization;
using PerfTrace.Interop;
using PerfTrace.Kernel;
using PerfTrace.Symbols;

namespace PerfTrace.Bpf;

/// <summary>Loads the program of a tool with what it is to watch as its constants.</summary>
internal static class ToolLoader
{
    private const int MostCommandName = 15; // TASK_COMM_LEN without the zero
    private const string ProgramOfFork = "on_fork", ProgramOfFree = "on_free";

    public static BpfObject Load(BpfTool tool, BpfToolOptions options, Action<BpfLogMessage>? log)
    {
        if (tool.Requirements.Where(static r => !r.IsPresent).ToArray() is { Length: > 0 } missing)
            throw new BpfToolUnavailableException(tool, missing);
        using BpfObjectFile file = BpfObjectFile.Open(tool.ReadObject(), tool.Name, log);
        SetConstants(file, tool, options);
        file.SelectPrograms(file.Programs.Where(p => IsNeeded(p, options)).Select(static p => p.Name));
        if (file.Maps.Any(static m => m.Name == "events"))
            file.SetMapSize("events", (uint)Math.Clamp(options.BufferSize, Environment.SystemPageSize, 1L << 30));
        BpfObject loaded = file.Load();
        try
        {
            TellProcesses(loaded, options);
            return loaded;
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    private static void SetConstants(BpfObjectFile file, BpfTool tool, BpfToolOptions options)
    {
        Set("filter_processes", options.ProcessIds.Count > 0);
        if (options.CommandName is { Length: > 0 } command)
        {
            string prefix = command.Length > MostCommandName ? command[..MostCommandName] : command;
            file.SetVariable("command_prefix", prefix);
            file.SetVariable("command_prefix_length", System.Text.Encoding.UTF8.GetByteCount(prefix));
        }
        if (options.CGroup is { } group)
            file.SetVariable("cgroup_id", IdOfCGroup(group));
        if (options.Disk is { } disk)
            file.SetVariable("only_disk", NumberOfDisk(disk));
        Set("failed_only", options.FailedOnly);
        Set("local_port", options.LocalPort);
        Set("remote_port", options.RemotePort);
        Set("minimum_duration", options.MinimumDuration.Ticks * TimeSpan.NanosecondsPerTick);
        Set("in_histogram", tool.OutputType == typeof(LatencyRange));
        Set("by_disk", options.PerDisk);
        Set("by_process", options.PerProcess);
        Set("blocked_only", options.BlockedOnly);
        Set("with_idle", options.IncludeIdle);
        Set("with_user", !options.KernelStackOnly);
        Set("with_kernel", !options.UserStackOnly);

        // A tool has the constants that mean something to it.
        void Set(string name, object value) => file.TrySetVariable(name, value is bool flag ? (flag ? 1 : 0) : value);
    }

    private static bool IsNeeded(BpfObjectProgram program, BpfToolOptions options) => program.Name switch
    {
        ProgramOfFork => options.ProcessIds.Count > 0 && options.Inherit,
        ProgramOfFree => options.ProcessIds.Count > 0,
        // ARM64 has no open(2) and no creat(2).
        _ => !program.Section.StartsWith("tracepoint/", StringComparison.Ordinal) || BpfTool.HasTracepoint(program.Section["tracepoint/".Length..].Replace('/', ':')),
    };

    private static void TellProcesses(BpfObject loaded, BpfToolOptions options)
    {
        if (options.ProcessIds.Count == 0)
            return;
        using BpfMapAccess processes = BpfMapAccess.Open(loaded.Map("processes"));
        foreach (int id in options.ProcessIds)
        {
            Errno errno = processes.TryUpdate(BitConverter.GetBytes(id), [1]);
            if (errno != Errno.None)
                throw BpfCalls.Error(errno, BpfCommand.MapUpdate, $"process {id}", errno == Errno.E2BIG ? "A tool watches 16,384 processes at most." : null);
        }
    }

    // The number of a control group is that of its directory's inode (kernfs, since Linux 5.5 on 64-bit machines).
    private static ulong IdOfCGroup(string name)
    {
        string? hierarchy = MountEntry.ReadAll(SystemPaths.Default).FirstOrDefault(static m => m.Type == "cgroup2")?.MountPoint;
        if (hierarchy is null)
            throw new DirectoryNotFoundException("No cgroup2 file system is mounted: programs of the kernel know control groups of version 2 alone.");
        string directory = name.StartsWith(hierarchy, StringComparison.Ordinal) ? name : Path.Combine(hierarchy, name.TrimStart('/'));
        return Directory.Exists(directory) && FileIdentity.Of(directory) is { } identity
            ? identity.Inode
            : throw new DirectoryNotFoundException($"There is no control group '{name}' of version 2: no directory {directory}.");
    }

    // "254:0" in /sys/block/vda/dev, as the kernel's dev_t: MINORBITS is 20.
    private static uint NumberOfDisk(string name)
    {
        string file = Path.Combine(SystemPaths.Default.Sys, "block", Path.GetFileName(name), "dev");
        if (!File.Exists(file))
        {
            string disks = string.Join(", ", Directory.EnumerateDirectories(Path.Combine(SystemPaths.Default.Sys, "block")).Select(Path.GetFileName));
            throw new DirectoryNotFoundException($"There is no disk '{name}' (a partition is none). The disks: {disks}.");
        }
        uint[] numbers = [.. File.ReadAllText(file).Trim().Split(':').Select(static n => uint.Parse(n, CultureInfo.InvariantCulture))];
        return (numbers[0] << 20) | numbers[1];
    }
}
