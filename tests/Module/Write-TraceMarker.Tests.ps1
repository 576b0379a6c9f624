BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

AfterAll {
    Get-TraceInstance | Where-Object IsOwned | Remove-TraceInstance
}

Describe 'Write-TraceMarker' {
    It 'writes each line as a marker' {
        $instance = New-TraceInstance pester-marker
        "one`ntwo", 'three' | Write-TraceMarker -Instance pester-marker
        $lines = Get-Content "$($instance.Path)/trace" | Where-Object { $_ -notlike '#*' }
        $lines -replace '.*tracing_mark_write: ' | Should -Be @('one', 'two', 'three')
    }

    It 'leaks no descriptor' {
        $null = New-TraceInstance pester-leak
        1..3 | ForEach-Object { "m$_" } | Write-TraceMarker -Instance pester-leak
        $before = Get-DescriptorCount
        foreach ($i in 1..5) { 'x', 'y' | Write-TraceMarker -Instance pester-leak }
        Get-DescriptorCount | Should -BeLessOrEqual $before
    }

    It 'refuses control characters' {
        Write-TraceMarker "a`ab" -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'InvalidName,*'
    }
}
