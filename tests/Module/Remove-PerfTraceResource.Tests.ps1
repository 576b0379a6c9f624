BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

AfterAll {
    Get-TraceInstance | Where-Object IsOwned | Remove-TraceInstance
}

Describe 'Remove-PerfTraceResource' {
    It 'removes what a killed PowerShell has left' {
        $root = Get-RepositoryRoot
        $script = "Import-Module $root/PerfTrace.psd1; `$i = New-TraceInstance left; Enable-Tracepoint sched:sched_process_exec -Filter 'pid > 1' -Instance left; Add-TracepointTrigger sched:sched_process_exec TraceOff -Filter 'pid < 0' -Instance left; `$i.Instance; Stop-Process -Id `$PID -Force"
        $name = Invoke-NewShell $script | Where-Object { $_ -like 'perftrace_*' }
        $name | Should -Not -BeNullOrEmpty
        $left = Get-PerfTraceResource -Orphaned | Where-Object Instance -EQ $name
        $left.Kind | Should -Be @('Trigger', 'EnabledEvent', 'Filter', 'Instance')
        $left | Remove-PerfTraceResource
        Get-PerfTraceResource | Where-Object Instance -EQ $name | Should -BeNullOrEmpty
        Get-TraceInstance "$name*" | Should -BeNullOrEmpty
    }

    It 'leaves what belongs to sessions that run' {
        $null = New-TraceInstance pester-alive
        Remove-PerfTraceResource *pester-alive
        Get-PerfTraceResource *pester-alive | Remove-PerfTraceResource -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'OwnerAlive,*'
        (Get-TraceInstance pester-alive).Name | Should -Be pester-alive
        Remove-PerfTraceResource *pester-alive -Force
        Get-TraceInstance pester-alive* | Should -BeNullOrEmpty
    }

    It 'takes -Orphaned as Get-PerfTraceResource does' {
        $root = Get-RepositoryRoot
        $null = New-TraceInstance pester-mine
        $name = Invoke-NewShell "Import-Module $root/PerfTrace.psd1; (New-TraceInstance lost).Instance; Stop-Process -Id `$PID -Force" | Where-Object { $_ -like 'perftrace_*' }
        Remove-PerfTraceResource $name -Orphaned -WhatIf
        (Get-PerfTraceResource $name).IsOrphaned | Should -BeTrue
        Get-PerfTraceResource | Where-Object Instance -Match 'pester-mine|lost' | Remove-PerfTraceResource -Orphaned -ErrorAction Stop
        Get-PerfTraceResource $name | Should -BeNullOrEmpty
        (Get-TraceInstance pester-mine).Name | Should -Be pester-mine
        { Remove-PerfTraceResource -Orphaned -Force } | Should -Throw -ErrorId 'ContradictoryParameters,PerfTrace.Commands.RemovePerfTraceResourceCommand'
    }
}
