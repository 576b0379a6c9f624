BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $stacks = 'app;main;f 30', 'app;main;g;f 45', 'sh;main 25' | ConvertFrom-FoldedStack
}

Describe 'Get-PerfReport' {
    It 'sums up what comes through the pipeline' {
        $rows = $stacks | Get-PerfReport
        $rows[0].Symbol, $rows[0].Command, $rows[0].SelfPercent | Should -Be 'f', 'app', 75
    }

    It 'takes a whole collection as a parameter' {
        (Get-PerfReport -InputObject $stacks).Count | Should -Be 4
    }

    It 'shows a table of shares' {
        $stacks | Get-PerfReport | Out-String | Should -Match '(?s)Children +Self +Samples +Command +Module +Symbol.* 75.00 % +75.00 % +75 app +f'
    }

    It 'shows the keys of other groupings as one name' {
        $stacks | Get-PerfReport -GroupBy Command | Out-String | Should -Match '(?s)Samples +Name.*75.00 % +75 app'
    }

    It 'draws a tree, whose nodes know each other' {
        $nodes = $stacks | Get-PerfReport -CallTree
        $nodes | Out-String | Should -Match '│ └─main'
        $nodes[0].Children.Symbol | Should -Be 'app', 'sh'
        $nodes[-1].Parent.Symbol | Should -Be 'sh'
    }

    It 'takes recordings, and their files and names' {
        $path = Join-Path $TestDrive 'with [brackets].data'
        $recording = Start-PerfRecord -Event page-faults -Period 1 -Path $path -- true
        foreach ($source in $recording, (Get-Item -LiteralPath $path), [WildcardPattern]::Escape($path)) {
            ($source | Get-PerfReport -GroupBy Event).Samples | Should -Be $recording.Samples
        }
        (Get-ChildItem $TestDrive | ConvertTo-FoldedStack).Count | Should -BeGreaterThan 0
        { "$TestDrive/not-there" | Get-PerfReport -ErrorAction Stop } | Should -Throw -ErrorId 'FileNotFound,*'
    }

    It 'names the frames of PowerShell' {
        $env:DOTNET_PerfMapEnabled = '1'
        try {
            $recording = Start-PerfRecord -Event cpu-clock -Frequency 997 -CallStack FramePointer -Path (Join-Path $TestDrive pwsh.data) -- (Get-Process -Id $PID).Path -NoProfile -Command '$n = 0; foreach ($i in 1..100000) { $n += $i % 7 }'
        }
        finally { $env:DOTNET_PerfMapEnabled = $null }
        $rows = $recording | Get-PerfReport -GroupBy Symbol
        Remove-Item "/tmp/perf-$($recording.CommandId).map", "/tmp/jit-$($recording.CommandId).dump", "/tmp/perfinfo-$($recording.CommandId).map" -ErrorAction Ignore
        # The loop's own code is compiled into a method without a name of its own.
        ($rows | Where-Object Symbol -Like '*System.Management.Automation*').Count | Should -BeGreaterThan 3
        ($rows | Where-Object Symbol -Like '*dynamicClass::lambda_method*' | Measure-Object ChildrenPercent -Maximum).Maximum | Should -BeGreaterThan 5
    }

    It 'completes keys' {
        (TabExpansion2 'Get-PerfReport -GroupBy So' 26).CompletionMatches.CompletionText | Should -Be 'SourceLine'
    }

    It 'refuses what is no sample, and takes the rest' {
        $rows = @(5) + $stacks | Get-PerfReport -ErrorVariable problems -ErrorAction SilentlyContinue
        $rows.Count | Should -Be 4
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'InvalidInput,*'
    }
}
