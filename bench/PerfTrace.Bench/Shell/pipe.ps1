# Prints how many events of a flood are in a trace buffer, and the seconds until all of them have come out of Watch-TracePipe into Out-Null.
param([string] $Module, [string] $DotNet, [string] $Bench, [string] $Verb, [long] $Rate, [double] $Seconds)
$ErrorActionPreference = 'Stop'

Import-Module $Module
# Three times before it is measured: until then the runtime compiles what is called often.
foreach ($round in 1..4) {
    $null = New-TraceInstance bench
    Set-TraceBuffer -Size 32MB -Instance bench
    Enable-Tracepoint raw_syscalls:sys_enter -Instance bench
    & $DotNet $Bench $Verb $Rate $Seconds
    Set-TraceBuffer -Tracing Off -Instance bench
    $there = (Get-TraceBufferStatistics -Instance bench | Measure-Object Entries -Sum).Sum
    $watch = [Diagnostics.Stopwatch]::StartNew()
    Watch-TracePipe -Instance bench -MaxEvents $there -Duration 60 -WarningAction Ignore -SummaryVariable summary | Out-Null
    $watch.Stop()
    Remove-TraceInstance bench
}
if ($summary.Objects -ne $there) {
    throw "$($summary.Objects) of $there came out."
}
$there.ToString([cultureinfo]::InvariantCulture)
$watch.Elapsed.TotalSeconds.ToString([cultureinfo]::InvariantCulture)
