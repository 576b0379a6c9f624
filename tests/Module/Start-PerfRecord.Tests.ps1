BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $folder = Join-Path ([System.IO.Path]::GetTempPath()) "perftrace-$([guid]::NewGuid().ToString('N'))"
    $null = New-Item -ItemType Directory $folder
}

AfterAll {
    Get-PerfRecord -State Running | Stop-PerfRecord | Out-Null
    Remove-Item -Recurse -Force $folder
}

Describe 'Start-PerfRecord' {
    It 'records a command, and perf reads what it wrote' {
        $recording = Start-PerfRecord -Event cpu-clock -CallStack FramePointer -Path "$folder/a.data" -- dd if=/dev/zero of=/dev/null bs=1M count=500 status=none
        $recording.State | Should -Be Completed
        $recording.CommandExit.ExitCode | Should -Be 0
        $script = perf script -i "$folder/a.data" -F comm,event 2>&1
        @($script).Count | Should -Be $recording.Samples
        $script | Should -Match 'cpu-clock'
    }

    It 'returns at once for a process, and shows a table' {
        $recording = Get-Process -Id $PID | Start-PerfRecord -Event cpu-clock -Path "$folder/b.data"
        $recording.State | Should -Be Running
        $recording | Out-String -Width 120 | Should -Match 'Id +State +Events +Samples +Bytes +Lost +Elapsed +Path'
        (Get-PerfRecord $recording.Id).Path | Should -Be "$folder/b.data"
        ($recording | Stop-PerfRecord).State | Should -Be Completed
        (Get-PerfDataInfo "$folder/b.data").IsComplete | Should -BeTrue
    }

    It 'writes into perf.data of the current directory' {
        Push-Location $folder
        try {
            (Start-PerfRecord -Event page-faults -- true).Path | Should -Be "$folder/perf.data"
            $null = Start-PerfRecord -Event page-faults -- true
            Test-Path "$folder/perf.data.old" | Should -BeTrue
        }
        finally {
            Pop-Location
        }
    }

    It 'completes the file when the shell exits' {
        pwsh -NoProfile -Command "Import-Module '$(Get-RepositoryRoot)/PerfTrace.psd1'; `$null = Start-PerfRecord -AllCpu -Event cpu-clock -Path '$folder/exit.data'; Start-Sleep -Milliseconds 100"
        $info = Get-PerfDataInfo "$folder/exit.data"
        $info.IsComplete | Should -BeTrue
        $info.Features | Should -Contain SampleTime
    }

    It 'completes the file when the module is removed' {
        $state = pwsh -NoProfile -Command "Import-Module '$(Get-RepositoryRoot)/PerfTrace.psd1'; `$r = Start-PerfRecord -AllCpu -Event cpu-clock -Path '$folder/remove.data'; Remove-Module PerfTrace; `$r.State"
        $state | Should -Be Completed
        (Get-PerfDataInfo "$folder/remove.data").IsComplete | Should -BeTrue
    }

    It 'stops with the pipeline, within a second, with a complete file' {
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$(Get-RepositoryRoot)/PerfTrace.psd1'; Start-PerfRecord -AllCpu -Event cpu-clock -Wait -Path '$folder/stop.data'")
        $null = $shell.BeginInvoke()
        Wait-Condition { Test-Path "$folder/stop.data" } 10 | Should -BeTrue
        Start-Sleep -Milliseconds 200
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 1
        Wait-Condition { (Get-PerfDataInfo "$folder/stop.data" -ErrorAction Ignore).Features -contains 'SampleTime' } 2 | Should -BeTrue
        $shell.Dispose()
    }

    It 'switches output and takes sizes and durations' {
        $recording = Start-PerfRecord -AllCpu -Event cpu-clock -Duration 0.5 -SwitchOutput 200ms -Compress -Wait -Path "$folder/many.data"
        $recording.Files.Count | Should -BeGreaterThan 1
        ($recording.Files | Get-PerfDataInfo | Measure-Object Samples -Sum).Sum | Should -Be $recording.Samples
    }

    It 'names what is wrong' {
        { Start-PerfRecord -Event no-such-event -ErrorAction Stop -- true } | Should -Throw -ErrorId 'EventNotFound,PerfTrace.Commands.StartPerfRecordCommand'
        { Start-PerfRecord -Event cpu-clock -Path /nowhere/x -ErrorAction Stop -- true } | Should -Throw -ErrorId 'NotFound,PerfTrace.Commands.StartPerfRecordCommand'
    }
}
