#!/usr/bin/env bash
# shellcheck disable=SC2317 # functions that the table names
# Runs scripts of bpftrace (the one-liners of its tutorial, the tools that its distribution package has) by bpftrace and by
# this project at once, on the same workload, and compares what both print about that workload. See usage() below.
# Not a part of test.sh: each row takes as long as bpftrace takes to start. docs/bpftrace-tools.md has the results.
set -uo pipefail

usage() {
    cat <<'USAGE'
usage: compare.sh [--settle SECONDS] [--keep FOLDER] [--list] [ROW...]

  --settle S   how long both may take until they are attached (6)
  --keep DIR   leave there what both printed
  --list       name the rows

PERFTRACE is the command of this project's program (perftrace). Rows are compared as "equal": the same lines, sorted;
"near": counts within a tenth, or 5; or "runs": both run, and print something. The exit status is the number of rows that
differ. A row that bpftrace refuses is told so with its message, as is one that we refuse.
USAGE
}

settle=6 keep='' rows=() list=no
while (($#)); do
    case $1 in
        --settle) settle=$2; shift ;;
        --keep) keep=$2; shift ;;
        --list) list=yes ;;
        -h | --help) usage; exit 0 ;;
        -*) usage >&2; exit 2 ;;
        *) rows+=("$1") ;;
    esac
    shift
done
read -ra ours <<< "${PERFTRACE:-perftrace}"
tools=/usr/sbin
work=$(mktemp -d)
[[ -z $keep ]] || mkdir -p "$keep"
trap 'rm -rf -- "$work"' EXIT
cd "$work" || exit 2

# Programs with names that nothing else has.
for program in cat true sleep dd touch kill; do cp "$(type -P "$program")" "pt$program"; done
cp "$(type -P bash)" ptsh

# --- Workloads: what is traced; each ends by itself ---------------------------------------------------------------------

