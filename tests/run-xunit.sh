#!/usr/bin/env bash
# Runs an xunit.v3 test program: run-xunit.sh PROGRAM ARGUMENT...
# Tests here measure times, and watch a kernel that others use, too: one may fail that is not wrong. So those that fail are run
# once more when all others are through, if they are few; what fails then has failed. Which ones passed only then is said, with
# what they said at first: a test that is often among them has to be mended. The last summary is that of both runs.
set -u

most=5 # methods that are run again; where more fail, something is wrong

program=$1
shift
log=$(mktemp)
trap 'rm -f "$log"' EXIT
summary='^ +([^ ]+)  Total: ([0-9]+), Errors: ([0-9]+), Failed: ([0-9]+), Skipped: ([0-9]+), Not Run: ([0-9]+), Time: (.*)$'

# read_summary: the figures of the log's summary; fails where there is none.
read_summary() {
    [[ $(grep -E "$summary" "$log" | tail -n 1) =~ $summary ]] || return 1
    name=${BASH_REMATCH[1]} total=${BASH_REMATCH[2]} errors=${BASH_REMATCH[3]} failed=${BASH_REMATCH[4]} skipped=${BASH_REMATCH[5]} time=${BASH_REMATCH[7]}
}

# A summary that is not the last says so, so that nobody adds both up.
"$program" "$@" 2>&1 | tee "$log" | sed -uE 's/^( +[^ ]+  )Total: /\1At first: /'
status=${PIPESTATUS[0]}
read_summary || {
    # Where no test is asked for, the summary has nothing but that.
    none=$(sed -nE 's/^ +([^ ]+)  Total: 0$/\1/p' "$log" | tail -n 1)
    [[ -n $none ]] || exit "$((status ? status : 1))"
    echo "   $none  Total: 0"
    exit "$status"
}
mapfile -t methods < <(sed -nE 's/^ *(PerfTrace\.Tests\.[A-Za-z0-9_.+]+).* \[FAIL\].*/\1/p' "$log" | sort -u)
if ((failed > 0 && errors == 0 && ${#methods[@]} > 0 && ${#methods[@]} <= most)); then
    first=$failed all=$total missed=$skipped
    options=()
    for method in "${methods[@]}"; do options+=(-method "$method"); done
    echo "=== ONCE MORE: ${methods[*]}"
    "$program" "$@" "${options[@]}" 2>&1 | tee "$log" | sed -uE 's/^( +[^ ]+  )Total: /\1Once more: /'
    status=${PIPESTATUS[0]}
    read_summary || exit "$((status ? status : 1))"
    ((first <= failed)) || echo "=== $((first - failed)) FAILED AT FIRST AND PASSED THEN"
    total=$all skipped=$missed
fi
echo '=== TESTS IN ALL ==='
echo "   $name  Total: $total, Errors: $errors, Failed: $failed, Skipped: $skipped, Not Run: 0, Time: $time"
exit "$status"
