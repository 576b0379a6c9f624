# Milliseconds: Import-Module, then the first and the second Get-PerfCounter, less the time that the command itself ran.
param([string] $Module)
$ErrorActionPreference = 'Stop'
$culture = [cultureinfo]::InvariantCulture

$watch = [System.Diagnostics.Stopwatch]::StartNew()
Import-Module $Module
$watch.Elapsed.TotalMilliseconds.ToString($culture)

foreach ($call in 1, 2) {
    $watch.Restart()
    $counter = Get-PerfCounter -Event page-faults -- true
    $elapsed = $watch.Elapsed
    if ($counter.Value -le 0) { throw 'Nothing was counted.' }
    ($elapsed - $counter.UserTime - $counter.SystemTime).TotalMilliseconds.ToString($culture)
}
