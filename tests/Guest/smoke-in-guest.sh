#!/bin/sh
# Runs inside the guest (smoke.sh starts it there): writes a line `passed NAME`, `failed NAME: why` or `skipped NAME: why` for
# each check to /output/results. Ends with status 3, which smoke.sh expects.
# shellcheck disable=SC2317  # check calls the functions
set -u

results=/output/results

# check NAME COMMAND...: what the command prints explains a failure.
check() {
    name=$1
    shift
    if said=$("$@" 2>&1); then
        echo "passed $name"
    else
        echo "failed $name: $(echo "$said" | tr '\n' ' ' | cut -c 1-200)"
    fi >> "$results"
}

# --- What the host compares --------------------------------------------------------------------------------------------

for argument in "$@"; do
    printf '%s\0' "$argument"
done > /output/arguments
pwd > /output/directory
printf '%s' "${DOTNET_PERFTRACE_SMOKE:-}" > /output/environment
mkdir -p "$SMOKE_OUTPUT/folder with space"
head -c 1000000 "$0-data" > "$SMOKE_OUTPUT/folder with space/ünïcode"
ln -s ünïcode "$SMOKE_OUTPUT/folder with space/link"
touch "$0-was-here"
echo 'to standard error' >&2
echo 'to /dev/stderr' > /dev/stderr
printf 'to standard output, no newline'
# Left running: the guest must end nevertheless.
sleep 1000 &

# --- What the guest is for ---------------------------------------------------------------------------------------------

cd /sys/kernel/tracing || exit 1

mounted() { grep "^[^ ]* $2 $1 " /proc/mounts; }

kprobe() {
    # shellcheck disable=SC2016  # the kernel's $arg2
    echo 'p:smoke do_sys_openat2 file=+0($arg2):ustring' > kprobe_events || return
    echo 1 > events/kprobes/smoke/enable
    cat /etc/passwd > /dev/null
    echo 0 > events/kprobes/smoke/enable
    grep -q 'smoke: (do_sys_openat2+.*file="/etc/passwd"' trace || {
        tail -n 3 trace
        return 1
    }
    echo > kprobe_events
}

# The filter comes first, for all the kernel's functions take 15 seconds to switch. And no reading of `trace` while the function
# that reads is traced: each line read would add one.
function_tracer() {
    echo vfs_read > set_ftrace_filter || return
    echo "$1" > current_tracer || return
    cat /etc/passwd > /dev/null
    echo 0 > tracing_on
    grep -c "$2" trace
    code=$?
    echo nop > current_tracer
    echo > set_ftrace_filter
    echo 1 > tracing_on
    return "$code"
}

histogram() {
    echo 'hist:keys=next_comm' > events/sched/sched_switch/trigger || return
    sleep 0.1
    grep '{ next_comm: sleep *} hitcount: *[1-9]' events/sched/sched_switch/hist
    code=$?
    echo '!hist:keys=next_comm' > events/sched/sched_switch/trigger
    return "$code"
}

synthetic() {
    echo 'smoke_latency u64 delay; pid_t pid' > synthetic_events || return
    cat events/synthetic/smoke_latency/format
    code=$?
    echo > synthetic_events
    return "$code"
}

snapshot() {
    echo 'before the snapshot' > trace_marker
    echo 1 > snapshot || return
    grep 'before the snapshot' snapshot
    code=$?
    echo 0 > snapshot
    return "$code"
}

# The kernel denies them to processes in a chroot.
user_namespace() { unshare --user true; }

check 'tracefs is mounted' mounted tracefs /sys/kernel/tracing
check 'debugfs is mounted' mounted debugfs /sys/kernel/debug
check 'bpffs is mounted' mounted bpf /sys/fs/bpf
check 'cgroup2 is mounted' mounted cgroup2 /sys/fs/cgroup
check 'the clock is the TSC' grep -x tsc /sys/devices/system/clocksource/clocksource0/current_clocksource
check 'a kprobe event fires' kprobe
check 'the function tracer records' function_tracer function vfs_read
check 'the function_graph tracer records' function_tracer function_graph 'vfs_read()'
check 'a hist trigger counts' histogram
check 'a synthetic event is made' synthetic
check 'a snapshot is taken' snapshot
check 'the kernel has BTF' test -s /sys/kernel/btf/vmlinux
check 'user namespaces work' user_namespace
if command -v perf > /dev/null; then
    check 'perf counts' perf stat -e page-faults true
else
    echo 'skipped perf counts: the host has no perf' >> "$results"
fi
exit 3
