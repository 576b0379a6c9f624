BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

AfterAll {
    Get-TraceInstance | Where-Object IsOwned | Remove-TraceInstance
}

Describe 'Remove-TraceInstance' {
    It 'removes by name, wildcard and pipeline' {
        $null = New-TraceInstance pester-r1, pester-r2, pester-r3, pester-r4
        Remove-TraceInstance pester-r1
        Remove-TraceInstance pester-r[23]
        Get-TraceInstance pester-r4 | Remove-TraceInstance
        Get-TraceInstance pester-r* | Should -BeNullOrEmpty
    }

    It 'removes nothing with -WhatIf' {
        $null = New-TraceInstance pester-kept
        Remove-TraceInstance pester-kept -WhatIf
        (Get-TraceInstance pester-kept).Name | Should -Be pester-kept
    }

    It 'says of a busy one what holds it' {
        $instance = New-TraceInstance pester-busy
        $reader = [System.IO.File]::OpenRead("$($instance.Path)/trace_pipe")
        try {
            Remove-TraceInstance pester-busy -ErrorVariable problems -ErrorAction SilentlyContinue
            $problems[0].CategoryInfo.Category | Should -Be ResourceBusy
        }
        finally {
            $reader.Dispose()
        }
    }
}
