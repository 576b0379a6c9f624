BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

AfterAll {
    Get-TraceInstance | Where-Object IsOwned | Remove-TraceInstance
}

Describe 'Set-TracepointFilter' {
    It 'sets, replaces and removes' {
        $null = New-TraceInstance pester-filter
        (Set-TracepointFilter sched:sched_process_exec 'pid > 1' -Instance pester-filter -PassThru).Filter | Should -Be 'pid > 1'
        (Set-TracepointFilter sched:sched_process_exec 'pid > 2' -Instance pester-filter -PassThru).Filter | Should -Be 'pid > 2'
        (Set-TracepointFilter sched:sched_process_exec -Clear -Instance pester-filter -PassThru).Filter | Should -BeNullOrEmpty
    }

    It 'keeps the filter that was when a new one is wrong' {
        $null = New-TraceInstance pester-keep
        Set-TracepointFilter sched:sched_process_exec 'pid > 1' -Instance pester-keep
        Set-TracepointFilter sched:sched_process_exec 'pid >' -Instance pester-keep -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].Exception.GetType().FullName | Should -Be PerfTrace.Tracing.TraceCommandException
        $problems[0].Exception.Command | Should -Be 'pid >'
        (Get-Tracepoint sched:sched_process_exec -Instance pester-keep).Filter | Should -Be 'pid > 1'
    }

    It 'refuses a line break before it reaches the kernel' {
        $null = New-TraceInstance pester-line
        Set-TracepointFilter sched:sched_process_exec "pid > 1`n0" -Instance pester-line -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'InvalidName,*'
    }
}
