BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $instance = "buffer$PID"
    $null = New-TraceInstance $instance
}

AfterAll {
    Remove-TraceInstance $instance
}

Describe 'Get-TraceBuffer' {
    It 'reads markers and leaves them' {
        Write-TraceMarker 'one', 'two', 'three' -Instance $instance
        (Get-TraceBuffer -Instance $instance).Text | Should -Be @('one', 'two', 'three')
        (Get-TraceBuffer -Instance $instance -Last 1).Text | Should -Be three
        Clear-TraceBuffer -Instance $instance -Confirm:$false
        Get-TraceBuffer -Instance $instance | Should -BeNullOrEmpty
    }

    It 'tells what the text tells, and names the rest' {
        Enable-Tracepoint sched:sched_switch -Instance $instance
        Start-Sleep -Milliseconds 100
        Disable-Tracepoint sched:sched_switch -Instance $instance
        $text = Get-TraceBuffer sched_switch -Instance $instance
        $record = Watch-TracePipe sched_switch -Instance $instance -Duration 0.2
        $text.Count | Should -Be $record.Count
        $text[0].prev_pid | Should -Be $record[0].prev_pid
        $text[0].next_comm | Should -Be $record[0].next_comm
        $text[0].prev_state_symbol | Should -Be $record[0].prev_state_symbol
        $text[0].prev_state | Should -BeNullOrEmpty
        $text[0].UnknownFields | Should -Contain prev_state
        $text[0].Message | Should -Be $record[0].Message
    }

    It 'tells of an instance that is not there' {
        Get-TraceBuffer -Instance perftrace-none -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].FullyQualifiedErrorId | Should -Be 'InstanceNotFound,PerfTrace.Commands.GetTraceBufferCommand'
    }

    It 'completes instances' {
        (Get-Completion 'Get-TraceBuffer -Instance buffer').CompletionText | Should -Contain $instance
    }
}
