#!/bin/sh
# Runs inside the guest (suite.sh starts it there): suite-in-guest.sh FOLDER...: the tests for the guest of each test project, whose
# executable has the name of its folder.
set -u

status=0
for folder in "$@"; do
    name=${folder##*/}
    echo "== $name"
    "$folder/$name" -noLogo -noColor -reporter verbose -longRunning 60 -trait Machine=Guest -trait Machine=Both 2>&1 || status=1
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
exit $status
