# Prints the seconds that a record takes from a ring buffer that is full of them through Watch-BpfRingBuffer into Out-Null.
param([string] $Module, [uint32] $Map)
$ErrorActionPreference = 'Stop'

Import-Module $Module
$type = Get-BtfType timespec64 -Kind Struct | Select-Object -First 1
# Before it is measured: until then the runtime compiles what is called often.
foreach ($round in 1..4) {
    Watch-BpfRingBuffer $Map $type -MaxEvents 200000 -WarningAction Ignore | Out-Null
}
$watch = [Diagnostics.Stopwatch]::StartNew()
Watch-BpfRingBuffer $Map $type -MaxEvents 2000000 -WarningAction Ignore -SummaryVariable summary | Out-Null
$watch.Stop()
if ($summary.Records -ne 2000000) {
    throw "$($summary.Records) of 2000000 records came out."
}
($watch.Elapsed.TotalSeconds / 2000000).ToString([cultureinfo]::InvariantCulture)
