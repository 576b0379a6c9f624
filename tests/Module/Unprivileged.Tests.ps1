BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
}

Describe 'A user without rights' -Skip:(-not $isRoot) {
    BeforeAll {
        # Where that user may read the module.
        $folder = Join-Path ([System.IO.Path]::GetTempPath()) "perftrace-user-$PID"
        $null = New-Item $folder -ItemType Directory
        Copy-Item (Join-Path (Get-RepositoryRoot) 'bin'), (Join-Path (Get-RepositoryRoot) 'bpf') $folder -Recurse
        Copy-Item (Join-Path (Get-RepositoryRoot) 'PerfTrace.ps*1') $folder
        chmod -R a+rX $folder
        # Pins that root alone may see, as where systemd mounts them; elsewhere /sys/fs/bpf is open to all.
        $null = New-Item "$folder/pins" -ItemType Directory
        mount -t bpf -o mode=700 bpf "$folder/pins"
        # One line for each cmdlet that needs tracefs.
        $lines = @(
            'Add-TracepointTrigger sched:sched_switch TraceOff', 'Clear-TraceBuffer', 'Disable-Tracepoint sched:sched_switch', 'Enable-Tracepoint sched:sched_switch'
            'Get-KProbe', 'Get-KernelStackMaximum', 'Get-PerfTraceResource', 'Get-SyntheticEvent', 'Get-TraceBuffer -TopLevel', 'Get-TraceBufferStatistics', 'Get-TraceHistogram'
            'Get-TraceInstance', 'Get-Tracepoint', 'Get-Tracer', 'Get-UProbe', 'New-KProbe vfs_read', 'New-SyntheticEvent x -Field "u64 y"'
            'New-TraceHistogram sched:sched_switch -Key next_pid', 'New-TraceInstance x', 'New-UProbe bash:readline', 'Register-TracepointEvent sched:sched_switch'
            'Remove-KProbe x', 'Remove-PerfTraceResource', 'Remove-SyntheticEvent x', 'Remove-TraceHistogram *', 'Remove-TraceInstance x'
            'Remove-TracepointTrigger sched:sched_switch TraceOff', 'Remove-UProbe x', 'Save-TraceSnapshot', 'Set-TraceBuffer -Size 1MB', 'Set-TraceHistogram * -Pause'
            'Set-TracepointFilter sched:sched_switch "prev_pid > 1"', 'Watch-FunctionTrace vfs_read -Duration 1', 'Watch-TracePipe -TopLevel -Duration 1'
            'Watch-Tracepoint sched:sched_switch -Duration 1', 'Write-TraceMarker x', 'Get-PerfEvent sched:sched_switch'
            'Get-PerfCounter -Event sched:sched_switch -- true', 'Get-UsdtProbe /etc/shadow', 'Get-UsdtProbe -ProcessId 1'
            # These need no tracefs, but rights to see more than the user's own.
            'Watch-PerfSample -AllCpu -Duration 0.2', 'Watch-PerfSample -ProcessId 1 -Duration 0.2', 'Watch-PerfSample -CGroup / -Duration 0.2'
            'Watch-PerfSample -Event sched:sched_switch -- true', 'Watch-PerfTop -Duration 0.3', "Start-PerfRecord -AllCpu -Duration 0.2 -Path '$folder/all.data'"
            "Start-PerfRecord -OffCpu -Path '$folder/off.data' -- true"
            # And these rights for BPF.
            'Get-BpfProgram', 'Get-BpfMap', 'Get-BpfMap -Id 1', 'Get-BpfLink', 'New-BpfMap hash x', 'Get-BpfMapEntry 1', 'Set-BpfMapEntry 1 1 1', 'Remove-BpfMapEntry 1 1'
            'Clear-BpfMap 1', 'Lock-BpfMap 1', 'Get-BpfPin', "Get-BpfPin '$folder/pins'", "Get-BpfPin '$folder/pins/x'", "Remove-BpfPin '$folder/pins/x'", "Remove-BpfPin '$folder/pins/*'"
            'Get-BtfType -ProgramId 1', 'Get-BtfType -BtfId 1', 'Get-BpfFeature', 'Get-BpfFeature -Kind Helper', 'Watch-BpfRingBuffer 1', 'Watch-BpfRingBuffer x -Duration 1'
            'Watch-BpfPerfBuffer 1', 'Watch-BpfPerfBuffer x -Duration 1', 'Get-BpfInstruction 1', 'Test-BpfProgram 1', 'Measure-BpfProgram', 'Measure-BpfProgram 1'
            "Import-BpfObject '$folder/bpf/exitsnoop.bpf.o'", 'New-BpfLink 1 sched:sched_switch', 'Update-BpfLink 1 1', 'Remove-BpfLink 1', 'Start-BpfTool execsnoop -Duration 1', 'Start-BpfTool opensnoop -Duration 1', 'Start-BpfTool killsnoop -Duration 1', 'Start-BpfTool oomkill -Duration 1'
            "Invoke-BpfTrace 'BEGIN { @x = 1; exit(); }'", "Invoke-BpfTrace 'interval:s:1 { exit(); }'", "Invoke-BpfTrace 'tracepoint:sched:sched_switch { @ = count(); }' -Duration 1"
            "Start-BpfTrace 'BEGIN { @x = 1; exit(); }'", 'Get-BpfTraceProbe', 'Get-BpfTraceProbe tracepoint:sched:sched_switch'
            'Measure-KernelEvent sched:sched_switch -Duration 1', 'Measure-KernelEvent profile:hz:99 -GroupBy KernelStack -Duration 1')
        Set-Content "$folder/lines.txt" $lines
        Set-Content "$folder/test.ps1" @"
Import-Module '$folder/PerfTrace.psd1'
foreach (`$line in Get-Content '$folder/lines.txt') {
    `$Error.Clear()
    try { `$null = Invoke-Expression `$line 2>`$null } catch { Write-Debug "`$_" }
    @{ Line = `$line; Count = `$Error.Count; Id = `$Error[0].FullyQualifiedErrorId; Category = "`$(`$Error[0].CategoryInfo.Category)"; Advice = `$Error[0].ErrorDetails.RecommendedAction } | ConvertTo-Json -Compress
}
@{ Line = 'types'; Type = "`$((Get-BtfType task_struct).Kind)" } | ConvertTo-Json -Compress
@{ Line = 'functions'; Warning = "`$(Get-KernelFunction vfs_read 3>&1 | Where-Object { `$_ -is [System.Management.Automation.WarningRecord] })" } | ConvertTo-Json -Compress
"@
        $pwsh = (Get-Process -Id $PID).Path
        $answers = env "HOME=$folder" setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all $pwsh -NoProfile -File "$folder/test.ps1" 2>&1 |
            Where-Object { "$_" -like '{*' } | ConvertFrom-Json
    }

    AfterAll {
        umount "$folder/pins"
        Remove-Item $folder -Recurse -Force
    }

    It 'gets one error of each cmdlet that needs more, and what to do' {
        $answers.Count | Should -Be ($lines.Count + 2)
        foreach ($answer in $answers | Where-Object Id) {
            $answer.Id | Should -BeLike 'AccessDenied,PerfTrace.Commands.*' -Because $answer.Line
            $answer.Category | Should -Be PermissionDenied -Because $answer.Line
            $answer.Count | Should -Be 1 -Because $answer.Line
            $answer.Advice | Should -Match 'root|CAP_' -Because $answer.Line
        }
        @($answers | Where-Object Id).Count | Should -Be $lines.Count
    }

    It 'may read the types of the kernel' {
        ($answers | Where-Object Line -EQ types).Type | Should -Be Struct
    }

    It 'is told why the functions are not those of the tracers' {
        ($answers | Where-Object Line -EQ functions).Warning | Should -Match 'root alone may read available_filter_functions'
    }

    # kernel.perf_event_mlock_kb for each CPU and RLIMIT_MEMLOCK hold for all rings together: what the first could have, the second could not.
    It 'has rings of one size within its limit of locked memory, and is told when it asks for more' {
        $script = "Import-Module '$folder/PerfTrace.psd1'; `$n = @(Watch-Tracepoint sched:sched_process_exec -Command true -SummaryVariable s).Count; `"`$n `$(`$s.BufferSize)`"; " +
            'Watch-Tracepoint sched:sched_process_exec -BufferSize 4MB -Command true -ErrorVariable e -ErrorAction SilentlyContinue; "$($e[0].FullyQualifiedErrorId) $($e[0].ErrorDetails.RecommendedAction)"'
        $pwsh = (Get-Process -Id $PID).Path
        $limited = env "HOME=$folder" prlimit --memlock=2097152:2097152 setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=+perfmon,+dac_read_search --ambient-caps=+perfmon,+dac_read_search $pwsh -NoProfile -Command $script
        $limited[0] | Should -Match '^[1-9]\d* (\d+)$'
        $size = [long]($limited[0] -split ' ')[1]
        $size | Should -BeIn @(65536, 131072, 262144, 524288, 1048576, 2097152)
        $size * [Environment]::ProcessorCount | Should -BeLessThan (2097152 + [Environment]::ProcessorCount * 1024L * (Get-Content /proc/sys/kernel/perf_event_mlock_kb))
        $limited[1] | Should -Match '^AccessDenied\S* Make -BufferSize smaller'
    }
}
