BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $instance = "pipe$PID"
    $null = New-TraceInstance $instance
}

AfterAll {
    Remove-TraceInstance $instance
}

Describe 'Watch-TracePipe' {
    It 'takes markers out of the buffer, in order' {
        Write-TraceMarker 'one', 'two' -Instance $instance
        $markers = Watch-TracePipe -Instance $instance -Duration 0.1 -SummaryVariable summary
        $markers.Text | Should -Be @('one', 'two')
        $markers[0].PSTypeNames | Should -Contain PerfTrace.Tracing.TraceMarker
        $markers[0].ProcessId | Should -Be $PID
        $summary.Objects | Should -Be 2
        $summary.Lost | Should -Be 0
        Watch-TracePipe -Instance $instance -Duration 0.1 | Should -BeNullOrEmpty
    }

    It 'gives events with properties' {
        Enable-Tracepoint sched:sched_process_exec -Instance $instance
        /bin/true
        $events = Watch-TracePipe sched_process_exec -Instance $instance -Duration 0.2
        Disable-Tracepoint sched:sched_process_exec -Instance $instance
        $events.filename | Should -Contain /bin/true
        ($events | Where-Object filename -EQ /bin/true).EventName | Select-Object -Unique | Should -Be sched:sched_process_exec
    }

    It 'lets a pipeline end it' {
        Write-TraceMarker (1..100) -Instance $instance
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        (Watch-TracePipe -Instance $instance | Select-Object -First 1).Text | Should -Be 1
        $watch.ElapsedMilliseconds | Should -BeLessThan 2000
        Watch-TracePipe -Instance $instance -Duration 0.05
    }

    It 'says that another reader holds it' {
        $reader = [System.IO.File]::OpenHandle("$((Get-TraceInstance $instance).Path)/trace_pipe")
        try {
            Watch-TracePipe -Instance $instance -ErrorVariable problems -ErrorAction SilentlyContinue
            $problems[0].FullyQualifiedErrorId | Should -Be 'TracePipeBusy,PerfTrace.Commands.WatchTracePipeCommand'
        }
        finally {
            $reader.Dispose()
        }
    }

    It 'shows a table' {
        Write-TraceMarker shown -Instance $instance
        Watch-TracePipe -Instance $instance -Duration 0.1 | Out-String -Width 120 | Should -Match 'Timestamp\s+Cpu\s+ThreadId\s+CommandName\s+Event\s'
    }
}
