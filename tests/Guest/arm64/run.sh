#!/usr/bin/env bash
# Runs a command in an emulated ARM64 machine that has a hardware PMU (QEMU's PMUv3), with perf beside it.
# See usage() below. Works on Debian; whatever is missing is fetched with apt on first use and kept in a cache.
set -euo pipefail

usage() {
    cat <<'USAGE'
usage: run.sh [options] [--] command [argument...]

  --icount         count instructions too: QEMU's PMUv3 counts them only when time itself is derived from
                   executed instructions. Slower (one host thread), but runs are (nearly) repeatable.
  --acpi           boot through UEFI and describe the machine with ACPI, as servers do (the PMU is armv8_pmuv3_0 then);
                   without it, a device tree (armv8_pmuv3). Takes two seconds more.
  --input PATH     put a file or folder at /input/<its name> in the guest (may be repeated)
  --output FOLDER  copy what the command leaves in the guest's /output to FOLDER
  --cpus N         processors (2)
  --memory MB      memory (1024)
  --timeout S      seconds for the whole life of the guest (300)
  --console FILE   keep the guest's kernel log there
  --versions       print the versions of emulator, kernel and packages (and run nothing)
  --prepare        only download and build what a boot needs
  --refresh        download and build everything anew

The command's standard output and error and its exit status become those of run.sh.
124: the time is over; 125: the guest never got as far as a status; 2: wrong usage.
In the guest: busybox, perf, and `workload`, a program whose counts are known (workload.S). The user is root.
USAGE
}

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/perftrace/guest-arm64
# shellcheck source=../common.sh
. "$here/../common.sh"

# Metapackage of the kernel: the newest cloud kernel first, then what plain Debian has. The cloud flavour has virtio-pci,
# virtio-console, PMUv3 and tracefs built in, so that the initramfs needs no modules.
kernel_packages=(linux-image-6.12-cloud-arm64 linux-image-cloud-arm64)

icount=no acpi=no cpus=2 memory=1024 timeout=300 output='' console='' only='' refresh=no
inputs=()

while (($#)); do
    case $1 in
        --icount) icount=yes ;;
        --acpi) acpi=yes ;;
        --input | --output | --cpus | --memory | --timeout | --console)
            (($# > 1)) || die "$1 needs a value" 2
            case $1 in
                --input) inputs+=("$2") ;;
                --output) output=$2 ;;
                --cpus) cpus=$2 ;;
                --memory) memory=$2 ;;
                --timeout) timeout=$2 ;;
                --console) console=$2 ;;
            esac
            shift
            ;;
        --versions | --prepare) only=${1#--} ;;
        --refresh) refresh=yes ;;
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
for input in "${inputs[@]}"; do
    [[ -e $input ]] || die "there is no $input" 2
