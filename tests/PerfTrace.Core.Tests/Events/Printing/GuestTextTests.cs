using PerfTrace.Tests.Support;
using PerfTrace.Tracing;

namespace PerfTrace.Tests.Events.Printing;

/// <summary>What needs kprobes, synthetic events or the function tracer.</summary>
[Trait("Machine", "Guest")]
public sealed class GuestTextTests(ITestOutputHelper output)
{
    private static readonly TracingDirectory Top = TracingDirectory.Open(PerfTrace.Kernel.SystemPaths.Default);

    [Fact]
    public void The_text_of_probes_in_the_kernel_is_the_kernels()
    {
        string group = TraceOwner.Current.NameOf("kernelprobes");
        string[] definitions =
        [
            $"p:{group}/open do_sys_openat2 dfd=%di:s32 name=+0(%si):ustring flags=+0(%dx):x64 stack=$stack0:symbol comm=$comm nowhere=+0(%r15):string",
            $"r:{group}/opened do_sys_openat2 result=$retval:s64 shown=$retval:x8",
            $"p:{group}/inside vfs_read+0",
            $"f:{group}/entry vfs_write",
            $"f:{group}/exit vfs_write%return result=$retval",
        ];
        var names = new List<string>();
        try
        {
            foreach (string definition in definitions)
            {
                Top.AppendText("dynamic_events", definition);
                names.Add(definition.Split(' ')[0][2..]);
            }
            var live = new LiveEvents();
            live.Compare(names, static _ => KernelWorkload.Shell("/", "cat /etc/hostname /does/not/exist; echo x > /dev/null"), onlyThisProcess: true);
            live.Report(output);

            Assert.All(names, name => Assert.InRange(live.Equal.GetValueOrDefault(name.Replace('/', ':')), 1, 100_000));
        }
        finally
        {
            foreach (string name in names)
                Top.AppendText("dynamic_events", $"-:{name}");
        }
    }

    [Fact]
    public void The_text_of_synthetic_events_is_the_kernels()
    {
        string name = TraceOwner.Current.NameOf("latency");
        Top.AppendText("synthetic_events", $"{name} u64 lat; pid_t pid; char comm[16]; int prio; long state; unsigned long[] stack");
        try
        {
            var live = new LiveEvents();
            string[][] triggers =
            [
                ["events/sched/sched_waking/trigger", "hist:keys=pid:ts0=common_timestamp.usecs"],
                ["events/sched/sched_switch/trigger", "hist:keys=next_pid:lat=common_timestamp.usecs-$ts0:"
                    + $"onmatch(sched.sched_waking).trace({name},$lat,next_pid,next_comm,next_prio,prev_state,common_stacktrace)"],
            ];
            live.Compare([$"synthetic/{name}"], directory =>
            {
                foreach (string[] trigger in triggers)
                    directory.AppendText(trigger[0], trigger[1]);
                KernelWorkload.Shell("/", "sleep 0.01; true; true; ls / > /dev/null");
                // The second uses a variable of the first.
                foreach (string[] trigger in triggers.Reverse())
                    directory.AppendText(trigger[0], "!" + trigger[1]);
            }, onlyThisProcess: false);
            live.Report(output);

            Assert.InRange(live.Equal[$"synthetic:{name}"], 5, 100_000);
        }
        finally
        {
            Top.AppendText("synthetic_events", $"!{name} u64 lat; pid_t pid; char comm[16]; int prio; long state; unsigned long[] stack");
        }
    }

    [Fact]
    public void The_text_of_the_function_tracer_is_the_kernels()
    {
        var live = new LiveEvents();
        live.Compare([], static directory =>
        {
            directory.WriteText("set_ftrace_filter", "vfs_*");
            directory.WriteText("current_tracer", "function");
            KernelWorkload.Shell("/", "cat /etc/hostname");
            directory.WriteText("tracing_on", "0");
        }, onlyThisProcess: false);
        live.Report(output);

        Assert.InRange(live.Equal["ftrace:function"], 20, 1_000_000);
    }
}
