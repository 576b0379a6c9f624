#!/bin/sh
# Runs inside the guest (record.sh starts it there): perf makes the data set in /output.
#
#   record-in-guest.sh full        everything
#   record-in-guest.sh stat-only   perf stat and sysfs only (for a machine whose PMU cannot count instructions)
set -u

what=$1
cd /output || exit 1
failed=0

# logged OUTPUT command...: runs it, standard output and error to the file (- for none), and notes how it was called.
logged() {
    file=$1
    shift
    line=
    for word in "$@"; do
        case $word in
            *[!A-Za-z0-9_./:=,-]*) line="$line '$word'" ;;
            *) line="$line $word" ;;
        esac
    done
    [ "$file" = - ] || line="$line > $file 2>&1"
    echo "${line# }" >> commands.txt
    if [ "$file" = - ]; then
        "$@" > /dev/null
    else
        "$@" > "$file" 2>&1
    fi
    code=$?
    if [ "$code" -ne 0 ]; then
        echo "record-in-guest.sh: status $code from: ${line# }" >&2
        failed=1
    fi
}

# copy ROOT PATH...: the readable files of a pseudo file system, by their contents; the sizes that it gives are not true.
copy() {
    from=$1 to=$2
    shift 2
    (cd "$from" && find -L "$@" -maxdepth 3 -type f ! -path '*/power/*' ! -path '*/subsystem/*' ! -name uevent) |
        sort | while read -r path; do
        mkdir -p "$to/$(dirname "$path")"
        cat "$from/$path" > "$to/$path" 2> /dev/null || rm -f "$to/$path"
    done
}

pmu=
for folder in /sys/bus/event_source/devices/armv8_pmuv3*; do
    pmu=$(basename "$folder")
done
if [ ! -e "/sys/bus/event_source/devices/$pmu/type" ]; then
    echo 'record-in-guest.sh: this guest has no PMU' >&2
    exit 1
fi

# --- The machine -----------------------------------------------------------------------------------------------------

