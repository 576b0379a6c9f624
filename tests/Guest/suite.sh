#!/usr/bin/env bash
# Runs the tests that are for the guest (README.md) with one boot. The last line is "N passed, N failed, N skipped".
#   suite.sh [--no-install] [--timeout S]
# The solution has to be built. The whole log, with each test's begin and end, is artifacts/guest/log; the kernel's is
# artifacts/guest/console.
set -uo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
cd -- "$here/../.." || exit 1
projects=(PerfTrace.Core.Tests PerfTrace.Cmdlets.Tests)
built=artifacts/bin compiled=artifacts/guest
log=$compiled/log
timeout=1500 options=()
while (($#)); do
    case $1 in
        --no-install) options+=("$1") ;;
        --timeout)
            timeout=${2:?--timeout needs a number of seconds}
            shift
            ;;
        *)
            echo "usage: ${0##*/} [--no-install] [--timeout S]" >&2
            exit 2
            ;;
    esac
    shift
done
mkdir -p "$compiled"

passed=0 failed=0 skipped=0
finish() {
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    exit $((failed > 0))
}

"$here/run.sh" "${options[@]}" --prepare
case $? in
    0) ;;
    77)
        echo 'Skipped: no guest can be had on this machine (see above).'
        for project in "${projects[@]}"; do
            number=$("$built/$project/release/$project" -noLogo -noColor -list tests -trait Machine=Guest | grep -c '^PerfTrace\.')
            skipped=$((skipped + number))
        done
        finish
        ;;
    *)
        echo 'The guest cannot be prepared (see above).'
        failed=1
        finish
        ;;
esac

# Without the compiler's package (a mirror may lack it) it only takes longer.
folders=()
for project in "${projects[@]}"; do
    if dotnet msbuild -restore -t:Precompile "$here/Precompile.proj" -p:Configuration=Release -nologo -v:quiet "-p:Tests=$project" < /dev/null; then
        folders+=("$PWD/$compiled/$project")
    else
        echo "$project could not be compiled ahead of time; it will run more slowly."
        folders+=("$PWD/$built/$project/release")
    fi
done

# Each test as it ends, without its name space; the log has the rest.
show() {
    sed -u -nE '/^ *(Discovering|Discovered|Starting|Finished): /d; / \[STARTING\]( |$)/d; s/^ *PerfTrace\.Tests\.(.*) \[FINISHED\] Time: ([0-9]+\.[0-9]).*/  \2 s  \1/; p'
}

# The JIT: nothing is compiled a second time (README.md, Times).
begin=$SECONDS
DOTNET_TieredPGO=0 DOTNET_TC_CallCounting=0 "$here/run.sh" --timeout "$timeout" --console "$compiled/console" -- \
    sh "$here/suite-in-guest.sh" "${folders[@]}" 2>&1 | tee "$log" | show
status=${PIPESTATUS[0]}
echo "The guest took $((SECONDS - begin)) s."

for project in "${projects[@]}"; do
    # One, and one more for the tests of a kernel that is locked down.
    mapfile -t summaries < <(grep -E "^ *$project  Total: [0-9]+" "$log")
    for summary in "${summaries[@]}"; do
        if [[ $summary =~ Total:\ ([0-9]+),\ Errors:\ ([0-9]+),\ Failed:\ ([0-9]+),\ Skipped:\ ([0-9]+) ]]; then
            bad=$((BASH_REMATCH[2] + BASH_REMATCH[3]))
            failed=$((failed + bad)) skipped=$((skipped + BASH_REMATCH[4]))
            passed=$((passed + BASH_REMATCH[1] - bad - BASH_REMATCH[4]))
        fi
    done
    if ((${#summaries[@]} < 2)); then
        last=$(grep -F '[STARTING]' "$log" | tail -n 1)
        echo "$project did not come to its end (the guest ended with $status); the last test that began: ${last% \[*}"
        failed=$((failed + 1))
    fi
done
# A leftover, or an executable that fails after its last test.
if ((status != 0 && failed == 0)); then
    echo "The guest ended with status $status."
    failed=1
fi
finish
