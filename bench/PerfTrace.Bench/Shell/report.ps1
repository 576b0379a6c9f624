# Milliseconds of Get-PerfReport of a recording, each of five calls in a session that has made some before.
param([string] $Module, [string] $Recording)
$ErrorActionPreference = 'Stop'

Import-Module $Module
foreach ($round in 1..10) {
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $rows = Get-PerfReport $Recording
    $watch.Stop()
    if ($rows[0].ChildrenPercent -le 50) { throw 'The report is not that of the busy program.' }
    if ($round -gt 5) { $watch.Elapsed.TotalMilliseconds.ToString([cultureinfo]::InvariantCulture) }
}
