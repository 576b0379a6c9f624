# Milliseconds of Get-BpfMapEntry to Out-Null, each of five calls in a session that has made some before.
param([string] $Module, [uint32] $Map)
$ErrorActionPreference = 'Stop'

Import-Module $Module
foreach ($round in 1..10) {
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    Get-BpfMapEntry $Map | Out-Null
    $watch.Stop()
    if ($round -gt 5) { $watch.Elapsed.TotalMilliseconds.ToString([cultureinfo]::InvariantCulture) }
}
