BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

AfterAll {
    Get-TraceInstance | Where-Object IsOwned | Remove-TraceInstance
}

Describe 'Add-TracepointTrigger' {
    It 'sets a trigger that acts' {
        $instance = New-TraceInstance pester-act
        Add-TracepointTrigger sched:sched_process_exec TraceOff -Instance pester-act
        /bin/true
        $instance.TracingOn | Should -BeFalse
    }

    It 'shows them in the kernel''s words' {
        $null = New-TraceInstance pester-words
        (Add-TracepointTrigger sched:sched_process_exec EnableEvent -Target sched:sched_switch -Count 2 -Filter 'pid < 0' -Instance pester-words -PassThru).Triggers |
            Should -Be 'enable_event:sched:sched_switch:count=2 if pid < 0'
    }

    It 'needs a target for <Action>' -ForEach @(@{ Action = 'EnableEvent' }, @{ Action = 'DisableEvent' }) {
        { Add-TracepointTrigger sched:sched_process_exec $Action } | Should -Throw -ErrorId 'TargetMissing,PerfTrace.Commands.AddTracepointTriggerCommand'
    }

    It 'completes actions' {
        (Get-Completion 'Add-TracepointTrigger sched:sched_switch Tr').CompletionText | Should -Be @('TraceOff', 'TraceOn')
    }
}
