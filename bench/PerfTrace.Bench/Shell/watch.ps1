# Prints events, seconds and losses of a flood of 500,000 a second; events and losses at another rate; and the CPU milliseconds of this
# process for keeping one event in a hundred: by the kernel, and by Where-Object.
param([string] $Module, [string] $DotNet, [string] $Flood, [int] $Rate, [int] $RareCall)
$ErrorActionPreference = 'Stop'

function Write-Figure($Value) {
    ([double]$Value).ToString([cultureinfo]::InvariantCulture)
}

Import-Module $Module
$calls = @{ Event = 'raw_syscalls:sys_enter'; WarningAction = 'Ignore'; SummaryVariable = 'summary'; Command = $DotNet }

# Compiled by the runtime before it is measured.
Watch-Tracepoint @calls -ArgumentList $Flood, make-calls, 500000, 1 | Out-Null

Watch-Tracepoint @calls -ArgumentList $Flood, make-calls, 500000, 4 | Out-Null
Write-Figure $summary.Events
Write-Figure $summary.Elapsed.TotalSeconds
Write-Figure $summary.Lost

Watch-Tracepoint @calls -ArgumentList $Flood, make-calls, $Rate, 4 | Out-Null
Write-Figure $summary.Events
Write-Figure $summary.Lost

foreach ($way in 'kernel', 'shell') {
    foreach ($seconds in 1, 4) {
        $before = [Environment]::CpuUsage.TotalTime
        if ($way -eq 'kernel') {
            $kept = @(Watch-Tracepoint @calls -Where { $_.id -eq $RareCall } -ArgumentList $Flood, make-calls, $Rate, $seconds)
        }
        else {
            $kept = @(Watch-Tracepoint @calls -ArgumentList $Flood, make-calls, $Rate, $seconds | Where-Object { $_.id -eq $RareCall })
        }
        $used = ([Environment]::CpuUsage.TotalTime - $before).TotalMilliseconds
        if (-not $kept) {
            throw "The $way kept nothing."
        }
    }
    Write-Figure $used
}
