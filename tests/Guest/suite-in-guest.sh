#!/bin/sh
# Runs inside the guest (suite.sh starts it there): suite-in-guest.sh FOLDER...: the tests for the guest of each test project, whose
# executable has the name of its folder.
set -u

status=0
for folder in "$@"; do
    name=${folder##*/}
    echo "== $name"
    "${0%/*}/../run-xunit.sh" "$folder/$name" -noLogo -noColor -reporter verbose -longRunning 60 -trait Machine=Guest -trait Machine=Both -trait- Kernel=LockedDown 2>&1 || status=1
    # What the tests of one project leave behind must not decide about another's; and it is a mistake.
    left=$(cd /sys/kernel/tracing && {
        ls instances
        cat kprobe_events uprobe_events synthetic_events
    })
    [ -z "$left" ] || {
        echo "left in tracefs by $name: $(echo "$left" | tr '\n' ' ')"
        status=1
    }
done

# Last, as nothing but the end of the guest undoes it: the kernel forbids tracefs (kernel_lockdown(7)).
mount -t securityfs none /sys/kernel/security 2>/dev/null
if echo confidentiality >/sys/kernel/security/lockdown; then
    for folder in "$@"; do
        name=${folder##*/}
        echo "== $name, locked down"
        "${0%/*}/../run-xunit.sh" "$folder/$name" -noLogo -noColor -reporter verbose -longRunning 60 -trait Kernel=LockedDown 2>&1 || status=1
    done
else
    echo 'This kernel can not be locked down.'
    status=1
fi
exit $status
