BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

AfterAll {
    Get-TraceInstance | Where-Object IsOwned | Remove-TraceInstance
}

Describe 'Get-TraceInstance' {
    It 'lists all instances, whoever made them' {
        $null = New-TraceInstance pester-list1, pester-list2
        $names = (Get-TraceInstance).Instance
        $top = (Get-TraceInstance -TopLevel).Path
        Compare-Object $names ([System.IO.Directory]::GetDirectories("$top/instances") | Split-Path -Leaf) | Should -BeNullOrEmpty
        (Get-TraceInstance pester-list?).Name | Should -Be @('pester-list1', 'pester-list2')
    }

    It 'shows the state of the moment' {
        $instance = New-TraceInstance pester-state
        $instance.TracingOn | Should -BeTrue
        Set-TraceBuffer -Tracing Off -Instance pester-state
        $instance.TracingOn | Should -BeFalse
        Enable-Tracepoint sched:sched_process_exec -Instance pester-state
        $instance.EnabledEvents | Should -Be 'sched:sched_process_exec'
        $instance.EnabledEvents[0] | Should -Be 'sched:sched_process_exec'
        $instance | Format-List | Out-String -Width 120 | Should -Match 'EnabledEvents\s+: \{sched:sched_process_exec\}'
    }

    It 'completes names' {
        $null = New-TraceInstance pester-complete
        (Get-Completion 'Get-TraceInstance pester-com').CompletionText | Should -Be pester-complete
    }
}