done
if [[ -z $only ]] && (($# == 0)); then
    usage >&2
    exit 2
fi

# --- What the cache holds ----------------------------------------------------------------------------------------------

# download FOLDER: leaves FOLDER/kernel (unpacked kernel package), FOLDER/root (unpacked perf, busybox and all they
# depend on) and FOLDER/versions.txt.
download() {
    local folder=$1 apt=$1/apt package kernel='' deb
    say 'downloading the arm64 kernel and perf (about 80 MB, once)'
    private_apt arm64 "$apt" apt-get -qq update >&2
    for package in "${kernel_packages[@]}"; do
        # The metapackage's one dependency is the kernel of the day.
        kernel=$(private_apt arm64 "$apt" apt-cache depends --important "$package" 2> /dev/null |
            sed -n 's/^ *Depends: \(linux-image-[0-9].*-cloud-arm64\)$/\1/p' | head -n 1)
        [[ -z $kernel ]] || break
    done
    [[ -n $kernel ]] || die "the apt sources have none of: ${kernel_packages[*]}"
    # The kernel without its dependencies (initramfs-tools and friends are of no use here), and the firmware ...
    (cd "$folder" && private_apt arm64 "$apt" apt-get -qq download "$kernel" qemu-efi-aarch64) >&2
    # ... and perf with them: --download-only never gets as far as dpkg.
    private_apt arm64 "$apt" apt-get -qq install -y --download-only linux-perf busybox-static libc6 >&2

    mkdir -p "$folder/kernel" "$folder/root"
    dpkg-deb --fsys-tarfile "$folder"/qemu-efi-aarch64_*.deb |
        tar -xO ./usr/share/qemu-efi-aarch64/QEMU_EFI.fd > "$folder/firmware.fd"
    for deb in "$folder"/linux-image-*.deb; do
        dpkg-deb -x "$deb" "$folder/kernel"
    done
    for deb in "$apt"/archives/*.deb; do
        dpkg-deb -x "$deb" "$folder/root"
    done
    versions "$folder"/*.deb "$apt"/archives/{linux-perf,busybox-static,libc6}_*.deb > "$folder/versions.txt"
    # Modules, packages and documentation are of no further use; a cache should be small.
    rm -rf -- "$apt" "$folder"/*.deb "$folder"/kernel/{lib,usr} "$folder"/root/usr/share "$folder"/root/usr/lib/python3*
}

# copy_libraries FILE ROOT TREE: copies every library that an ELF file needs from the unpacked packages into the tree.
# Of the packages of perl and Python, 100 MB, perf needs two shared libraries: hence the walk over DT_NEEDED.
copy_libraries() {
    local file=$1 root=$2 tree=$3 library found
    while read -r library; do
        [[ -e $tree/usr/lib/aarch64-linux-gnu/$library ]] && continue
        found=$(find "$root/lib" "$root/usr/lib" -name "$library" -print -quit)
        [[ -n $found ]] || die "no package has $library, which $file needs"
        cp -L -- "$found" "$tree/usr/lib/aarch64-linux-gnu/$library"
        copy_libraries "$found" "$root" "$tree"
    done < <(readelf -d "$file" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
}

build_initramfs() {
    local root=$cache/packages/root tree=$work/tree perf
    mkdir -p "$tree"/usr/{bin,sbin,lib/aarch64-linux-gnu,share}
    # Merged /usr, as in Debian itself; /bin/busybox must exist before anything is mounted.
    ln -s usr/lib "$tree/lib"
    ln -s usr/bin "$tree/bin"
    ln -s usr/sbin "$tree/sbin"
    cp "$root"/bin/busybox "$tree/usr/bin/busybox"
    # Some releases ship a wrapper script as /usr/bin/perf and the program as perf_<version>.
    perf=$(find "$root/usr/bin" -name 'perf' -o -name 'perf_*' | while read -r file; do
        readelf -h "$file" > /dev/null 2>&1 && printf '%s\n' "$file"
    done | head -n 1)
    [[ -n $perf ]] || die 'no perf in the linux-perf package'
    cp "$perf" "$tree/usr/bin/perf"
    copy_libraries "$perf" "$root" "$tree"
    cp -L "$root"/lib/ld-linux-aarch64.so.1 "$tree/usr/lib/"
    # How perf prints sched_switch and others is the business of libtraceevent's plugins.
    [[ ! -d $root/usr/lib/traceevent ]] || cp -r "$root/usr/lib/traceevent" "$tree/usr/lib/"
    build_workload "$cache/workload"
    cp "$cache/workload" "$tree/usr/bin/workload"
    install -m 755 "$here/init" "$tree/init"
    install -m 644 "$guest_folder/run-command" "$tree/run-command"
    # No /dev/console in here (only root could make one): the initramfs inside the kernel has it.
    pack "$tree" > "$1"
}

build_workload() {
    local prefix=''
    if [[ $(uname -m) != aarch64 ]]; then
        need aarch64-linux-gnu-as binutils-aarch64-linux-gnu
        prefix=aarch64-linux-gnu-
    fi
    # Line numbers, but no trace of the folder it was built in: the same bytes wherever it is built.
    (cd "$here" && "${prefix}as" -g --debug-prefix-map "$here=." -o "$work/workload.o" workload.S) ||
        die 'cannot assemble workload.S'
    # Pages of 4 KB, or the file would be padded to 64 KB boundaries.
    "${prefix}ld" -static --build-id=sha1 -z max-page-size=4096 -z noexecstack \
        -Ttext=0x410000 -Tbss=0x420000 -o "$1" "$work/workload.o" ||
        die 'cannot link workload'
}

need qemu-system-aarch64 qemu-system-arm
need readelf binutils
need cpio cpio
fill_cache "$refresh" "$here/init" "$here/workload.S" "$here/run.sh"

case $only in
    prepare) exit 0 ;;
    versions)
        qemu-system-aarch64 --version | head -n 1
        cat "$cache/packages/versions.txt"
        exit 0
        ;;
esac

# --- One boot ----------------------------------------------------------------------------------------------------------

# The command and its input files. exec: programs only, as in the other guest.
mkdir -p "$work/overlay/run/guest" "$work/overlay/input"
printf 'cd /root && exec %s\n' "$(quote "$@")" > "$work/overlay/run/guest/command"
for input in "${inputs[@]}"; do
    cp -rL -- "$input" "$work/overlay/input/"
done
make_initrd

# pauth-impdef: pointer authentication with a cheap hash; the architected one costs half of TCG's time.
# dtb-randomness=off, nokaslr, -seed, -rtc: nothing of the outer world decides addresses or times in the guest.
machine=virt,gic-version=3,dtb-randomness=off
append='console=ttyAMA0 quiet panic=-1 nokaslr randomize_kstack_offset=off audit=0'
if [[ $icount == yes ]]; then
    # A fixed shift (an instruction takes 2^1 ns), not auto: only with "precise" counting does QEMU's PMU announce
    # inst_retired. sleep=off: an idle guest jumps to its next timer instead of waiting for it.
    timing=(-accel 'tcg,thread=single' -icount 'shift=1,sleep=off' -rtc 'base=2025-01-01T00:00:00,clock=vm' -seed 1)
else
    timing=(-accel 'tcg,thread=multi' -rtc 'base=utc')
fi

firmware=()
# With firmware QEMU hands over ACPI tables (it has both; the kernel would rather believe a device tree).
[[ $acpi == no ]] || firmware=(-bios "$cache/packages/firmware.fd")

boot "$timeout" "$work/console" qemu-system-aarch64 \
    -M "$machine" -cpu max,pauth-impdef=on "${timing[@]}" -smp "$cpus" -m "$memory" \
    "${firmware[@]}" -kernel "$cache"/packages/kernel/boot/vmlinuz-* -append "$append"
[[ -z $console ]] || cp -- "$work/console" "$console"
finish "$timeout" "$work/console" "$output"
