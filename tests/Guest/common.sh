# shellcheck shell=bash
# What the scripts that boot a guest have in common: packages, the cache, one boot. They source it; nothing runs by itself.
#
# The caller sets `cache` (its folder below the user's cache) before, and defines the functions download FOLDER and
# build_initramfs FILE, which fill_cache calls.

# shellcheck disable=SC2154  # cache: the caller's
# Status 77 (what automake's tests use for "skipped"): what a guest needs can not be had on this machine.
unavailable=77
guest_folder=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() {
    say "$1"
    exit "${2:-125}"
}

# positive NUMBER...: wrong usage unless all are.
positive() {
    local number
    for number in "$@"; do
        [[ $number =~ ^[1-9][0-9]*$ ]] || die "'$number' is no positive number" 2
    done
}

# --- What must go when we go -------------------------------------------------------------------------------------------

work=$(mktemp -d)
children=()
# shellcheck disable=SC2317  # called by the trap
cleanup() {
    # Our own children only, by their ids. (`timeout` passes the signal on to QEMU.)
    local child
    for child in "${children[@]}"; do
        kill "$child" 2> /dev/null || true
    done
    rm -rf -- "$work"
}
trap cleanup EXIT
# bash runs the EXIT trap after these; without them a signal would leave QEMU behind.
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# --- What the host needs -----------------------------------------------------------------------------------------------

# need PROGRAM PACKAGE: installs the package when the program is missing and we may (`install` is not "no").
need() {
    command -v "$1" > /dev/null && return
    command -v apt-get > /dev/null || die "$1 is missing (Debian's package $2)" "$unavailable"
    ((EUID == 0)) || install=no
    [[ ${install:-yes} != no ]] || die "$1 is missing: apt-get install $2" "$unavailable"
    say "installing $2"
    # The lists of a fresh machine are empty or old; so an update, but only when it is needed.
    apt_install "$2" || { timeout 300 apt-get -q update >&2 && apt_install "$2"; } || die "cannot install $2" "$unavailable"
}

apt_install() {
    DEBIAN_FRONTEND=noninteractive timeout 540 apt-get -qq install -y --no-install-recommends "$1" \
        < /dev/null > "$work/apt.log" 2>&1 || {
        tail -n 5 "$work/apt.log" >&2
        return 1
    }
}

# --- Packages for the guest --------------------------------------------------------------------------------------------

# An apt of its own: the machine's sources and keys, but its own lists, cache and (empty) dpkg status. So the machine's
# list of architectures stays as it is, nothing gets installed, root is not needed, and the lists are never so old that
# the archive has replaced the kernel they name.
private_apt() {
    local architecture=$1 state=$2
    shift 2
    if [[ ! -e $state/apt.conf ]]; then
        mkdir -p "$state/lists/partial" "$state/archives/partial"
        : > "$state/status"
        cat > "$state/apt.conf" <<CONF
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
APT::Sandbox::User "root";
APT::Install-Recommends "false";
Acquire::Languages "none";
Acquire::Retries "2";
Dir::State "$state";
Dir::State::lists "$state/lists";
Dir::State::status "$state/status";
Dir::Cache "$state";
Dir::Cache::archives "$state/archives";
CONF
    fi
    # The file must be named by APT_CONFIG (read first), not -c (read last): the architecture decides how sources are read.
    APT_CONFIG=$state/apt.conf timeout 540 "$@"
}

# versions DEB...: what these files are.
versions() {
    local deb
    for deb in "$@"; do
        # shellcheck disable=SC2016  # dpkg-deb's fields, not the shell's
        dpkg-deb -W --showformat '${Package} ${Version} ${Architecture}\n' "$deb"
    done
}

# --- The cache ---------------------------------------------------------------------------------------------------------

# pack FOLDER: as a cpio archive. Not compressed: the emulated CPU would take longer to unpack it than the host takes to
# load it.
pack() { (cd "$1" && find . -print0 | LC_ALL=C sort -z | cpio -0 -o -H newc -R 0:0 --quiet); }

