BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $stacks = 'app;main;f 30', 'app;main;g;f 45', 'sh;main 25' | ConvertFrom-FoldedStack
}

Describe 'Export-FlameGraph' {
    It 'writes relative to the current location' {
        Push-Location $TestDrive
        try {
            $file = $stacks | Export-FlameGraph a.svg -PassThru
            $file.FullName | Should -Be (Join-Path $TestDrive 'a.svg')
            ([xml](Get-Content -Raw a.svg)).svg.title | Should -Be 'Flame graph'
        }
        finally {
            Pop-Location
        }
    }

    It 'compares with a baseline' {
        $before = 'app;main;f 60', 'sh;main 25' | ConvertFrom-FoldedStack
        $stacks | Export-FlameGraph "$TestDrive/b.svg" -Baseline $before
        Get-Content -Raw "$TestDrive/b.svg" | Should -Match 'class="f b7"'
    }

    It 'says that there is nothing to draw' {
        { @() | Export-FlameGraph "$TestDrive/c.svg" -ErrorAction Stop } | Should -Throw -ErrorId 'NoSamples,PerfTrace.Commands.ExportFlameGraphCommand'
        Test-Path "$TestDrive/c.svg" | Should -BeFalse
    }
}
