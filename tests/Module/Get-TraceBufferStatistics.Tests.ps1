BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

AfterAll {
    Get-TraceInstance | Where-Object IsOwned | Remove-TraceInstance
}

Describe 'Get-TraceBufferStatistics' {
    It 'counts each CPU' {
        $null = New-TraceInstance pester-stats
        Write-TraceMarker a, b, c -Instance pester-stats
        $all = Get-TraceBufferStatistics -Instance pester-stats
        $all.Cpu | Should -Be (0..($all.Count - 1))
        ($all | Measure-Object Entries -Sum).Sum | Should -Be 3
        $all[0].Now | Should -BeOfType timespan
        $all | Out-String -Width 100 | Should -Match 'Cpu\s+Entries\s+Overrun\s+Dropped\s+Read\s+Bytes\s+Oldest'
    }

    It 'takes CPUs' {
        $null = New-TraceInstance pester-cpu
        (Get-TraceBufferStatistics -Instance pester-cpu -Cpu 0).Cpu | Should -Be 0
    }
}
