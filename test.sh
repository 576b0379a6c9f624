#!/usr/bin/env bash
# Runs every test: ./test.sh [--no-install]
#
# Installs with the distribution's package manager what the tests compare themselves with (as root on Debian and Ubuntu; elsewhere
# it says what is missing), builds, and runs the suites; also in a guest with a kernel that has what this one may lack
# (tests/Guest/README.md). The last line is "N passed, N failed, N skipped".
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

configuration=Release
install=yes
[ "${1:-}" = --no-install ] && install=no

say() { printf '== %s\n' "$*"; }

# What a command is for, and the package that brings it. perf is the peer that event strings and counts are compared with;
# libpfm4 knows vendor event names; setpriv (util-linux) runs tests without privileges; readelf (binutils) reads ELF files;
# g++ makes programs with known functions, and xz their compressed symbols; libdw and liblzma are asked for debug information.
# bpftool shows what BPF has in the kernel; clang and llvm-strip make BPF objects, libbpf loads them, and bpftrace counts what the
# tools count. Chromium opens flame graphs.
missing_packages() {
    command -v perf >/dev/null || echo "$1"
    # Not grep -q: with pipefail, a reader that stops early makes the pipe fail.
    ldconfig -p 2>/dev/null | grep 'libpfm\.so\.4' >/dev/null || echo libpfm4
    ldconfig -p 2>/dev/null | grep 'libdw\.so\.1' >/dev/null || echo libdw1
    ldconfig -p 2>/dev/null | grep 'liblzma\.so\.5' >/dev/null || echo liblzma5
    command -v setpriv >/dev/null || echo util-linux
    command -v readelf >/dev/null || echo binutils
    command -v g++ >/dev/null || echo g++
    command -v xz >/dev/null || echo xz-utils
    command -v bpftool >/dev/null || [ -x /usr/sbin/bpftool ] || echo "$2"
    command -v clang >/dev/null || compgen -G '/usr/lib/llvm-*/bin/clang' >/dev/null || echo clang
    command -v llvm-strip >/dev/null || compgen -G '/usr/lib/llvm-*/bin/llvm-strip' >/dev/null || echo llvm
    ldconfig -p 2>/dev/null | grep 'libbpf\.so\.1' >/dev/null || echo libbpf1
    command -v bpftrace >/dev/null || echo bpftrace
    # A terminal of the Pester suite's own, and a server for its remote session: that only where no person works, as Debian starts it.
    if command -v pwsh >/dev/null; then
        command -v tmux >/dev/null || echo tmux
        [ -z "${CI:-}" ] || [ -x /usr/sbin/sshd ] || echo openssh-server
    fi
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || echo chromium
}

perf_package=linux-perf bpftool_package=bpftool
[ -r /etc/os-release ] && grep -q '^ID=ubuntu' /etc/os-release && perf_package=linux-tools-generic bpftool_package=linux-tools-generic

