#!/usr/bin/env bash
# Runs a command in a virtual x86-64 machine: a distribution kernel on top of this machine's own files, which the guest may
# change as it likes without changing them here. See usage() below. Whatever is missing is fetched with apt on first use and
# kept in a cache.
set -euo pipefail

usage() {
    cat <<'USAGE'
usage: run.sh [options] [--] command [argument...]

  --output FOLDER  copy back what the command leaves in FOLDER (or /output), both the same and empty at first
  --cpus N         processors (2)
  --memory MB      memory, of which what the guest writes may take three quarters (2048)
  --timeout S      seconds for the whole life of the guest (300)
  --append TEXT    more for the kernel's command line (may be repeated)
  --console FILE   keep the guest's kernel log there, in full
  --versions       print the versions of emulator, kernel and packages (and run nothing)
  --prepare        only download and build what a boot needs
  --refresh        download and build everything anew
  --no-install     install no package

The command is a program as in a terminal here: it starts in the same working directory and finds the same files, read-only
underneath and writable on top (what it writes is gone afterwards). PATH, HOME, LANG, LC_* and DOTNET_* are passed on.
Its standard output and error come at once, and its exit status becomes that of run.sh.
124: the time is over; 125: the guest never got as far as a status; 77: what it needs can not be had here; 2: wrong usage.
The user is root; /proc, /sys, /dev, /run, tracefs, debugfs, bpffs and cgroup2 are the guest's own.
USAGE
}

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/perftrace/guest-x86_64
# shellcheck source=common.sh
. "$here/common.sh"

# What the guest mounts its root with; a kernel has it built in or as a module.
modules=(virtiofs overlay)

cpus=2 memory=2048 timeout=300 output='' console='' append='' only='' refresh=no install=yes
while (($#)); do
    case $1 in
        --output | --cpus | --memory | --timeout | --append | --console)
            (($# > 1)) || die "$1 needs a value" 2
            case $1 in
                --output) output=$2 ;;
                --cpus) cpus=$2 ;;
                --memory) memory=$2 ;;
                --timeout) timeout=$2 ;;
                --append) append+=" $2" ;;
                --console) console=$2 ;;
            esac
            shift
            ;;
        --versions | --prepare) only=${1#--} ;;
        --refresh) refresh=yes ;;
        --no-install) install=no ;;
        -h | --help)
            usage
            exit 0
            ;;
        --)
            shift
            break
            ;;
        -*) die "unknown option $1 (--help tells)" 2 ;;
        *) break ;;
    esac
    shift
done
positive "$cpus" "$memory" "$timeout"
if [[ -z $only ]] && (($# == 0)); then
    usage >&2
    exit 2
fi
[[ $(uname -m) == x86_64 ]] || die "a guest on this machine's files must be what the machine is: x86-64" "$unavailable"

# --- What the cache holds ----------------------------------------------------------------------------------------------

# find_kernel STATE: the package of the kernel. The newest cloud kernel of the 6.12 series first, in which virtiofs and all
# of ftrace are built in, or else the distribution's usual one (Debian's for clouds, Ubuntu's for virtual machines).
find_kernel() {
    local package kernel
    kernel=$(private_apt amd64 "$1" apt-cache search --names-only '^linux-image-6\.12\.[0-9][^ ]*-cloud-amd64$' |
        cut -d ' ' -f 1 | sort -V | tail -n 1)
    for package in linux-image-cloud-amd64 linux-image-virtual; do
        [[ -z $kernel ]] || break
        # The metapackage's one dependency is the kernel of the day.
        kernel=$(private_apt amd64 "$1" apt-cache depends --important "$package" 2> /dev/null |
            sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -n 1)
    done
    printf '%s' "$kernel"
}

# uncompressed BZIMAGE: the ELF file in a kernel image, to where the boot protocol says it is ("payload" in the kernel's
# Documentation/arch/x86/boot.rst). Fails if it is compressed in a way that we do not know.
uncompressed() {
    local sectors offset length
    sectors=$(od -A n -t u1 -j $((0x1f1)) -N 1 "$1")
    offset=$((512 * (sectors + 1) + $(od -A n -t u4 -j $((0x248)) -N 4 "$1")))
    length=$(od -A n -t u4 -j $((0x24c)) -N 4 "$1")
    # The last four bytes are the size of the result, for the code that unpacks it while booting.
    tail -c +$((offset + 1)) "$1" | head -c $((length - 4)) > "$work/payload"
    case $(od -A n -t x1 -N 4 "$work/payload") in
        ' 28 b5 2f fd') zstd -qdc "$work/payload" ;;
        ' fd 37 7a 58') xz -dc "$work/payload" ;;
        ' 1f 8b'*) gzip -dc "$work/payload" ;;
        *) return 1 ;;
    esac
}

