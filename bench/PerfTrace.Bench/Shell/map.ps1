# Milliseconds in a session that has made some calls before, five of each: Get-BpfMapEntry without a command behind it, to Out-Null, and as many objects that are there to Out-Null.
param([string] $Module, [uint32] $Map)
$ErrorActionPreference = 'Stop'

function Measure-Five([scriptblock] $Work) {
    foreach ($round in 1..10) {
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        & $Work
        $watch.Stop()
        if ($round -gt 5) { $watch.Elapsed.TotalMilliseconds.ToString([cultureinfo]::InvariantCulture) }
    }
}

Import-Module $Module
Measure-Five { Get-BpfMapEntry $Map > $null }
Measure-Five { Get-BpfMapEntry $Map | Out-Null }
$entries = Get-BpfMapEntry $Map
Measure-Five { Write-Output -InputObject $entries | Out-Null }