# fill_cache REFRESH FILE...: leaves what download makes in $cache/packages (its versions.txt says that it is there) and
# the image that build_initramfs makes of it and of the given files in $cache/initramfs.cpio.
fill_cache() {
    local refresh=$1 lock key
    shift
    mkdir -p "$cache"
    # Two runs at once must not both fill the cache; the second waits for the first.
    exec {lock}> "$cache/lock"
    flock -w 900 "$lock" || die 'another run.sh has been preparing the guest for 15 minutes'
    if [[ $refresh == yes || ! -e $cache/packages/versions.txt ]]; then
        command -v dpkg-deb > /dev/null || die 'dpkg-deb is missing: this needs Debian or one of its children' "$unavailable"
        rm -rf -- "$cache"/packages "$cache"/packages.new
        mkdir "$cache/packages.new"
        download "$cache/packages.new"
        # Renamed when complete: a broken download is never taken for a cache.
        mv "$cache/packages.new" "$cache/packages"
        rm -f "$cache/initramfs.cpio"
    fi
    # Whatever the image is made from decides whether the cached one is still right.
    key=$(cat "$@" "$guest_folder"/{common.sh,run-command} "$cache/packages/versions.txt" | sha256sum | cut -c1-32)
    if [[ ! -e $cache/initramfs.cpio || $(cat "$cache/key" 2> /dev/null) != "$key" ]]; then
        build_initramfs "$cache/initramfs.new"
        mv "$cache/initramfs.new" "$cache/initramfs.cpio"
        printf '%s\n' "$key" > "$cache/key"
    fi
    flock -u "$lock"
    exec {lock}>&-
}

# --- One boot ----------------------------------------------------------------------------------------------------------

# quote WORD...: in single quotes, which every shell reads alike (busybox sh does not know all that printf %q writes).
quote() {
    local word
    for word in "$@"; do
        printf "'%s' " "${word//\'/\'\\\'\'}"
    done
}

# make_initrd: the image and, before it, what this run adds: the files below $work/overlay. (The kernel unpacks one archive
# after the other.)
make_initrd() {
    {
        pack "$work/overlay"
        cat "$cache/initramfs.cpio"
    } > "$work/initrd"
}

# boot TIMEOUT CONSOLE QEMU ARGUMENT...: runs the guest, and passes on what its command prints while it does.
# Sets `ended` to the status of timeout(1). The rest is finish's.
boot() {
    local limit=$1 console=$2 port ports=() readers=() stdin qemu others=("${children[@]}")
    shift 2
    mkfifo "$work"/{stdin,out,err}
    : > "$work/files"
    : > "$work/status"
    for port in out err files status; do
        ports+=(-chardev "file,id=$port,path=$work/$port" -device "virtserialport,chardev=$port,name=perftrace.$port")
    done
    cat "$work/out" &
    readers+=($!)
    cat "$work/err" >&2 &
    readers+=($!)
    # Nothing reads it (the console goes to a file), but QEMU must never see its standard input end: a pipe that is opened
    # for both directions has no end.
    exec {stdin}<> "$work/stdin"
    # In the background and waited for, so that a signal to this script is handled at once; --kill-after: QEMU that hangs.
    timeout --kill-after=10 "$limit" "$@" \
        -nodefaults -no-user-config -display none -monitor none -no-reboot \
        -initrd "$work/initrd" -serial "file:$console" \
        -device virtio-serial-pci,max_ports=8 "${ports[@]}" \
        <&"$stdin" > "$work/qemu.log" 2>&1 &
    qemu=$!
    children+=("$qemu" "${readers[@]}")
    ended=0
    wait "$qemu" || ended=$?
    # QEMU that refused to start has not opened these, and the readers wait for somebody who does.
    : <> "$work/out"
    : <> "$work/err"
    # A reader whose own reader has gone (run.sh | head) ends by a signal: no reason to fail.
    wait "${readers[@]}" || true
    children=("${others[@]}")
}

# finish TIMEOUT CONSOLE OUTPUT: result files into the folder OUTPUT (none if empty); exits as the guest's command did.
finish() {
    local limit=$1 console=$2 output=$3
    if [[ -n $output && -s $work/files ]]; then
        mkdir -p "$output"
        tar -C "$output" --no-same-owner -xf "$work/files" || die "cannot write to $output"
    fi
    if [[ $(cat "$work/status") =~ ^([0-9]+)$ ]]; then
        exit "${BASH_REMATCH[1]}"
    fi
    cat "$work/qemu.log" >&2
    tail -n 20 "$console" >&2 || true
    ((ended != 124 && ended != 137)) || die "the guest did not end within $limit s" 124
    die "the guest gave no exit status (QEMU ended with $ended)"
}