# download FOLDER: leaves FOLDER/kernel (the unpacked package), FOLDER/linux (what to boot), FOLDER/busybox and
# FOLDER/versions.txt.
download() {
    local folder=$1 apt=$1/apt kernel deb packages
    say 'downloading the kernel (about 50 MB, once)'
    private_apt amd64 "$apt" apt-get -qq update >&2 || die 'cannot read the apt sources' "$unavailable"
    kernel=$(find_kernel "$apt")
    [[ -n $kernel ]] || die 'the apt sources have no kernel for the guest (linux-image-*-cloud-amd64)' "$unavailable"
    # Without its dependencies: initramfs-tools and friends are of no use here. But Ubuntu's modules come apart.
    packages=("$kernel" busybox-static)
    [[ $kernel != *-generic ]] || packages+=("${kernel/image/modules}")
    (cd "$folder" && private_apt amd64 "$apt" apt-get -qq download "${packages[@]}") >&2 ||
        die "cannot download ${packages[*]}" "$unavailable"
    mkdir "$folder/kernel" "$folder/tools"
    for deb in "$folder"/linux-*.deb; do
        dpkg-deb -x "$deb" "$folder/kernel"
    done
    dpkg-deb -x "$folder"/busybox-static_*.deb "$folder/tools"
    find "$folder/tools" -path '*bin/busybox' -exec cp {} "$folder/busybox" \;
    # An ELF file is entered directly (by PVH's protocol), which saves two seconds of firmware and decompression.
    uncompressed "$folder"/kernel/boot/vmlinuz-* > "$folder/linux" || cp "$folder"/kernel/boot/vmlinuz-* "$folder/linux"
    versions "$folder"/*.deb > "$folder/versions.txt"
    # Packages and documentation are of no further use; a cache should be small.
    rm -rf -- "$apt" "$folder"/*.deb "$folder/tools" "$folder/kernel/usr/share"
}

# build_initramfs FILE: busybox, init, and the modules that the root needs.
build_initramfs() {
    local tree=$work/tree module applet file number=0
    mkdir -p "$tree"/{bin,modules}
    cp "$cache/packages/busybox" "$tree/bin/busybox"
    # Made here: busybox --install would take the emulated processor half a second.
    for applet in $("$cache/packages/busybox" --list); do
        [[ $applet == busybox ]] || ln -s busybox "$tree/bin/$applet"
    done
    install -m 755 "$here/init" "$tree/init"
    install -m 644 "$here/run-command" "$tree/run-command"
    for module in "${modules[@]}"; do
        file=$(find "$cache/packages/kernel" -name "$module.ko*" -print -quit)
        [[ -n $file ]] || continue
        number=$((number + 1))
        # Unpacked here, where it is quicker.
        case $file in
            *.xz) xz -dc "$file" ;;
            *.zst) zstd -qdc "$file" ;;
            *.gz) gzip -dc "$file" ;;
            *) cat "$file" ;;
        esac > "$tree/modules/$number-$module.ko"
    done
    # No /dev/console in here (only root could make one): the initramfs inside the kernel has it.
    pack "$tree" > "$1"
}

# The successor in Rust first (a package of its own in later distributions, which puts it where nobody looks for programs),
# then what Debian 12 and Ubuntu 22.04 have with QEMU.
find_virtiofsd() {
    local file
    for file in "$(command -v virtiofsd)" /usr/libexec/virtiofsd /usr/lib/virtiofsd /usr/lib/qemu/virtiofsd; do
        if [[ -x $file ]]; then
            printf '%s' "$file"
            return
        fi
    done
}

need qemu-system-x86_64 qemu-system-x86
need cpio cpio
need xz xz-utils
need zstd zstd
virtiofsd=$(find_virtiofsd)
if [[ -z $virtiofsd ]]; then
    need virtiofsd virtiofsd
    virtiofsd=$(find_virtiofsd)
    [[ -n $virtiofsd ]] || die 'virtiofsd is missing' "$unavailable"
fi
if ((EUID != 0)) && [[ $("$virtiofsd" --help 2>&1) == *'-o source='* ]]; then
    # overlay opens with O_NOATIME, which the kernel allows to the owner of a file; the successor does without then.
    die "QEMU's own virtiofsd can serve the guest only as root; its successor (a package or program virtiofsd) needs none" "$unavailable"
fi
fill_cache "$refresh" "$here/init" "$here/run.sh"

case $only in
    prepare) exit 0 ;;
    versions)
        qemu-system-x86_64 --version | head -n 1
        "$virtiofsd" --version 2>&1 | head -n 1
        cat "$cache/packages/versions.txt"
        exit 0
        ;;
esac

# --- The host's files --------------------------------------------------------------------------------------------------

# share_root SOCKET: becomes virtiofsd. Two programs have this name: QEMU's former one in C, and its successor in Rust.
share_root() {
    local socket=$1 help arguments
    help=$("$virtiofsd" --help 2>&1)
    if [[ $help == *'-o source='* ]]; then
        # chroot: what is shared is the whole tree, so that namespaces would hide nothing, and containers forbid them.
        arguments=(-o source=/ -o sandbox=chroot -o cache=always -o log_level=err)
    else
        arguments=(--shared-dir=/ --sandbox=none --cache=always --log-level=error)
        [[ $help != *--readonly* ]] || arguments+=(--readonly)
        # overlay looks at one file system only: folders that are mounts must look as if they were none.
        [[ $help != *--no-announce-submounts* ]] || arguments+=(--no-announce-submounts)
    fi
    local space=(--mount --propagation private)
    ((EUID == 0)) || space+=(--user --map-root-user)
    if unshare "${space[@]}" true 2> /dev/null; then
        # A view of its own of the mounts, in which the root is read-only for whatever the guest may ask, and which takes
        # the lock file that the C program would leave in /run.
        # shellcheck disable=SC2016  # the inner shell's
        exec unshare "${space[@]}" sh -c '
            mount --bind "$1" "$1" && mount -o remount,bind,ro / && mount -t tmpfs run /run
            shift
            exec "$@"' sh "$work" "$virtiofsd" --socket-path="$socket" "${arguments[@]}"
    fi
    exec "$virtiofsd" --socket-path="$socket" "${arguments[@]}"
}

# --- One boot ----------------------------------------------------------------------------------------------------------

release=$(basename "$cache"/packages/kernel/lib/modules/*)
overlay=$work/overlay/run/guest
mkdir -p "$overlay"

# The shell that reads it is the host's, in the guest.
{
    while IFS='=' read -r -d '' name value; do
        case $name in
            # Functions that bash exports have names that no shell could set.
            *[!A-Za-z0-9_]*) ;;
            PATH | HOME | LANG | LC_* | DOTNET_*) printf 'export %s=%s\n' "$name" "$(quote "$value")" ;;
        esac
    done < <(env -0)
    printf 'cd %s|| exit 125\n' "$(quote "$PWD")"
    # exec: programs only. A shell's own echo or test is not what another's is.
    printf 'exec '
    quote "$@"
} > "$overlay/command"

# What busybox does before that, already in the new root.
{
    # bpftool and bpftrace read the configuration; modprobe and people may want modules.
    printf 'mkdir -p /boot /lib/modules\n'
    printf 'ln -sfn %s/boot/\n' "$(quote "$cache/packages/kernel/boot/config-$release")"
    printf 'ln -sfn %s/lib/modules/\n' "$(quote "$cache/packages/kernel/lib/modules/$release")"
    if [[ -n $output ]]; then
        output=$(realpath -m -- "$output")
        printf 'mkdir -p %s&& mount --bind /output %s\n' "$(quote "$output")" "$(quote "$output")"
    fi
} > "$overlay/setup"
make_initrd

share_root "$work/virtiofs" > "$work/virtiofsd.log" 2>&1 &
server=$!
children+=("$server")
for ((tries = 0; ; tries++)); do
    [[ ! -S $work/virtiofs ]] || break
    if ! kill -0 "$server" 2> /dev/null || ((tries == 200)); then
        cat "$work/virtiofsd.log" >&2
        die 'virtiofsd does not start'
    fi
    sleep 0.05
done

# One thread for all processors. With one for each (thread=multi), QEMU 7.2 sometimes executes what the kernel has just
# replaced: two of three guests that switched tracepoints on and off died of "Oops: int3" within half a minute.
accelerator=(-accel 'tcg,thread=single')
# /dev/kvm alone proves nothing: the processor must be able to.
if [[ -w /dev/kvm ]] && grep -qwE 'vmx|svm' /proc/cpuinfo; then
    accelerator=(-accel kvm "${accelerator[@]}")
fi

# tsc=reliable: all emulated processors read one clock; without it trace clocks fall back to something coarse.
# mitigations=off, cryptomgr.notests: they protect nothing here, and are slow to emulate.
line='console=ttyS0 panic=-1 nokaslr audit=0 tsc=reliable mitigations=off cryptomgr.notests'
[[ -n $console ]] || line+=' quiet'
log=${console:-$work/console}
: > "$log"

# Without SMAP: emulated by QEMU 7.2 it now and then stops a program right after a popfq ("supervisor read access in user mode") while functions
# are being traced.
boot "$timeout" "$log" qemu-system-x86_64 \
    -M q35 -cpu max,-smap "${accelerator[@]}" -smp "$cpus" -m "$memory" -rtc base=utc \
    -object "memory-backend-memfd,id=memory,size=${memory}M,share=on" -numa node,memdev=memory \
    -kernel "$cache/packages/linux" -append "$line$append" \
    -chardev "socket,id=host,path=$work/virtiofs" -device vhost-user-fs-pci,chardev=host,tag=host
# It ends with QEMU; but not if QEMU did not even start.
kill "$server" 2> /dev/null || true
wait "$server" 2> /dev/null || true
children=()
grep -v 'Unexpected poll revents' "$work/virtiofsd.log" >&2 || true
finish "$timeout" "$log" "$output"