mapfile -t missing < <(missing_packages "$perf_package" "$bpftool_package")
if [ "${#missing[@]}" -gt 0 ]; then
    if [ "$install" = yes ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        say "Installing ${missing[*]}"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq </dev/null || echo "apt-get update failed; trying with the lists that are there." >&2
        apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null || {
            echo "Could not install: ${missing[*]}" >&2
            exit 1
        }
    else
        echo "The tests need these packages (Debian's names): ${missing[*]}" >&2
        echo "Install them with your package manager, or run ./test.sh as root on Debian or Ubuntu." >&2
        exit 1
    fi
fi
if ! command -v dotnet >/dev/null; then
    echo "The .NET SDK 10 is needed: https://learn.microsoft.com/dotnet/core/install/linux" >&2
    exit 1
fi

# Pins live in bpffs, which not every machine has mounted.
if [ "$(id -u)" -eq 0 ] && [ -d /sys/fs/bpf ] && ! grep -q '^[^ ]* /sys/fs/bpf bpf ' /proc/mounts; then
    mount -t bpf bpf /sys/fs/bpf || echo "bpffs could not be mounted at /sys/fs/bpf: tests of pins will fail." >&2
fi

say "Building"
dotnet build PerfTrace.slnx -c "$configuration" -nologo -v quiet </dev/null || exit 1

passed=0 failed=0 skipped=0
failures=$(mktemp)
trap 'rm -f "$failures"' EXIT

# What a suite's log says of each test that failed, kept for the end: the marks are xunit's, Pester's and tests/Guest/smoke.sh's.
# keep_failures NAME LOG
keep_failures() {
    awk -v suite="$1" '
        /\[FAIL\]( |$)/ || /^ *\[-\] / || /^failed: / { left = 16; print suite ": " $0; next }
        /^ *\[\+\] / || /\[(SKIP|FINISHED|STARTING)\]/ { left = 0 }
        left > 0 { left--; print }' "$2" >>"$failures"
}

# Adds a suite's figures: add NAME PASSED FAILED SKIPPED.
add() {
    printf '%s: %d passed, %d failed, %d skipped\n' "$1" "$2" "$3" "$4"
    passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
}

# An xunit.v3 test project is a program; its summary has "Total: N, Errors: N, Failed: N, Skipped: N".
run_xunit() {
    local name=$1 log status summary
    log=$(mktemp)
    say "$name"
    tests/run-xunit.sh "artifacts/bin/$name/${configuration,,}/$name" -noLogo -noColor -trait- Machine=Guest </dev/null 2>&1 | tee "$log" | grep -v '^  *\(Discovering\|Discovered\|Starting\|Finished\):'
    status=${PIPESTATUS[0]}
    summary=$(grep -E 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$log" | tail -n 1)
    keep_failures "$name" "$log"
    rm -f "$log"
    if [[ $summary =~ Total:\ ([0-9]+),\ Errors:\ ([0-9]+),\ Failed:\ ([0-9]+),\ Skipped:\ ([0-9]+) ]]; then
        local total=${BASH_REMATCH[1]} bad=$((BASH_REMATCH[2] + BASH_REMATCH[3])) not_run=${BASH_REMATCH[4]}
        # A suite that says all is well but ends with an error has not run to its end.
        if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
        add "$name" $((total - not_run - BASH_REMATCH[2] - BASH_REMATCH[3])) "$bad" "$not_run"
    else
        echo "$name ended with status $status and no summary."
        add "$name" 0 1 0
    fi
}

# A program whose last line is "N passed, N failed, N skipped": run_counted NAME COMMAND...
run_counted() {
    local name=$1 log status
    shift
    log=$(mktemp)
    "$@" </dev/null 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
    if [[ $(tail -n 1 "$log") =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped ]]; then
        local good=${BASH_REMATCH[1]} bad=${BASH_REMATCH[2]} not_run=${BASH_REMATCH[3]}
        if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
        add "$name" "$good" "$bad" "$not_run"
    else
        echo "$name ended with status $status and no summary."
        add "$name" 0 1 0
    fi
    keep_failures "$name" "$log"
    rm -f "$log"
}

# The Pester suite needs a real PowerShell, which not every machine has.
# shellcheck disable=SC2016 # PowerShell expands what is quoted for it
run_pester() {
    local reason=""
    if ! command -v pwsh >/dev/null; then
        reason="pwsh is not installed"
    elif ! pwsh -NoProfile -NonInteractive -Command 'if (Get-Module -ListAvailable Pester | Where-Object { $_.Version.Major -ge 5 }) { exit 0 }; exit 1' </dev/null >/dev/null 2>&1; then
        reason="Pester 5 is not installed"
    fi
    say "Module (Pester)"
    if [ -n "$reason" ]; then
        echo "Skipped: $reason."
        add "Module (Pester)" 0 0 "$(grep -rhcE '^[[:space:]]*It[[:space:]]' tests/Module --include='*.Tests.ps1' | awk '{ n += $1 } END { print n + 0 }')"
        return
    fi
    run_counted "Module (Pester)" pwsh -NoProfile -NonInteractive -File tests/Module/Invoke-ModuleTests.ps1
}

run_xunit PerfTrace.Core.Tests
run_xunit PerfTrace.Cmdlets.Tests
run_pester

say "BPF objects"
run_counted "BPF objects" bpf/build.sh --check

guest_options=()
[ "$install" = yes ] || guest_options+=(--no-install)
say "Guest"
run_counted "Guest" tests/Guest/smoke.sh "${guest_options[@]}"
say "Suites in the guest"
run_counted "Suites in the guest" tests/Guest/suite.sh "${guest_options[@]}"

if [ -s "$failures" ]; then
    say "What failed"
    cat "$failures"
fi
say "All suites"
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
