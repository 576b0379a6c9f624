BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $stacks = 'app;main;f 30', 'app;main;g 10' | ConvertFrom-FoldedStack
}

Describe 'Export-PerfProfile' {
    It 'writes JSON: <_>' -ForEach 'Speedscope', 'Gecko', 'ChromeTrace' {
        $file = $stacks | Export-PerfProfile "$TestDrive/a.json" $_ -PassThru
        { Get-Content -Raw $file.FullName | ConvertFrom-Json } | Should -Not -Throw
    }

    It 'writes pprof, for which the module brings its library' {
        ($stacks | Export-PerfProfile "$TestDrive/a.pb.gz" Pprof -PassThru).Length | Should -BeGreaterThan 50
    }

    It 'leaves a file that is there when asked to' {
        'mine' | Set-Content "$TestDrive/there"
        { $stacks | Export-PerfProfile "$TestDrive/there" Gecko -NoClobber -ErrorAction Stop } | Should -Throw -ErrorId 'FileExists,PerfTrace.Commands.ExportPerfProfileCommand'
        Get-Content "$TestDrive/there" | Should -Be 'mine'
    }
}
