# Prints the milliseconds of CPU that PowerShell needs to hand a million objects that are there to Out-Null; events, seconds and losses of a flood; events and
# losses at another rate; and the CPU milliseconds of this process for keeping one event in a hundred: by the kernel, and by Where-Object.
param([string] $Module, [string] $DotNet, [string] $Bench, [int] $FloodRate, [int] $Rate, [int] $RareCall)
$ErrorActionPreference = 'Stop'

function Write-Figure($Value) {
    ([double]$Value).ToString([cultureinfo]::InvariantCulture)
}

Import-Module $Module
$calls = @{ Event = 'raw_syscalls:sys_enter'; WarningAction = 'Ignore'; SummaryVariable = 'summary'; Command = $DotNet }

$objects = [object[]]::new(1000000)
for ($i = 0; $i -lt $objects.Length; $i++) {
    $objects[$i] = [System.Tuple]::Create($i)
}
# Each way three times before it is measured: until then the runtime compiles what is called often.
foreach ($round in 1..4) {
    $before = [Environment]::CpuUsage.TotalTime
    Write-Output $objects | Out-Null
    $used = ([Environment]::CpuUsage.TotalTime - $before).TotalMilliseconds
}
Write-Figure $used
$objects = $null

foreach ($seconds in 1, 2, 2, 4) {
    Watch-Tracepoint @calls -ArgumentList $Bench, make-calls, $FloodRate, $seconds | Out-Null
}
Write-Figure $summary.Events
Write-Figure $summary.Elapsed.TotalSeconds
Write-Figure $summary.Lost

Watch-Tracepoint @calls -ArgumentList $Bench, make-calls, $Rate, 4 | Out-Null
Write-Figure $summary.Events
Write-Figure $summary.Lost

foreach ($way in 'kernel', 'shell') {
    foreach ($seconds in 1, 2, 2, 4) {
        $before = [Environment]::CpuUsage.TotalTime
        if ($way -eq 'kernel') {
            $kept = @(Watch-Tracepoint @calls -Where { $_.id -eq $RareCall } -ArgumentList $Bench, make-calls, $Rate, $seconds)
        }
        else {
            $kept = @(Watch-Tracepoint @calls -ArgumentList $Bench, make-calls, $Rate, $seconds | Where-Object { $_.id -eq $RareCall })
        }
        $used = ([Environment]::CpuUsage.TotalTime - $before).TotalMilliseconds
        if (-not $kept) {
            throw "The $way kept nothing."
        }
    }
    Write-Figure $used
}
