# Counts until it is killed; the bench watches this process's CPU time from outside, which costs it nothing.
param([string] $Module)
$ErrorActionPreference = 'Stop'

Import-Module $Module
Get-PerfCounter -AllCpu -Interval 0.1 -Duration 120 | Out-Null
