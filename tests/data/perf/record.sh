#!/usr/bin/env bash
# Makes the recordings of this folder anew with the perf of this machine, as root: tests/data/perf/record.sh
#
# All is done in /tmp/fixture, in namespaces where the host is called "host", and where what perf copies of the machine is neutral.
set -euo pipefail
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=/tmp/fixture

if [ "${1:-}" != inside ]; then
    [ ! -e $work ] || { echo "$work is in the way: remove it." >&2; exit 1; }
    mkdir $work
    trap 'rm -rf $work' EXIT
    unshare --uts --mount "$0" inside
    for file in $work/*.data $work/*.txt $work/work; do cp "$file" "$folder/"; done
    exit
fi

cd $work
hostname host
cp "$folder/work.c" .
gcc -O1 -fno-omit-frame-pointer -fno-optimize-sibling-calls -fno-stack-protector -fcf-protection=none -nostdlib -static -Wl,--build-id=sha1 -Wl,-z,noseparate-code -Wl,--eh-frame-hdr -o work work.c

# The names of commands that ftrace has met, texts of the kernel, the processor, the kernel's name.
: >empty
mount --bind empty /sys/kernel/tracing/saved_cmdlines
mount --bind empty /sys/kernel/tracing/printk_formats
printf 'processor\t: 0\nvendor_id\t: Fixture\ncpu family\t: 6\nmodel\t\t: 1\nmodel name\t: A processor\nstepping\t: 1\n\nprocessor\t: 1\nmodel name\t: A processor\n' >cpuinfo
mount --bind cpuinfo /proc/cpuinfo

printf '%s\n' '#include <string.h>' '#include <sys/utsname.h>' 'int uname(struct utsname *u) { memset(u, 0, sizeof *u); strcpy(u->sysname, "Linux"); strcpy(u->nodename, "host");' \
    'strcpy(u->release, "6.18.0"); strcpy(u->version, "#1"); strcpy(u->machine, "x86_64"); return 0; }' >uname.c
gcc -shared -fPIC -o uname.so uname.c

export HOME=/tmp/fixture PERF_BUILDID_DIR=/tmp/fixture/.debug LC_ALL=C
fields=comm,pid,tid,cpu,time,period,event,ip,sym,symoff,dso
# record NAME OPTIONS...
record() {
    local name=$1
    shift
    LD_PRELOAD=$work/uname.so perf record -q -N --no-bpf-event --sample-cpu "$@" -o "$name.data" -- $work/work
    text "$name"
}
text() { perf script -i "$1.data" --ns --no-inline -F $fields | sed 's/[[:space:]]*$//' >"$1.txt"; }

record chains -e cpu-clock -F 1000 -g
record unwound -e cpu-clock -F 400 --call-graph dwarf,1024
record events -e cpu-clock,page-faults,context-switches -F 1000 -d
record compressed -e cpu-clock -F 1000 -g -z --buildid-mmap
record tracepoints -e sched:sched_process_exec,sched:sched_stat_runtime,sched:sched_process_exit,raw_syscalls:sys_enter,raw_syscalls:sys_exit -g --buildid-mmap
perf script -i tracepoints.data --ns -F comm,tid,cpu,time,event,trace 2>/dev/null | sed 's/[[:space:]]*$//' >tracepoints.fields.txt
LD_PRELOAD=$work/uname.so perf record -q -N --no-bpf-event --sample-cpu -e cpu-clock,page-faults -F 1000 -g --buildid-mmap -o - -- $work/work >pipe.data
text pipe
perf --version >perf-version.txt
