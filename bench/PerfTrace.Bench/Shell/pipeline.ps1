# Milliseconds of CPU time that a fresh session uses for a pipeline that sends eight numbers every 0.1 seconds for ten seconds and
# does nothing else: what the shell itself costs.
param([string] $Module)
$ErrorActionPreference = 'Stop'

$before = [Environment]::CpuUsage.TotalTime
1..100 | ForEach-Object { [System.Threading.Thread]::Sleep(100); 1..8 } | Out-Null
([Environment]::CpuUsage.TotalTime - $before).TotalMilliseconds.ToString([cultureinfo]::InvariantCulture)
