BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $root = Get-RepositoryRoot
    $path = Join-Path $TestDrive 'base.json'

    function New-Figure([string] $Name, $Value, [string] $Status = 'Counted') {
        [pscustomobject]@{ Event = $Name; Value = $Value; Status = $Status }
    }

    # The exit code of a script as CI runs it.
    function Get-GateResult([string] $Code) {
        $script = Join-Path $TestDrive 'gate.ps1'
        Set-Content $script "Import-Module '$root/PerfTrace.psd1'`n`$PSStyle.OutputRendering = 'PlainText'`n$Code"
        $text = & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -File $script 2>&1 | Out-String
        [pscustomobject]@{ ExitCode = $LASTEXITCODE; Text = $text }
    }
}

Describe 'Compare-PerfCounter' {
    It 'reads what ConvertTo-Json makes of Get-PerfCounter' {
        Get-PerfCounter -Event page-faults, task-clock -- true | ConvertTo-Json -WarningAction Ignore | Set-Content $path
        $rows = Get-PerfCounter -Event page-faults, task-clock -- true | Compare-PerfCounter $path -Threshold 100
        $rows.Event | Should -Be 'page-faults', 'task-clock'
        $rows.Status | Should -Be 'Unchanged', 'Unchanged'
        $rows[1].Unit | Should -Be ns
    }

    It 'takes objects, from files of other kinds too' {
        $before = Get-PerfCounter -Event page-faults -Repeat 2 -- true
        $before | Export-Csv (Join-Path $TestDrive 'base.csv')
        $before | Export-Clixml (Join-Path $TestDrive 'base.xml')
        $sources = $before, (Import-Csv (Join-Path $TestDrive 'base.csv')), (Import-Clixml (Join-Path $TestDrive 'base.xml')), ($before | ConvertTo-Json -WarningAction Ignore | ConvertFrom-Json)
        foreach ($source in $sources) {
            $row = $before | Compare-PerfCounter $source
            $row.Change, $row.BaselineRuns, $row.Runs | Should -Be 0, 2, 2
        }
        (Start-Job { param($Root) Import-Module "$Root/PerfTrace.psd1"; Get-PerfCounter -Event page-faults true } -ArgumentList $root | Receive-Job -Wait -AutoRemoveJob |
            Compare-PerfCounter $before -Threshold 10).Change | Should -Not -BeNullOrEmpty
    }

    It 'writes an error for each event that grew, behind all objects' {
        $rows = (New-Figure a 106), (New-Figure b 105), (New-Figure c 300) |
            Compare-PerfCounter (New-Figure a 100), (New-Figure b 100), (New-Figure c 100) -ErrorVariable problems -ErrorAction SilentlyContinue
        $rows.IsRegression | Should -Be $true, $false, $true
        $problems.FullyQualifiedErrorId | Should -Be (@('CounterRegression,PerfTrace.Commands.ComparePerfCounterCommand') * 2)
        $problems[1].Exception.Message | Should -Be 'c grew by 200 %, from 100 to 300; 5 % is allowed.'
        $problems[1].TargetObject | Should -Be $rows[2]
    }

    It 'ends a script with 1 when an error stops it, and with 0 when nothing grew' {
        Set-Content $path '[{"Event":"page-faults","Value":1}]'
        $bad = Get-GateResult "Get-PerfCounter -Event page-faults -- true | Compare-PerfCounter '$path' -ErrorAction Stop; 'not reached'"
        $bad.ExitCode | Should -Be 1
        $bad.Text | Should -Match 'page-faults grew by .* 5 % is allowed'
        $bad.Text | Should -Match 'Regressed +page-faults'
        $bad.Text | Should -Not -Match 'not reached'
        $good = Get-GateResult "Get-PerfCounter -Event page-faults -- true | Compare-PerfCounter '$path' -Threshold 1e6 -ErrorAction Stop; 'reached'"
        $good.ExitCode | Should -Be 0
        $good.Text | Should -Match 'reached'
    }

    It 'fails before anything is measured when there is no baseline' {
        $none = Join-Path $TestDrive 'none.json'
        $marker = Join-Path $TestDrive 'ran'
        { Get-PerfCounter -Event page-faults -- touch $marker | Compare-PerfCounter $none } | Should -Throw -ErrorId 'BaselineNotFound,PerfTrace.Commands.ComparePerfCounterCommand'
        $marker | Should -Not -Exist
        # As an error of any other kind does, it ends a script that asks for that; PowerShell itself lets it go on behind an error that ends a statement.
        foreach ($baseline in $none, '/etc/hostname') {
            $gate = Get-GateResult "Get-PerfCounter -Event page-faults -- touch '$marker' | Compare-PerfCounter '$baseline' -ErrorAction Stop; 'not reached'"
            $gate.ExitCode | Should -Be 1
            $gate.Text | Should -Not -Match 'not reached'
            $marker | Should -Not -Exist
        }
    }

    It 'writes a baseline with -Update, and asks' {
        $new = Join-Path $TestDrive 'new.json'
        $null = New-Figure a 7 | Compare-PerfCounter $new -Update -WhatIf
        $new | Should -Not -Exist
        (New-Figure a 7 | Compare-PerfCounter $new -Update).Status | Should -Be New
        Get-Content $new -Raw | Should -Be "[`n  {`"Event`":`"a`",`"Value`":7,`"Status`":`"Counted`"}`n]`n"
        (New-Figure a 7 | Compare-PerfCounter $new).Status | Should -Be Unchanged
        $problems = $null
        (New-Figure a 9 | Compare-PerfCounter $new -Update -ErrorVariable problems).IsRegression | Should -BeTrue
        $problems | Should -BeNullOrEmpty
        (Get-Content $new -Raw | ConvertFrom-Json).Value | Should -Be 9
    }

    It 'tells what was not counted or shared the PMU' {
        $scaled = [pscustomobject]@{ Event = 's'; Value = 5; RunningPercent = 40 }
        $rows = (New-Figure a 1), (New-Figure p $null NotSupported), (New-Figure q $null NotCounted), $scaled |
            Compare-PerfCounter (New-Figure a 1), (New-Figure p $null NotSupported), (New-Figure q 5), (New-Figure s 5) -WarningVariable warnings -WarningAction SilentlyContinue
        $rows.Status | Should -Be 'Unchanged', 'NotCounted', 'NotCounted', 'Unchanged'
        $warnings.Message | Should -Be 'Counted on one side alone: q.',
            'Estimated, as they shared the PMU with others: s.'
    }

    It 'shows a table, in colours of $PSStyle' {
        $rows = (New-Figure a 1234567), (New-Figure b 1) | Compare-PerfCounter (New-Figure a 1000000), (New-Figure b 1) -ErrorAction SilentlyContinue
        $rows | Out-String | Should -Match '(?s)Change +Baseline +Value Unit +Status +Target +Event.*\+23\.5 % +1,000,000 +1,234,567 +Regressed +a.*0\.0 % +1 +1 +Unchanged +b'
        $rendering = $PSStyle.OutputRendering
        try {
            $PSStyle.OutputRendering = 'Ansi'
            $rows | Out-String | Should -Match "$([regex]::Escape($PSStyle.Formatting.Error))Regressed$([regex]::Escape($PSStyle.Reset)) +a"
        }
        finally {
            $PSStyle.OutputRendering = $rendering
        }
    }
}
