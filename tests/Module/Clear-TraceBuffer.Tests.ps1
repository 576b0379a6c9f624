BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

AfterAll {
    Get-TraceInstance | Where-Object IsOwned | Remove-TraceInstance
}

Describe 'Clear-TraceBuffer' {
    It 'forgets what is recorded' {
        $null = New-TraceInstance pester-clear
        Write-TraceMarker one, two -Instance pester-clear
        Get-TraceInstance pester-clear | Clear-TraceBuffer
        (Get-TraceBufferStatistics -Instance pester-clear | Measure-Object Entries -Sum).Sum | Should -Be 0
    }

    It 'asks with -Confirm, and does nothing with -WhatIf' {
        $null = New-TraceInstance pester-what
        Write-TraceMarker one -Instance pester-what
        Clear-TraceBuffer -Instance pester-what -WhatIf
        (Get-TraceBufferStatistics -Instance pester-what | Measure-Object Entries -Sum).Sum | Should -Be 1
    }
}
