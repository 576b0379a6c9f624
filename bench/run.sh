#!/usr/bin/env bash
# Builds and runs the measurements; prints one table. --check: exit status 1 when a goal is clearly missed.
# Arguments choose measurements (accuracy list open interval shell events flood pipe pipe-shell samples record maps btf ring script); without any all run, in about six minutes.
# guest: runs those that follow (pipe) on another kernel, in the guest of tests/Guest.
set -euo pipefail

root=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
cd -- "$root"

if ! command -v dotnet > /dev/null; then
    echo "bench: 'dotnet' was not found. Install the .NET SDK 10 (https://dotnet.microsoft.com/download) and try again." >&2
    exit 127
fi

# The peer. Without it, what needs it is reported as not measured.
if ! command -v perf > /dev/null && [[ $(id -u) -eq 0 ]] && command -v apt-get > /dev/null; then
    packages="linux-perf"
    if ! apt-cache show linux-perf > /dev/null 2>&1; then
        packages="linux-tools-generic"
    fi
    echo "bench: installing $packages ..." >&2
    { apt-get update && apt-get install -y --no-install-recommends "$packages"; } > /dev/null 2>&1 \
        || echo "bench: $packages could not be installed." >&2
fi

build() {
    local log
    log=$(mktemp)
    if ! dotnet build "$1" -c Release --nologo -v quiet > "$log" 2>&1; then
        cat -- "$log" >&2
        rm -f -- "$log"
        exit 1
    fi
    rm -f -- "$log"
}

build bench/PerfTrace.Bench
if command -v pwsh > /dev/null; then
    build src/PerfTrace
fi

bench=artifacts/bin/PerfTrace.Bench/release/PerfTrace.Bench.dll
if [[ ${1:-} == guest ]]; then
    shift
    exec tests/Guest/run.sh --timeout 1200 --memory 3072 -- env DOTNET_TieredPGO=0 dotnet "$bench" "${@:-pipe}"
fi
exec dotnet "$bench" "$@"
