BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

AfterAll {
    Get-TraceInstance | Where-Object IsOwned | Remove-TraceInstance
}

Describe 'Remove-TracepointTrigger' {
    It 'removes by action, and all' {
        $null = New-TraceInstance pester-trigger
        Add-TracepointTrigger sched:sched_process_exec TraceOff -Filter 'pid < 0' -Instance pester-trigger
        Add-TracepointTrigger sched:sched_process_exec StackTrace -Filter 'pid < 0' -Instance pester-trigger
        (Remove-TracepointTrigger sched:sched_process_exec TraceOff -Instance pester-trigger -PassThru).Triggers | Should -Be 'stacktrace:unlimited if pid < 0'
        (Get-Tracepoint sched:* -Instance pester-trigger | Where-Object Triggers | Remove-TracepointTrigger -All -PassThru).Triggers | Should -BeNullOrEmpty
    }

    It 'says what there is instead' {
        $null = New-TraceInstance pester-none
        Remove-TracepointTrigger sched:sched_process_exec TraceOff -Instance pester-none -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'TriggerNotFound,*'
    }
}
