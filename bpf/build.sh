#!/usr/bin/env bash
# Compiles the BPF programs here: bpf/build.sh [--check]
#
# The objects are committed: using the module needs no compiler. "objects.txt" tells the version of clang that they were made with, and for each
# the SHA-256 of its sources (the .bpf.c file and all headers) and of itself. With --check nothing is written; it is checked that the
# objects are of the sources as they are now, and that they are the files that were made then. Where clang is of the version that is told,
# each is also compiled again and must come out the same, byte by byte; other versions make other instructions of the same source.
# The last line of a check is "N passed, N failed, N skipped".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

list=objects.txt

# Debian's clang-14 alone leaves no "clang" behind.
find_tool() {
    local found
    found=$(command -v "$1" || printf '%s\n' /usr/lib/llvm-*/bin/"$1" | sort -V | tail -n 1)
    if [ ! -x "$found" ]; then
        echo "bpf/build.sh: $1 was not found: install the packages clang and llvm." >&2
        exit 1
    fi
    printf '%s\n' "$found"
}

clang=$(find_tool clang)
strip=$(find_tool llvm-strip)
version=$("$clang" --version | sed -nE '1s/.*clang version ([0-9]+\.[0-9]+\.[0-9]+).*/\1/p')

# -g for the type information, which stays when llvm-strip takes DWARF away. The directory is in it: "." is the same everywhere.
# compile SOURCE TARGET
compile() {
    "$clang" -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Werror -fdebug-compilation-dir=. -c "$1" -o "$2"
    "$strip" -g "$2"
}

sum() { sha256sum | cut -d ' ' -f 1; }

sources_of() { cat "$1" ./*.h | sum; }

if [ "${1:-}" != --check ]; then
    {
        echo "clang $version"
        for source in *.bpf.c; do
            object=${source%.c}.o
            compile "$source" "$object"
            echo "$object $(sources_of "$source") $(sum <"$object")"
        done
    } >"$list.new"
    mv "$list.new" "$list"
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0
recorded=$(sed -n 's/^clang //p' "$list")
[ "$recorded" = "$version" ] || echo "The objects were made by clang $recorded; here is $version: they are not compiled again."
for source in *.bpf.c; do
    object=${source%.c}.o
    problem=""
    read -r _ of_sources of_object < <(grep "^$object " "$list" || echo "$object none none")
    if [ "$of_sources" != "$(sources_of "$source")" ]; then
        problem="$object is not of $source and the headers as they are now: run ./build.ps1 -Task Bpf."
    elif [ "$of_object" != "$(sum <"$object")" ]; then
        problem="$object is not the file that was made."
    elif [ "$recorded" = "$version" ]; then
        compile "$source" "$work/$object"
        cmp -s "$work/$object" "$object" || problem="$object comes out different when it is compiled again."
    fi
    if [ -n "$problem" ]; then
        echo "failed: $problem"
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
done
for object in *.bpf.o; do
    [ -e "${object%.o}.c" ] || { echo "failed: $object has no source."; failed=$((failed + 1)); }
done
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
