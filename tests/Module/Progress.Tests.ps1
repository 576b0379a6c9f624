BeforeDiscovery {
    $works = @(
        @{ Work = 'counts'; Activity = 'Counting events'; Script = 'Get-PerfCounter -Event cs -AllCpu -Duration 2.2' }
        @{ Work = 'counts in intervals'; Activity = 'Counting events'; Script = 'Get-PerfCounter -Event cs -AllCpu -Interval 0.4 -Duration 2.2' }
        @{ Work = 'counts several runs'; Activity = 'Counting events'; Script = 'Get-PerfCounter -Event cs -Repeat 16 -- sleep 0.13'; Most = 60 }
        @{ Work = 'watches a quiet tracepoint'; Activity = 'Watching sched:sched_process_hang'; Script = 'Watch-Tracepoint sched:sched_process_hang -Duration 2.2' }
        @{ Work = 'watches a loud tracepoint'; Activity = 'Watching sched:sched_switch'; Script = 'Watch-Tracepoint sched:sched_switch -Duration 2.2' }
        @{ Work = 'reads a trace buffer'; Activity = 'Reading the trace buffer of*'; Script = '$null = New-TraceInstance progress1; Watch-TracePipe -Instance progress1 -Duration 2.2; Remove-TraceInstance progress1' }
        @{ Work = 'watches samples'; Activity = 'Watching samples'; Script = 'Watch-PerfSample -Event page-faults -ProcessId $PID -Duration 2.2' }
        @{ Work = 'watches where the time goes'; Activity = 'Watching where the time goes'; Script = 'Watch-PerfTop -Event cpu-clock -Frequency 99 -Duration 2.2 -NoDisplay' }
        @{ Work = 'records'; Activity = 'Recording into*'; Script = "Start-PerfRecord -Event page-faults -AllCpu -Duration 2.5 -Wait -Path '{0}/progress1.data'" }
        @{ Work = 'waits for a recording'; Activity = 'Recording into*'; Script = "Start-PerfRecord -Event page-faults -AllCpu -Duration 2.5 -Path '{0}/progress2.data' | Wait-PerfRecord" }
        @{ Work = 'runs a tool'; Activity = 'runqlat'; Script = 'Start-BpfTool runqlat -Duration 2.2' }
        @{ Work = 'runs a tool that is a script'; Activity = 'naptime'; Script = 'Start-BpfTool naptime -Duration 2.2' }
        @{ Work = 'runs a script'; Activity = 'interval*'; Script = "Invoke-BpfTrace 'interval:s:100 {{ @ = count() }}' -Duration 2.2" }
        @{ Work = 'measures events'; Activity = 'Measuring events of the kernel'; Script = 'Measure-KernelEvent sched:sched_switch -Duration 2.2' }
        @{ Work = 'measures programs'; Activity = 'Measuring BPF programs'; Script = '$object = Import-BpfObject "$((Get-Module PerfTrace).ModuleBase)/bpf/exitsnoop.bpf.o"; $object.Programs | Measure-BpfProgram -Duration 2.2; $object.Dispose()' }
        @{ Work = 'watches a ring buffer'; Activity = 'Watching*'; Script = '$map = New-BpfMap ringbuf progress1 -MaximumEntries 4096; Watch-BpfRingBuffer $map -Duration 2.2' }
    )
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $manifest = Join-Path (Get-RepositoryRoot) 'PerfTrace.psd1'

    # Begins a script in a session of its own; all of them run at once.
    function Start-Work([string] $Script) {
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$manifest'; $Script")
        @{ Shell = $shell; Running = $shell.BeginInvoke() }
    }

    # Waits for it, and gives what it has shown.
    function Wait-Work([hashtable] $Work) {
        try {
            $null = $Work.Shell.EndInvoke($Work.Running)
            $Work.Shell.Streams.Error | Should -BeNullOrEmpty
            , @($Work.Shell.Streams.Progress)
        }
        finally {
            $Work.Shell.Runspace.Dispose()
            $Work.Shell.Dispose()
        }
    }
}

Describe 'Progress' -ForEach @{ Works = $works } {
    BeforeAll {
        $begun = @{}
        foreach ($work in $Works) { $begun[$work.Work] = Start-Work ($work.Script -f $TestDrive) }
    }

    It 'has the time that is left when it <Work>' -ForEach $works {
        $records = Wait-Work $begun[$Work]
        $shown = @($records | Where-Object RecordType -EQ Processing)
        $shown.Count | Should -BeGreaterThan 0
        foreach ($record in $shown) {
            $record.Activity | Should -BeLike $Activity
            $record.PercentComplete | Should -BeIn (1..100)
            $record.SecondsRemaining | Should -BeIn (0..($Most ?? 3))
        }
        $records[-1].RecordType | Should -Be Completed
    }

    It 'has how much of a file has been read' {
        $path = Join-Path $TestDrive 'read.data'
        $null = Start-PerfRecord -Event page-faults -Period 1 -Path $path -- true
        foreach ($script in "Get-PerfSample '$path' | ForEach-Object { Start-Sleep -Milliseconds 60 }", "Get-PerfSample '$path' -OutVariable +a | Select-Object -First 30 | ForEach-Object { Start-Sleep -Milliseconds 60 }") {
            $records = Wait-Work (Start-Work $script)
            $records[0].Activity | Should -Be "Reading $path"
            $records[0].StatusDescription | Should -Match '^[\d,.]+ of [\d,.]+ bytes$'
            $records[0].PercentComplete | Should -BeIn (1..100)
        }
    }

    It 'is not shown of what is done within a second' {
        Wait-Work (Start-Work 'Get-PerfCounter -Event cs -AllCpu -Duration 0.2; Watch-Tracepoint sched:sched_switch -Duration 0.2') | Should -BeNullOrEmpty
    }

    It 'is not shown of what has no end' {
        Wait-Work (Start-Work 'Watch-Tracepoint sched:sched_process_exec -- sleep 1.5') | Should -BeNullOrEmpty
    }
}
