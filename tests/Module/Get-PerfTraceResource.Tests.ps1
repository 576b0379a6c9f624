BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

AfterAll {
    Get-TraceInstance | Where-Object IsOwned | Remove-TraceInstance
}

Describe 'Get-PerfTraceResource' {
    It 'names this session''s things' {
        $null = New-TraceInstance pester-mine
        Enable-Tracepoint sched:sched_process_exec -Filter 'pid > 1' -Instance pester-mine
        $mine = Get-PerfTraceResource | Where-Object { $_.IsOwned -and $_.Instance -like '*pester-mine' }
        $mine.Kind | Should -Be @('EnabledEvent', 'Filter', 'Instance')
        $mine.IsOrphaned | Select-Object -Unique | Should -BeFalse
        $mine | Out-String -Width 140 | Should -Match 'PID\s+Orphaned\s+Kind\s+Name\s+Definition'
    }
}