uname -a > uname.txt
cat /proc/cpuinfo > cpuinfo.txt
mkdir -p sysfs
for device in /sys/bus/event_source/devices/*; do
    copy /sys sysfs "bus/event_source/devices/$(basename "$device")"
done
copy /sys sysfs devices/system/cpu/online devices/system/cpu/possible devices/system/cpu/present \
    devices/system/cpu/cpu0/regs/identification/midr_el1

# --- perf stat -------------------------------------------------------------------------------------------------------

generic=cycles,instructions,branches,branch-misses,cache-references,cache-misses
generic=$generic,stalled-cycles-frontend,stalled-cycles-backend,bus-cycles
generic=$generic,task-clock,cpu-clock,page-faults,minor-faults,major-faults,context-switches,cpu-migrations
generic=$generic,cycles:u,cycles:k,instructions:u

logged - perf stat -o perf-stat.txt -e "$generic" workload 5
logged - perf stat -o perf-stat.csv -x, -e "$generic" workload 5
logged - perf stat -o perf-stat.json -j -e "$generic" workload 5
if [ "$what" = stat-only ]; then
    exit "$failed"
fi

# More events than the PMU has counters: the kernel takes turns, perf scales.
many=r8,r8:u,r8:k,r11:u,r11:k,r8:uk,r8:u,r8:k,r11:u,r8
logged - perf stat -o perf-stat-multiplexed.txt -e "$many" workload 20
logged - perf stat -o perf-stat-multiplexed.csv -x, -e "$many" workload 20
logged - perf stat -o perf-stat-multiplexed.json -j -e "$many" workload 20
logged - perf stat -o perf-stat-per-cpu.csv -x, -a -A -e cycles,instructions,context-switches workload 5
logged - perf stat -o perf-stat-interval.csv -x, -I 50 -e cycles,instructions,page-faults workload 20
logged - perf stat -o perf-stat-repeat.txt -r 5 -e cycles,instructions,page-faults workload 2
logged perf-list.txt perf list --no-desc hw sw cache pmu

# --- perf stat -vv: what each event string becomes -------------------------------------------------------------------

# One event string a line. 0x420000 is `watched`, 0x410000 `one_round` (workload.S).
cat > /tmp/events <<EVENTS
cycles
cpu-cycles
instructions
branches
branch-instructions
branch-misses
cache-references
cache-misses
bus-cycles
ref-cycles
stalled-cycles-frontend
stalled-cycles-backend
idle-cycles-frontend
L1-dcache-loads
L1-dcache-load-misses
L1-icache-load-misses
LLC-loads
dTLB-load-misses
iTLB-loads
branch-load-misses
r11
r8
r0011:u
$pmu/event=0x11/
$pmu/event=0x8/u
$pmu/config=0x11/
$pmu/cpu_cycles/
$pmu/inst_retired/
$pmu/inst_retired,name=retired/
$pmu/cpu_cycles,long=1/
$pmu/event=0x11,period=100000/
$pmu/r8/
armv8_pmuv3/cpu_cycles/
cpu_cycles
inst_retired
stall_backend
cycles:u
cycles:k
cycles:uk
cycles:ukh
cycles:h
cycles:G
cycles:H
cycles:p
cycles:ppp
cycles:P
cycles:D
cycles:I
cycles:e
cycles:S
instructions:uD
cycles/name=my_cycles/
cycles/config1=1/u
{cycles,instructions}
{cycles,instructions}:u
{cycles,instructions}:S
{cycles:u,instructions:k}:D
{cycles,page-faults,task-clock}
cycles,instructions
task-clock
cpu-clock:u
page-faults
faults:k
context-switches
cs
migrations
alignment-faults
emulation-faults
dummy
bpf-output
sched:sched_switch
sched:sched_process_exit
raw_syscalls:sys_enter
syscalls:sys_enter_nanosleep:u
sched:sched_process_*
mem:0x420000
mem:0x420000:w
mem:0x420000:r
mem:0x420000/8:rw
mem:0x420000/8:w:u
mem:0x420000/4:w
mem:0x410000:x
mem:0x410000:x:u
software/config=1/
breakpoint/config=1/
no-such-event
cycles:z
$pmu/no_such_term=1/
$pmu/event=0x10000/
no_such_pmu/event=1/
EVENTS

{
    echo '# perf stat -vv -e EVENT workload 1, one section for each EVENT.'
    echo '# A section starts with "=== event: EVENT" and ends with "=== status: N", the exit status of perf.'
} > perf-stat-vv.txt
echo "perf stat -vv -e EVENT workload 1 >> perf-stat-vv.txt 2>&1    (for each EVENT)" >> commands.txt
while read -r event; do
    echo "=== event: $event"
    # perf must not read the list.
    perf stat -vv -e "$event" workload 1 < /dev/null
    echo "=== status: $?"
done < /tmp/events >> perf-stat-vv.txt 2>&1

# What the ids in there stand for.
for event in sched/sched_switch sched/sched_process_exit raw_syscalls/sys_enter syscalls/sys_enter_nanosleep; do
    copy /sys/kernel/tracing tracefs "events/$event/id" "events/$event/format"
done

# --- perf record -----------------------------------------------------------------------------------------------------

# -N: build ids in the header, but no copies of kernel and programs in ~/.debug.
logged - perf record -q -N -F 999 -e cycles -g -o cycles.data workload 20
logged - perf record -q -N -o multi.data \
    -e '{cycles/period=1000000/,instructions}:Su' -e page-faults/period=16/ -e cpu-clock/freq=499/ \
    -e syscalls:sys_enter_nanosleep workload 10
logged - perf record -q -N -a -e sched:sched_switch -o tracepoint.data sh -c 'workload 20 & sleep 1; wait'

for data in cycles multi tracepoint; do
    logged "$data.script.txt" perf script -i "$data.data"
    logged "$data.report.txt" perf report --stdio -i "$data.data"
    logged "$data.evlist.txt" perf evlist -v -i "$data.data"
    logged "$data.header.txt" perf report --header-only -I -i "$data.data"
done

# The program that all of it ran: addresses in the data are its own (it is static and not relocated).
cp /usr/bin/workload workload
exit "$failed"
