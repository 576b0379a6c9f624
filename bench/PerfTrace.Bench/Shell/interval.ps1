# Milliseconds of CPU time that this process uses while the cmdlet counts for ten seconds; what came before is not in it.
param([string] $Module)
$ErrorActionPreference = 'Stop'

Import-Module $Module
Get-PerfCounter -AllCpu -Interval 0.1 -Duration 1 | Out-Null

$before = [Environment]::CpuUsage.TotalTime
Get-PerfCounter -AllCpu -Interval 0.1 -Duration 10 | Out-Null
([Environment]::CpuUsage.TotalTime - $before).TotalMilliseconds.ToString([cultureinfo]::InvariantCulture)
