BeforeDiscovery {
    $root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path
    $changing = 'Add', 'Clear', 'Disable', 'Enable', 'Export', 'Import', 'Lock', 'New', 'Register', 'Remove', 'Save', 'Set', 'Start', 'Stop', 'Update', 'Write'
    $cmdlets = (Import-PowerShellDataFile (Join-Path $root 'PerfTrace.psd1')).CmdletsToExport | Where-Object { $_.Split('-')[0] -in $changing } | ForEach-Object { @{ Name = $_ } }
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace

    # What -WhatIf says goes to the host alone.
    function Invoke-WhatIf([scriptblock] $Action) {
        $transcript = Join-Path $TestDrive 'transcript.txt'
        $null = Start-Transcript $transcript -UseMinimalHeader -Force
        try {
            $output = & $Action
        }
        finally {
            $null = Stop-Transcript
        }
        $output | Should -BeNullOrEmpty
        (Get-Content $transcript) -match '^What if: '
    }
}

Describe 'ShouldProcess' {
    It 'is with <Name>, which changes something' -ForEach $cmdlets {
        (Get-Command $Name).Parameters.Keys | Should -Contain WhatIf
        (Get-Command $Name).Parameters.Keys | Should -Contain Confirm
    }

    It 'writes no flame graph' {
        $path = Join-Path $TestDrive 'a.svg'
        Invoke-WhatIf { 'app;main 5' | ConvertFrom-FoldedStack | Export-FlameGraph $path -PassThru -WhatIf } | Should -BeLike "*`"Write a flame graph`" on target `"$path`"*"
        Get-ChildItem $TestDrive -Filter *.svg* | Should -BeNullOrEmpty
    }

    It 'writes no profile' {
        $path = Join-Path $TestDrive 'a.json'
        Invoke-WhatIf { 'app;main 5' | ConvertFrom-FoldedStack | Export-PerfProfile $path Speedscope -PassThru -WhatIf } | Should -BeLike "*Speedscope*$path*"
        Get-ChildItem $TestDrive -Filter *.json* | Should -BeNullOrEmpty
    }

    It 'subscribes to nothing' {
        Invoke-WhatIf { Register-TracepointEvent sched:sched_process_exec -SourceIdentifier whatif1 -Action { } -WhatIf } | Should -BeLike '*whatif1*sched:sched_process_exec*'
        Get-EventSubscriber | Where-Object SourceIdentifier -EQ whatif1 | Should -BeNullOrEmpty
    }

    It 'starts no tool' {
        Invoke-WhatIf { Start-BpfTool runqlat -Duration 5 -WhatIf } | Should -BeLike '*runqlat*'
        Get-BpfProgram | Where-Object { $_.Process.ProcessId -contains $PID -and $_.Name -eq 'on_switch' } | Should -BeNullOrEmpty
    }

    It 'starts no script' {
        $before = @(Get-BpfTrace).Count
        Invoke-WhatIf { Start-BpfTrace 'tracepoint:sched:sched_switch { @ = count() }' -WhatIf } | Should -Not -BeNullOrEmpty
        @(Get-BpfTrace).Count | Should -Be $before
    }

    It 'records nothing, and starts no command' {
        $path = Join-Path $TestDrive 'a.data'
        $touched = Join-Path $TestDrive 'touched'
        $before = @(Get-PerfRecord).Count
        Invoke-WhatIf { Start-PerfRecord -Event cpu-clock -Path $path -WhatIf -- touch $touched } | Should -BeLike "*Run touch*$path*"
        $path, $touched | Should -Not -Exist
        @(Get-PerfRecord).Count | Should -Be $before
    }

    It 'leaves recordings and scripts running, and ends them without' {
        $recording = Start-PerfRecord -Event page-faults -ProcessId $PID -Path (Join-Path $TestDrive 'b.data')
        $script = Start-BpfTrace 'interval:s:100 { @ = count() }'
        try {
            Invoke-WhatIf { Stop-PerfRecord $recording -WhatIf } | Should -BeLike "*recording $($recording.Id) into*"
            Invoke-WhatIf { Stop-BpfTrace $script -WhatIf } | Should -BeLike "*script $($script.Id) *"
            $recording.State | Should -Be Running
            $script.State | Should -Be Running
        }
        finally {
            $null = Stop-PerfRecord $recording -Confirm:$false
            $null = Stop-BpfTrace $script -Confirm:$false
        }
        $recording.State | Should -Not -Be Running
        $script.State | Should -Not -Be Running
    }
}