repeat() { local i n=$1; shift; for ((i = 0; i < n; i++)); do "$@"; done; }
files() { repeat 20 ./ptcat /etc/hostname > /dev/null; }
reads() { ./ptdd if=/dev/zero of=/dev/null bs=1000 count=500 status=none; }
# A process whose number is known before anybody traces: it begins when it is told.
held() { ./ptsh -c 'read -r _ <&3; for ((i = 0; i < 300; i++)); do read -r -N 100 x < /etc/services; done' 3< "$work/go" & held=$!; }
release() { echo > "$work/go"; wait "$held"; }
disk() { ./ptdd if=/dev/zero of="$work/disk" bs=8k count=40 oflag=direct status=none && sync -f "$work/disk"; }
signals() { ./ptsh -c 'for ((i = 0; i < 10; i++)); do kill -USR1 2147483646; done' 2> /dev/null; }
# glibc's nanosleep is another system call.
naps() { python3 -c 'import ctypes
for _ in range(5): ctypes.CDLL(None).syscall(35, (ctypes.c_long * 2)(0, 10000000), None)'; }
syncs() { ./ptsh -c 'sync; sync' && python3 -c 'import os; os.sync()'; }
users() { python3 -c 'import os; os.setresuid(0, 0, 0); os.setresgid(0, 0, 0); os.setuid(0)'; }
missing() { own | grep such/pt; }
stats() { repeat 5 stat /no/such/pt 2> /dev/null; }
names() { repeat 3 getent hosts localhost > /dev/null; }
busy() { timeout 3 ./ptsh -c 'while :; do :; done'; }
lines() { printf 'echo pt one\necho pt two\nexit\n' | script -qec "$BASH --norc -i" /dev/null > /dev/null; }
connections() {
    python3 - <<'PYTHON'
import socket, threading
def serve(listener):
    for _ in range(5):
        peer, _address = listener.accept()
        while peer.recv(4096): pass
        peer.close()
listener = socket.create_server(("127.0.0.1", 45671), backlog=7)
thread = threading.Thread(target=serve, args=(listener,))
thread.start()
for _ in range(5):
    with socket.create_connection(("127.0.0.1", 45671)) as client:
        client.sendall(b"x" * 5000)
thread.join()
PYTHON
}
unixes() {
    python3 - <<'PYTHON'
import socket
a, b = socket.socketpair()
for i in range(5):
    a.sendall(b"pt %d" % i)
    b.recv(100)
PYTHON
}
threads() { python3 -c 'import threading
for _ in range(5):
    t = threading.Thread(target=int); t.start(); t.join()'; }
retransmits() { :; }

# --- What of the output is compared -------------------------------------------------------------------------------------

own() { grep -aE 'pt(cat|true|sleep|dd|touch|kill|sh)|such/pt|^[^ ]* *[0-9]* *python3|python3 [^/]|45671|pt (one|two|[0-9])|localhost' | sed -E 's/^[0-9:]{8} +//; s/ +/ /g; s/^ //; s/ $//'; }
all() { sed -E 's/ +/ /g; s/^ //; s/ $//' | grep -avE '^(Attaching|Tracing|$)'; }
# Numbers of processes, threads and files, and times, are the same for both; how long something took is not quite.
untimed() { own | sed -E 's/ [0-9]+(\.[0-9]+)?$//; s/^[0-9]+ //'; }
keyed() { grep -aE "^@.*pt(dd|cat|sleep|sh)" | sed -E "s/ +/ /g; s/ $//"; }
sum_of_map() { sed -nE 's/^(@.*)?[]a-z@]: ([0-9]+)$/\2/p; s/^[[({].*[])] +([0-9]+) \|.*$/\1/p' | paste -sd+ | bc; }
shown() { sed -E 's/ +/ /g; s/ $//' | grep -avE '^(Attaching|$)'; }

# --- Rows: NAME | equal, near or runs | workload | what is compared | the script -----------------------------------------

read -r -d '' table <<'ROWS'
one-liner-2 | equal | : | shown | BEGIN { printf("hello world\n"); }
one-liner-3 | equal | files | own | tracepoint:syscalls:sys_enter_openat { printf("%s %s\n", comm, str(args->filename)); }
one-liner-4 | equal | reads | keyed | tracepoint:raw_syscalls:sys_enter { @[comm] = count(); }
one-liner-5 | equal | release | shown | tracepoint:syscalls:sys_exit_read /pid == HELD/ { @bytes = hist(args->ret); }
one-liner-6 | equal | release | shown | kretprobe:vfs_read /pid == HELD/ { @bytes = lhist(retval, 0, 2000, 200); }
one-liner-7 | near | release | sum_of_map | kprobe:vfs_read /pid == HELD/ { @start[tid] = nsecs; } kretprobe:vfs_read /@start[tid]/ { @ns[comm] = hist(nsecs - @start[tid]); delete(@start[tid]); }
one-liner-8 | near | files | sum_of_map | tracepoint:sched:sched_process* { @[probe] = count(); }
one-liner-9 | near | busy | sum_of_map | profile:hz:99 /comm == "ptsh"/ { @[kstack] = count(); }
one-liner-10 | near | naps | sum_of_map | tracepoint:sched:sched_switch /comm == "python3"/ { @[kstack] = count(); }
one-liner-11 | equal | disk | shown | tracepoint:block:block_rq_issue /comm == "ptdd"/ { @ = hist(args->bytes); }
one-liner-12 | equal | files | own | kprobe:vfs_open { printf("%s open path: %s\n", comm, str(((struct path *)arg0)->dentry->d_name.name)); }
bashreadline | equal | lines | own | FILE
biolatency | near | disk | sum_of_map | FILE
biosnoop | runs | disk | untimed | FILE
biostacks | runs | disk | all | FILE
bitesize | equal | disk | keyed | FILE
capable | equal | files | own | FILE
cpuwalk | near | busy | sum_of_map | FILE
dcsnoop | equal | files | untimed | FILE
execsnoop | equal | files | untimed | FILE
gethostlatency | equal | names | untimed | FILE
killsnoop | equal | signals | own | FILE
loads | runs | : | all | FILE
mdflush | runs | : | all | FILE
naptime | equal | naps | own | FILE
oomkill | runs | : | all | FILE
opensnoop | equal | files | own | FILE
pidpersec | runs | files | all | FILE
runqlat | near | files | sum_of_map | FILE
runqlen | near | files | sum_of_map | FILE
setuids | equal | users | own | FILE
ssllatency | runs | : | all | FILE
sslsnoop | runs | : | all | FILE
statsnoop | equal | stats | missing | FILE
swapin | runs | : | all | FILE
syncsnoop | equal | syncs | own | FILE
syscount | near | files | all | FILE
tcpaccept | equal | connections | own | FILE
tcpconnect | equal | connections | own | FILE
tcpdrop | runs | connections | all | FILE
tcplife | equal | connections | untimed | FILE
tcpretrans | runs | retransmits | all | FILE
tcpsynbl | equal | connections | all | FILE
threadsnoop | equal | threads | own | FILE
undump | equal | unixes | own | FILE
vfscount | runs | files | all | FILE
vfsstat | runs | files | all | FILE
writeback | runs | disk | all | FILE
xfsdist | runs | : | all | FILE
ROWS

trim() { local text=$1; text=${text#"${text%%[![:space:]]*}"}; printf '%s' "${text%"${text##*[![:space:]]}"}"; }

# start OUT COMMAND...: in the background, with interrupts as a terminal has them.
start() {
    local out=$1
    shift
    env --default-signal=INT "$@" > "$out" 2> "$out.err" < /dev/null &
    started=$!
}

near() { awk -v a="${1:-0}" -v b="${2:-0}" 'BEGIN { d = a > b ? a - b : b - a; m = a > b ? a : b; exit !(m > 0 && (d <= 5 || d <= m / 10)) }'; }

differ=0
row() {
    local name=$1 how=$2 load=$3 pick=$4 script=$5 one two first second verdict
    held=''
    if [[ $load == release ]]; then
        rm -f "$work/go"
        mkfifo "$work/go"
        held
        script=${script//HELD/$held}
    fi
    if [[ $script == FILE ]]; then
        start theirs env BPFTRACE_STRLEN=200 bpftrace "$tools/$name.bt"
        one=$started
        start ours "${ours[@]}" Invoke-BpfTrace -Path "$tools/$name.bt" -AsText
    else
        start theirs env BPFTRACE_STRLEN=200 bpftrace -e "$script"
        one=$started
        start ours "${ours[@]}" Invoke-BpfTrace "$script" -AsText
    fi
    two=$started
    sleep "$settle"
    "$load"
    sleep 1
    kill -INT "$one" "$two" 2> /dev/null
    wait "$one"
    first=$?
    wait "$two"
    second=$?
    "$pick" < theirs | LC_ALL=C sort > theirs.compared
    "$pick" < ours | LC_ALL=C sort > ours.compared
    # Up to 0.17 bpftrace ends well when it could attach to nothing.
    if [[ ! -s theirs.compared ]] && grep -qa 'could not attach probe' theirs.err; then first=1; fi
    if ((first != 0 && second != 0 && second != 130)); then
        verdict="neither: $(head -n 1 ours.err)"
    elif ((first != 0)); then
        verdict="bpftrace does not: $(grep -m 1 -aE 'could not attach|error:|ERROR: [^U]' theirs.err || head -n 1 theirs.err)"
    elif ((second != 0 && second != 130)); then
        verdict="WE DO NOT: $(head -n 1 ours.err)"
        differ=$((differ + 1))
    elif [[ $how == runs && -s ours.compared && -s theirs.compared ]] || [[ $how == runs && $(wc -l < ours.compared) == $(wc -l < theirs.compared) ]]; then
        verdict="both run: $(wc -l < theirs.compared) and $(wc -l < ours.compared) lines"
    elif [[ -s ours.compared ]] && cmp -s theirs.compared ours.compared; then
        verdict="equal: $(wc -l < ours.compared) lines"
    elif [[ $how == near ]] && near "$(tail -n 1 theirs.compared)" "$(tail -n 1 ours.compared)"; then
        verdict="near: $(tail -n 1 theirs.compared) and $(tail -n 1 ours.compared)"
    else
        verdict="DIFFER: $(diff theirs.compared ours.compared | grep -c '^[<>]') of $(wc -l < theirs.compared) lines"
        differ=$((differ + 1))
    fi
    printf '%-15s %s\n' "$name" "$verdict"
    [[ -z $keep ]] || for one in theirs ours; do
        cp "$one" "$keep/$name.$one"
        cp "$one.err" "$keep/$name.$one.err"
        cp "$one.compared" "$keep/$name.$one.compared"
    done
}

while IFS='|' read -r name how load pick script; do
    name=$(trim "$name")
    if [[ $list == yes ]]; then
        echo "$name"
    elif ((${#rows[@]} == 0)) || [[ " ${rows[*]} " == *" $name "* ]]; then
        row "$name" "$(trim "$how")" "$(trim "$load")" "$(trim "$pick")" "$(trim "$script")" 3<&-
    fi
done <<< "$table"
exit "$differ"
