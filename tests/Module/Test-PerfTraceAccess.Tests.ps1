BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
    # What each feature lets a user do: a line that must work where it is available, and be refused where it is not.
    $lines = @(
        @{ Feature = 'OwnProcesses'; Line = 'Get-PerfCounter -Event page-faults:u true' }
        @{ Feature = 'OwnProcessesKernel'; Line = "Get-PerfCounter -Event page-faults:k true" }
        @{ Feature = 'OtherProcesses'; Line = 'Get-PerfCounter -Event page-faults:u -ProcessId 1 -Duration 0.05' }
        @{ Feature = 'SystemWide'; Line = 'Get-PerfCounter -Event cpu-clock -Cpu 0 -Duration 0.05' }
        @{ Feature = 'Tracepoints'; Line = 'Get-Tracepoint sched:sched_switch' }
        @{ Feature = 'TracepointEvents'; Line = 'Watch-Tracepoint sched:sched_switch -MaxEvents 1 -Duration 2' }
        @{ Feature = 'TraceInstances'; Line = 'New-TraceInstance access_test | Remove-TraceInstance' }
        @{ Feature = 'TraceMarkers'; Line = 'Write-TraceMarker x -TopLevel' }
        @{ Feature = 'KProbes'; Line = 'Get-KProbe' }
        @{ Feature = 'UProbes'; Line = 'Get-UProbe' }
        @{ Feature = 'SyntheticEvents'; Line = 'Get-SyntheticEvent' }
        @{ Feature = 'FunctionTracer'; Line = 'Watch-FunctionTrace vfs_read -Duration 0.1' }
        @{ Feature = 'BpfMaps'; Line = 'New-BpfMap array access_test -KeySize 4 -ValueSize 4 -MaximumEntries 1' }
        @{ Feature = 'BpfRawTracepoint'; Line = "Invoke-BpfTrace 'rawtracepoint:sched_switch { exit(); }' -Duration 2" }
        @{ Feature = 'BpfTracepoint'; Line = "Invoke-BpfTrace 'tracepoint:sched:sched_switch { print(args.next_pid); exit(); }' -Duration 2" }
        @{ Feature = 'BpfPerfEvent'; Line = "Invoke-BpfTrace 'profile:hz:99 { exit(); }' -Duration 2" }
        @{ Feature = 'BpfKProbe'; Line = "Invoke-BpfTrace 'kprobe:vfs_read { exit(); }' -Duration 2" }
        @{ Feature = 'BpfUProbe'; Line = "Invoke-BpfTrace 'uprobe:libc:puts { exit(); }' -Duration 0.5" }
        @{ Feature = 'BpfFunctionEntry'; Line = "Invoke-BpfTrace 'fentry:vfs_read { exit(); }' -Duration 2" }
        @{ Feature = 'BpfIterator'; Line = "Invoke-BpfTrace 'iter:task { @ = count(); }'" }
        @{ Feature = 'BpfListing'; Line = 'Get-BpfProgram' }
        @{ Feature = 'BpfStatistics'; Line = 'Measure-BpfProgram -Duration 0.1' }
        @{ Feature = 'Btf'; Line = 'Get-BtfType task_struct' }
    )
    $users = @(
        @{ User = 'root'; Options = @(); Lines = $lines }
        @{ User = 'nobody'; Options = '--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all', '--bounding-set=-all'; Lines = $lines }
        foreach ($capability in 'perfmon', 'bpf', 'perfmon,+bpf', 'sys_admin') {
            $name = $capability -replace '\+'
            @{ User = "nobody with $name"; Options = '--reuid=65534', '--regid=65534', '--clear-groups', "--inh-caps=-all,+$capability", "--ambient-caps=-all,+$capability", "--bounding-set=-all,+$capability"; Lines = $lines }
        }
    )
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

