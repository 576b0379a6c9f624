BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $before = 'app;main;f 60', 'app;main;g 40' | ConvertFrom-FoldedStack
    $now = 'app;main;f 30', 'app;main;g 70' | ConvertFrom-FoldedStack
}

Describe 'Compare-PerfReport' {
    It 'compares stacks' {
        $rows = $now | Compare-PerfReport $before
        $rows.Symbol | Should -Be 'f', 'g'
        $rows[0].Delta, $rows[0].Ratio | Should -Be -30, 0.5
    }

    It 'compares reports, and shows a table' {
        $rows = $now | Get-PerfReport | Compare-PerfReport ($before | Get-PerfReport)
        $rows | Out-String | Should -Match '(?s)Baseline % +Now % +Delta +Ratio +Name.*60.00 +30.00 +-30.00 +0.50 +f'
    }

    It 'compares nothing with a recording that can not be read' {
        $none = Join-Path $TestDrive 'none.data'
        $rows = $now | Compare-PerfReport $none -ErrorVariable problems -ErrorAction SilentlyContinue
        $rows | Should -BeNullOrEmpty
        $problems.Count | Should -Be 1
        $problems[0].TargetObject | Should -Be $none
    }

    It 'refuses what can not be compared' {
        $now + @(7) | Compare-PerfReport $before -ErrorVariable problems -ErrorAction SilentlyContinue | Should -HaveCount 2
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'InvalidInput,*'
    }
}
