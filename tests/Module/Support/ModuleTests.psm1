# What the test files share. Each imports this in its BeforeAll.

$root = (Resolve-Path (Join-Path $PSScriptRoot '../../..')).Path
$manifest = Join-Path $root 'PerfTrace.psd1'

# The root of the checkout.
function Get-RepositoryRoot {
    $root
}

# Imports the module into the caller's session, once for all test files.
function Import-PerfTrace {
    if (-not (Get-Module PerfTrace)) {
        Import-Module $manifest -Global
    }
}

# The descriptors of this process that PerfTrace can have left: everything that is no file, pipe or socket of the shell's own.
function Get-DescriptorCount {
    # A descriptor that a finalizer or the reaping thread still holds is no leak.
    [GC]::Collect()
    [GC]::WaitForPendingFinalizers()
    @([System.IO.Directory]::GetFiles('/proc/self/fd')).Count
}

# Descriptors by what they are, for the message of a test that found a leak.
function Get-DescriptorTarget {
    foreach ($path in [System.IO.Directory]::GetFiles('/proc/self/fd')) {
        try {
            $target = [System.IO.File]::ResolveLinkTarget($path, $false)
            if ($target) { $target.FullName -replace '\d{3,}', 'N' }
        }
        catch [System.IO.FileNotFoundException] {
            Write-Debug "$path was closed while it was read."
        }
    }
}

function Get-ThreadCount {
    @([System.IO.Directory]::GetDirectories('/proc/self/task')).Count
}

# The processes that this process has started and not yet reaped.
function Get-ChildProcessId {
    foreach ($task in [System.IO.Directory]::GetDirectories('/proc/self/task')) {
        try {
            ([System.IO.File]::ReadAllText("$task/children") -split ' ').Where({ $_ }) | ForEach-Object { [int]$_ }
        }
        catch [System.IO.IOException] {
            Write-Debug "The thread $task ended while it was read."
        }
    }
}

# True as soon as the condition holds; false when it does not within the time.
function Wait-Condition {
    param([scriptblock] $Condition, [double] $Seconds = 2)
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    while (-not (& $Condition)) {
        if ($clock.Elapsed.TotalSeconds -gt $Seconds) { return $false }
        Start-Sleep -Milliseconds 5
    }
    $true
}

# Runs a script in a PowerShell instance of its own within this process, stops it once it runs, and says how long Stop took.
function Measure-Stop {
    param([string] $Script, [int] $AfterMilliseconds = 150)
    $shell = [powershell]::Create()
    try {
        $null = $shell.AddScript("Import-Module '$manifest'").Invoke()
        $shell.Commands.Clear()
        $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $running = $shell.AddScript($Script).BeginInvoke[psobject, psobject]($null, $output)
        Start-Sleep -Milliseconds $AfterMilliseconds
        $wasRunning = -not $running.IsCompleted
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        [pscustomobject]@{
            Milliseconds = $clock.Elapsed.TotalMilliseconds
            WasRunning   = $wasRunning
            Output       = $output
            State        = $shell.InvocationStateInfo.State
        }
    }
    finally {
        $shell.Runspace.Dispose()
        $shell.Dispose()
    }
}

# Those that are no assemblies of .NET, which come with whatever is done for the first time.
function Get-OwnDescriptor {
    [GC]::Collect()
    [GC]::WaitForPendingFinalizers()
    Get-DescriptorTarget | Where-Object { $_ -notlike '*.dll' }
}

# The threads of this process that the module has begun, by their names.
function Get-ModuleThread {
    foreach ($task in [System.IO.Directory]::GetDirectories('/proc/self/task')) {
        try {
            $name = [System.IO.File]::ReadAllText("$task/comm").TrimEnd()
            if ($name -cmatch '^(perf record|PerfTrace close|perftrace |bpftrace|gate-|packets of|iterators of|command of|output of)') { $name }
        }
        catch [System.IO.IOException] {
            Write-Debug "The thread $task ended while it was read."
        }
    }
}

# Runs a script again and again in a PowerShell instance of its own within this process and stops it: as soon as its work has begun, and then at some moments on the way there. Says how
# long it took until the pipeline had stopped. Begun is 'output', or a pattern for the descriptors or threads that there are then and were not before.
function Measure-PipelineStop {
    param([string] $Script, [string] $Begun, [int] $Times = 5, [int] $OnTheWay = 5, [double] $Seconds = 30)
    function Measure-Begun([string] $Sign, $Output) {
        if ($Sign -eq 'output') { return $Output.Count }
        @(@(Get-DescriptorTarget) + @(Get-ModuleThread) -match $Sign).Count
    }
    $shell = [powershell]::Create()
    try {
        $null = $shell.AddScript("Import-Module '$manifest'").Invoke()
        $starts = [System.Collections.Generic.List[double]]::new()
        # The first compiles what the others use.
        foreach ($round in 0..($Times + $OnTheWay)) {
            $isOnTheWay = $round -gt $Times
            $shell.Commands.Clear()
            $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
            $before = Measure-Begun $Begun $output
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $running = $shell.AddScript($Script).BeginInvoke[psobject, psobject]($null, $output)
            if ($isOnTheWay) {
                $moment = (Get-Median $starts) * ($round - $Times) / ($OnTheWay + 1)
                while ($clock.Elapsed.TotalMilliseconds -lt $moment) { [System.Threading.Thread]::Sleep(1) }
            }
            else {
                $hasBegun = Wait-Condition -Seconds $Seconds { $running.IsCompleted -or (Measure-Begun $Begun $output) -gt $before }
                if (-not $hasBegun) { throw "It has not begun within $Seconds s: $Script" }
                if ($round -gt 0) { $starts.Add($clock.Elapsed.TotalMilliseconds) }
            }
            if ($running.IsCompleted) { throw "It has ended by itself: $Script`n$($shell.Streams.Error)$($shell.InvocationStateInfo.Reason)" }
            $clock.Restart()
            $shell.Stop()
            $milliseconds = $clock.Elapsed.TotalMilliseconds
            if ($round -eq 0) {
                $null = Wait-Condition -Seconds 10 { -not (Get-ModuleThread) -and -not (Get-ChildProcessId) }
                $descriptors = @(Get-OwnDescriptor).Count
                continue
            }
            [pscustomobject]@{ Milliseconds = $milliseconds; IsOnTheWay = $isOnTheWay; Descriptors = $descriptors; State = $shell.InvocationStateInfo.State }
        }
    }
    finally {
        $shell.Runspace.Dispose()
        $shell.Dispose()
    }
}

# The median of some numbers.
function Get-Median {
    param([double[]] $Value)
    $sorted = [double[]]($Value | Sort-Object)
    $sorted[[int][Math]::Floor($sorted.Count / 2)]
}

# The completions of a command line whose cursor is at its end.
function Get-Completion {
    param([string] $Line)
    (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches
}

# Runs a script in a new pwsh without profile and gives its output as text.
function Invoke-NewShell {
    param([string] $Script)
    $pwsh = (Get-Process -Id $PID).Path
    & $pwsh -NoProfile -NonInteractive -Command "`$PSStyle.OutputRendering = 'PlainText'; $Script" 2>&1
}

Export-ModuleMember -Function *