Describe 'Test-PerfTraceAccess' {
    It 'tries all in less than two seconds' {
        $null = Test-PerfTraceAccess
        (Measure-Command { Test-PerfTraceAccess }).TotalSeconds | Should -BeLessThan 2
    }

    It 'chooses by name and family' {
        (Test-PerfTraceAccess Own*, btf).Feature | Should -Be 'OwnProcesses', 'OwnProcessesKernel', 'Btf'
        ('Breakpoints' | Test-PerfTraceAccess).Family | Should -Be Perf
        (Test-PerfTraceAccess -Family Symbols).Family | Select-Object -Unique | Should -Be Symbols
        (Get-Completion 'Test-PerfTraceAccess Sys').CompletionText | Should -Be SystemWide
    }

    It 'names the nearest of what is none' {
        Test-PerfTraceAccess Tracepoint -ErrorVariable problems -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problems[0].FullyQualifiedErrorId | Should -Be 'FeatureNotFound,PerfTrace.Commands.TestPerfTraceAccessCommand'
        $problems[0].Exception.Message | Should -BeLike '*Did you mean Tracepoints*'
        Test-PerfTraceAccess none* -ErrorVariable problems | Should -BeNullOrEmpty
        $problems | Should -BeNullOrEmpty
    }

    It 'shows a table by family' {
        Test-PerfTraceAccess OwnProcesses, Btf | Out-String -Width 120 | Should -Match '(?s)Family: Perf.*Feature +Available +Reason.*OwnProcesses +True.*Family: Symbols.*Btf +True'
    }
}

Describe 'What it says of <User>' -ForEach $users -Skip:(-not $isRoot) {
    BeforeAll {
        # Where that user may read the module.
        $folder = Join-Path ([System.IO.Path]::GetTempPath()) "perftrace-access-$PID"
        $null = New-Item $folder -ItemType Directory
        Copy-Item (Join-Path (Get-RepositoryRoot) 'bin') $folder -Recurse
        Copy-Item (Join-Path (Get-RepositoryRoot) 'PerfTrace.ps*1') $folder
        chmod -R a+rX $folder
        $Lines | ConvertTo-Json | Set-Content "$folder/lines.json"
        Set-Content "$folder/test.ps1" @"
Import-Module '$folder/PerfTrace.psd1'
`$access = @{}
`$thrown = `$false
try { Test-PerfTraceAccess -ErrorVariable problems | ForEach-Object { `$access[`$_.Feature] = `$_ } } catch { `$thrown = `$true }
@{ Feature = 'all'; Thrown = `$thrown -or `$problems.Count; Silent = @(`$access.Values | Where-Object { -not `$_.IsAvailable -and -not `$_.Remedy }).Count } | ConvertTo-Json -Compress
foreach (`$one in Get-Content '$folder/lines.json' -Raw | ConvertFrom-Json) {
    `$Error.Clear()
    try { `$null = Invoke-Expression `$one.Line 2>`$null 3>`$null } catch { Write-Debug "`$_" }
    @{ Feature = `$one.Feature; Told = `$access[`$one.Feature].IsAvailable; Reason = "`$(`$access[`$one.Feature].Reason) `$(`$access[`$one.Feature].Remedy)"; Count = `$Error.Count; Error = "`$(`$Error[0])"; Id = "`$(`$Error[0].FullyQualifiedErrorId)" } | ConvertTo-Json -Compress
}
"@
        $pwsh = (Get-Process -Id $PID).Path
        $start = if ($Options) { @('setpriv') + $Options } else { @() }
        $answers = env "HOME=$folder" @start $pwsh -NoProfile -File "$folder/test.ps1" 2>&1 | Where-Object { "$_" -like '{*' } | ConvertFrom-Json
    }

    AfterAll {
        Remove-Item $folder -Recurse -Force
    }

    It 'is told without an error' {
        $all = $answers | Where-Object Feature -EQ all
        $all.Thrown | Should -BeIn 0, $false
        $all.Silent | Should -Be 0 -Because 'each refusal has a remedy'
    }

    It 'is true of <Feature>' -ForEach $lines {
        $answer = $answers | Where-Object Feature -EQ $Feature
        $answer | Should -Not -BeNullOrEmpty
        $answer.Count -eq 0 | Should -Be $answer.Told -Because "$Line said '$($answer.Error)' ($($answer.Id)); told was: $($answer.Reason)"
    }
}
