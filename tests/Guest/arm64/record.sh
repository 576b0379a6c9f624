#!/usr/bin/env bash
# Records tests/data/arm64 anew: what perf says in an ARM64 guest that has a hardware PMU. Takes about two minutes.
#
#   record.sh [folder]      (default: tests/data/arm64 of this repository)
#
# Two boots, since no single machine shows everything:
#   ACPI, instructions counted   cycles and instructions are counted, the PMU is armv8_pmuv3_0; everything is recorded here
#   device tree, free running    the PMU is armv8_pmuv3 and cannot count instructions: what <not supported> looks like
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
target=${1:-$here/../../data/arm64}
limit=$((200 * 1024))

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
# A signal has to reach the guest too: it does, as run.sh belongs to our process group; here only the folder is ours.
trap 'exit 130' INT
trap 'exit 143' TERM HUP

"$here/run.sh" --prepare
"$here/run.sh" --acpi --icount --timeout 500 --input "$here/record-in-guest.sh" --output "$work/full" \
    sh /input/record-in-guest.sh full
"$here/run.sh" --timeout 300 --input "$here/record-in-guest.sh" --output "$work/full/devicetree" \
    sh /input/record-in-guest.sh stat-only

# --- Is it what it claims to be? ---------------------------------------------------------------------------------------

fail() {
    printf 'record.sh: %s\n' "$1" >&2
    exit 1
}

for event in cycles instructions page-faults; do
    awk -F, -v event="$event" '$3 == event && $1 > 0 { found = 1 } END { exit !found }' "$work/full/perf-stat.csv" ||
        fail "$event did not count"
done
grep -q '^<not supported>,,instructions,' "$work/full/devicetree/perf-stat.csv" ||
    fail 'the free running machine was expected not to count instructions'
for data in "$work"/full/*.data; do
    (($(stat -c %s "$data") <= limit)) || fail "$(basename "$data") is larger than $limit bytes"
    [[ -s ${data%.data}.script.txt ]] || fail "$(basename "$data") has no samples"
done

# --- README ------------------------------------------------------------------------------------------------------------

readme() {
    # The fences are Markdown, the variables ours.
    cat <<README
# perf on ARM64, with a hardware PMU

Recorded by \`tests/Guest/arm64/record.sh\`; do not edit, run that again. The machine is emulated (QEMU's PMUv3), because
the data is about formats and names, not about speed.

Made with:

\`\`\`
$("$here/run.sh" --versions)
\`\`\`

Kernel: \`$(cat "$work/full/uname.txt")\`

## How

Everything but \`devicetree/\` comes from one boot of

\`\`\`
run.sh --acpi --icount --input record-in-guest.sh --output … sh /input/record-in-guest.sh full
\`\`\`

which is \`qemu-system-aarch64 -M virt,gic-version=3 -cpu max -smp 2 -m 1024 -accel tcg,thread=single -icount shift=1,sleep=off\`
with UEFI firmware. An instruction takes two nanoseconds of the guest's time and a "cycle" is one nanosecond: two cycles an
instruction while the CPU is busy. \`devicetree/\` comes from

\`\`\`
run.sh --input record-in-guest.sh --output … sh /input/record-in-guest.sh stat-only
\`\`\`

(\`-accel tcg,thread=multi\`, no \`-icount\`, no firmware). The guest's commands, in the first boot:

\`\`\`
$(cat "$work/full/commands.txt")
\`\`\`

## What

| file | what it is |
|---|---|
| \`perf-stat.txt\`, \`.csv\`, \`.json\` | generic hardware and software events of \`workload 5\`, three runs; some are \`<not supported>\` |
| \`perf-stat-multiplexed.txt\`, \`.csv\`, \`.json\` | ten PMU events on fewer counters: scaled counts, running time below 100 % |
| \`perf-stat-per-cpu.csv\` | \`-a -A\` |
| \`perf-stat-interval.csv\` | \`-I 50\` |
| \`perf-stat-repeat.txt\` | \`-r 5\` |
| \`perf-stat-vv.txt\` | \`perf stat -vv -e EVENT workload 1\` for $(grep -c '^=== event: ' "$work/full/perf-stat-vv.txt") event strings, the last five wrong ones. A section goes from \`=== event: EVENT\` to \`=== status: N\` and has each \`perf_event_attr\` (fields that are 0 are not printed), the file descriptors and the counts |
| \`perf-list.txt\` | \`perf list hw sw cache pmu\` |
| \`cycles.data\` | \`cycles\` at 999 Hz with call chains (and the user link register, which perf asks for on ARM64) |
| \`multi.data\` | a group read together (\`:S\`), page faults and CPU clock by period and frequency, a tracepoint |
| \`tracepoint.data\` | \`sched:sched_switch\` of all CPUs for a second |
| \`*.script.txt\`, \`*.report.txt\`, \`*.evlist.txt\`, \`*.header.txt\` | \`perf script\`, \`perf report --stdio\`, \`perf evlist -v\`, \`perf report --header-only -I\` of these, made in the guest |
| \`workload\` | the program that ran (static ELF with symbols, build id and line numbers); source: \`tests/Guest/arm64/workload.S\` |
| \`sysfs/\` | \`/sys/bus/event_source/devices\` (type, cpus, events, format, caps) and \`/sys/devices/system/cpu\`, as far as an event parser reads it |
| \`tracefs/\` | id and format of tracepoints that occur above |
| \`cpuinfo.txt\`, \`uname.txt\` | \`/proc/cpuinfo\`, \`uname -a\` |
| \`devicetree/\` | \`perf-stat.*\`, \`sysfs/\`, \`cpuinfo.txt\`, \`uname.txt\` of the second machine: its PMU is called \`armv8_pmuv3\` and has no \`inst_retired\` |

## What to expect of the numbers

- \`workload N\` (one digit) retires 4350622 · N + 23 instructions in user mode. QEMU's count is at most 0.3 % higher
  (interrupts end blocks of instructions early). It takes 64 · N + 2 page faults, exactly.
- \`mem:0x420000:w\` counts 100 a round, \`mem:0x420000:r\` 1, \`mem:0x420000\` 101, \`mem:0x410000:x\` 1, exactly.
- QEMU's PMU has \`cpu_cycles\`, \`inst_retired\` and three stall events that are always 0. Branches, caches and TLBs are
  \`<not supported>\`.
- Recording again gives the same files in kind; counts differ in the fourth digit, addresses of user code do not.
- In \`cycles.script.txt\` a caller may appear twice (\`middle\`, \`middle\`): perf adds the caller that it derives from the
  link register to the chain that the kernel walked. The recorded chain has it once. It also prints user frames as file
  offsets (\`103c\`); recorded are addresses (\`41003c\`), as \`multi.script.txt\`, which has no chains, shows them.
README
}
readme > "$work/README.md"
mv "$work/README.md" "$work/full/README.md"
rm -f "$work/full/commands.txt" "$work/full/devicetree/commands.txt"

# --- Into place --------------------------------------------------------------------------------------------------------

find "$work/full" -type d -exec chmod 755 {} +
find "$work/full" -type f -exec chmod 644 {} +
((EUID != 0)) || chown -R root:root "$work/full"
mkdir -p "$target"
# Ours as a whole: nothing of an older recording may stay behind. (But a folder given by mistake must survive.)
if [[ -n $(ls -A "$target") ]] && ! grep -qs 'Recorded by .*record\.sh' "$target/README.md"; then
    fail "$target has files and is no recording: not touched"
fi
find "$target" -mindepth 1 -delete
cp -a "$work/full/." "$target/"
du -sh --apparent-size "$target" | cut -f1
