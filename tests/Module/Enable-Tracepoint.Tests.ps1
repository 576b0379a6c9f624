BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

AfterAll {
    Get-TraceInstance | Where-Object IsOwned | Remove-TraceInstance
}

Describe 'Enable-Tracepoint' {
    It 'works in the session''s own instance unless told otherwise' {
        $event = Enable-Tracepoint sched:sched_process_exec -PassThru
        $event.Enabled | Should -BeTrue
        $event.Instance | Should -BeLike "perftrace_${PID}_*_session"
        (Get-Tracepoint sched:sched_process_exec -TopLevel).Enabled | Should -BeFalse
        Disable-Tracepoint sched:sched_process_exec
    }

    It 'takes events and instances from the pipeline' {
        $null = New-TraceInstance pester-e1, pester-e2
        (Get-TraceInstance pester-e? | Enable-Tracepoint sched:sched_process_exit -PassThru).Instance | Should -HaveCount 2
        (Get-Tracepoint sched:sched_process_e* -Instance pester-e1 | Enable-Tracepoint -PassThru).Instance | Select-Object -Unique | Should -BeLike '*pester-e1'
        (Get-PerfEvent sched:sched_process_exec | Enable-Tracepoint -Instance pester-e2 -PassThru).Event | Should -Be sched:sched_process_exec
    }

    It 'shows with a caret where a filter is wrong' {
        Enable-Tracepoint sched:sched_process_exec -Filter 'pid > 1 && nofield == 2' -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].FullyQualifiedErrorId | Should -Be 'InvalidTraceCommand,PerfTrace.Commands.EnableTracepointCommand'
        $problems[0].TargetObject | Should -Be sched:sched_process_exec
        $lines = $problems[0].ErrorDetails.RecommendedAction -split "`n"
        $lines[2].IndexOf('^') | Should -Be $lines[1].IndexOf('== 2')
        (Get-Tracepoint sched:sched_process_exec).Enabled | Should -BeFalse
    }

    It 'completes events and instances' {
        $null = New-TraceInstance pester-tab
        (Get-Completion 'Enable-Tracepoint sched:sched_process_ex').CompletionText | Should -Contain sched:sched_process_exec
        (Get-Completion 'Enable-Tracepoint x -Instance pester-ta').CompletionText | Should -Be pester-tab
    }
}
