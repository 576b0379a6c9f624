BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

AfterAll {
    Get-TraceInstance | Where-Object IsOwned | Remove-TraceInstance
}

Describe 'Disable-Tracepoint' {
    It 'switches off what is on' {
        $instance = New-TraceInstance pester-off
        Enable-Tracepoint sched:sched_process_* -Instance pester-off
        $instance.EnabledEvents.Count | Should -BeGreaterThan 3
        Disable-Tracepoint sched:sched_process_* -Instance pester-off
        $instance.EnabledEvents | Should -BeNullOrEmpty
    }

    It 'writes what it changed with -PassThru alone' {
        $null = New-TraceInstance pester-pass
        Disable-Tracepoint sched:sched_process_exec -Instance pester-pass | Should -BeNullOrEmpty
        (Disable-Tracepoint sched:sched_process_exec -Instance pester-pass -PassThru).PSTypeNames[0] | Should -Be PerfTrace.Tracing.Tracepoint
    }
}
