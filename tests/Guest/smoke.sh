#!/usr/bin/env bash
# Checks that the x86-64 guest does what run.sh promises, with three boots. The last line is "N passed, N failed, N skipped".
#   smoke.sh [--no-install]
set -uo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
passed=0 failed=0 skipped=0

finish() {
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    exit $((failed > 0))
}

pass() { passed=$((passed + 1)); }
fail() {
    failed=$((failed + 1))
    printf 'failed: %s\n' "$*"
}
skip() {
    skipped=$((skipped + 1))
    printf 'skipped: %s\n' "$*"
}

# same NAME EXPECTED ACTUAL
same() {
    if [[ $2 == "$3" ]]; then pass; else fail "$1: expected '$2', got '$3'"; fi
}

# same_file NAME EXPECTED ACTUAL
same_file() {
    if cmp -s "$2" "$3"; then pass; else fail "$1: $(cmp "$2" "$3" 2>&1)"; fi
}

"$here/run.sh" "$@" --prepare
case $? in
    0) ;;
    77)
        skip 'no guest can be had on this machine (see above)'
        finish
        ;;
    *)
        fail 'the guest cannot be prepared'
        finish
        ;;
esac

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# The guest sees these at the same place.
cp "$here/smoke-in-guest.sh" "$work/script"
# Every byte, then as they come.
for ((byte = 0; byte < 256; byte++)); do
    printf '%b' "\\0$(printf '%o' "$byte")"
done > "$work/bytes"
{
    cat "$work/bytes"
    head -c 2000000 /dev/urandom
} > "$work/script-data"
mkdir "$work/working directory"

# --- Tracing, arguments, result files; status 3 ------------------------------------------------------------------------

# What a shell would expand here is meant to stay as it is.
# shellcheck disable=SC2016,SC1003
arguments=('' ' ' 'two words' "it's" '"quoted"' '$HOME `id` $(id)' '\n\t\\' '*' '-n' '!' '{a,b}' ';&|<>' $'a\nnewline' $'\ttab '
    'ünïcødé 漢字 🐧' $'\xff\xfe')
printf '%s\0' "${arguments[@]}" > "$work/arguments"
(cd "$work/working directory" &&
    DOTNET_PERFTRACE_SMOKE="va'lue" "$here/run.sh" --timeout 120 --output "$work/results/new" -- \
        env SMOKE_OUTPUT="$work/results/new" sh "$work/script" "${arguments[@]}" > "$work/out" 2> "$work/err")
same 'exit status 3' 3 $?
same 'standard output' 'to standard output, no newline' "$(cat "$work/out")"
same 'standard error, by both ways' $'to standard error\nto /dev/stderr' "$(cat "$work/err")"
got=$work/results/new
same_file 'arguments' "$work/arguments" "$got/arguments"
same 'working directory' "$work/working directory" "$(cat "$got/directory" 2> /dev/null)"
same 'environment' "va'lue" "$(cat "$got/environment" 2> /dev/null)"
same_file 'result file' <(head -c 1000000 "$work/script-data") "$got/folder with space/ünïcode"
same 'result link' 'ünïcode' "$(readlink "$got/folder with space/link")"
if [[ -e $work/script-was-here ]]; then fail "the host's files do not change"; else pass; fi
if [[ -s $got/results ]]; then
    while read -r verdict text; do
        case $verdict in
            passed) pass ;;
            failed) fail "$text" ;;
            skipped) skip "$text" ;;
        esac
    done < "$got/results"
else
    fail 'the checks in the guest did not run'
fi

# --- Binary output; status 0 -------------------------------------------------------------------------------------------

"$here/run.sh" --timeout 60 -- cat "$work/script-data" > "$work/out" 2> "$work/err"
same 'exit status 0' 0 $?
same_file 'binary output' "$work/script-data" "$work/out"
same 'nothing on standard error' '' "$(cat "$work/err")"

# --- No such program; status 127 ---------------------------------------------------------------------------------------

"$here/run.sh" --timeout 60 -- perftrace-no-such-program > "$work/out" 2> "$work/err"
same 'exit status 127' 127 $?
if grep -q perftrace-no-such-program "$work/err"; then pass; else fail "the missing program is named: $(cat "$work/err")"; fi

finish
