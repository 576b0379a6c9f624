BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $folder = Join-Path ([System.IO.Path]::GetTempPath()) "perftrace-$([guid]::NewGuid().ToString('N'))"
    $null = New-Item -ItemType Directory $folder
    perf record -q -g -e page-faults -c 1 -o "$folder/a.data" -- sh -c 'true; ls /usr > /dev/null'
    perf record -q -a -e sched:sched_process_exec -o "$folder/exec.data" -- sh -c 'ls /usr > /dev/null'
}

AfterAll {
    Remove-Item -Recurse -Force $folder
}

Describe 'Get-PerfSample' {
    It 'gives samples to group and to sort' {
        $samples = Get-PerfSample "$folder/a.data"
        ($samples | Group-Object CommandName).Name | Should -Contain 'ls'
        ($samples | Sort-Object TimestampNanoseconds).TimestampNanoseconds | Should -Be $samples.TimestampNanoseconds
        ($samples | Where-Object Symbol).Count | Should -BeGreaterThan ($samples.Count / 2)
    }

    It 'takes files of the pipeline, and perf.data of the current directory' {
        (Get-ChildItem $folder -Filter *.data | Get-PerfSample | Group-Object EventName).Name | Should -Be 'page-faults', 'sched:sched_process_exec'
        Copy-Item "$folder/a.data" "$folder/perf.data"
        Push-Location $folder
        try {
            Get-PerfSample | Should -HaveCount (Get-PerfSample a.data).Count
        }
        finally {
            Pop-Location
            Remove-Item "$folder/perf.data"
        }
    }

    It 'shows where each was taken' {
        Get-PerfSample "$folder/a.data" | Select-Object -First 3 | Out-String -Width 140 | Should -Match '(?s)Timestamp +Cpu +ThreadId +CommandName +EventName +Frame.*\+0x[0-9a-f]+ \(.*\)'
        (Get-PerfSample "$folder/a.data" | Select-Object -First 1).CallStack | Out-String -Width 140 | Should -Match 'Address +Symbol +Offset +Module'
    }

    It 'has the fields of a tracepoint as properties' {
        $event = (Get-PerfSample "$folder/exec.data" -CommandName ls).TraceEvent
        $event.filename | Should -BeLike '*/ls'
        $event.pid | Should -BeGreaterThan 0
    }

    It 'exports what can be read again' {
        $csv = Get-PerfSample "$folder/a.data" | Select-Object -First 5 CommandName, Symbol, Period | ConvertTo-Csv | ConvertFrom-Csv
        $csv | Should -HaveCount 5
        $csv[0].Period | Should -Be '1'
        $json = Get-PerfSample "$folder/a.data" | Select-Object -First 1 | ConvertTo-Json -Depth 4 | ConvertFrom-Json
        $json.CallStack[0].Module | Should -Not -BeNullOrEmpty
    }

    It 'reads what perf writes to a pipe while it runs' {
        $pipe = "$folder/pipe"
        mkfifo $pipe
        $script = "$folder/record.sh"
        Set-Content $script "exec perf record -q -g -e page-faults -c 1 -o - -- ls /usr > $pipe"
        $perf = Start-Process sh $script -PassThru -RedirectStandardError /dev/null
        (Get-PerfSample $pipe).Count | Should -BeGreaterThan 10
        $perf.WaitForExit(10000) | Should -BeTrue
    }

    It 'stops at once while nobody writes into the pipe' {
        $pipe = "$folder/silent"
        mkfifo $pipe
        $shell = [powershell]::Create().AddScript("Import-Module '$((Get-Module PerfTrace).Path)'; Get-PerfSample '$pipe'")
        $running = $shell.BeginInvoke()
        Start-Sleep -Milliseconds 1500
        $running.IsCompleted | Should -BeFalse
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $clock.ElapsedMilliseconds | Should -BeLessThan 1000
        $shell.Dispose()
    }

    It 'leaves nothing open when the pipeline has enough' {
        Get-PerfSample "$folder/a.data" | Select-Object -First 1 | Out-Null
        $before = Get-DescriptorCount
        foreach ($i in 1..10) { Get-PerfSample "$folder/a.data" | Select-Object -First 1 | Out-Null }
        Get-DescriptorCount | Should -BeLessOrEqual $before
    }

    It 'refuses what is none' {
        { Get-PerfSample /etc/passwd -ErrorAction Stop } | Should -Throw '*PERFILE2*' -ErrorId 'InvalidPerfData,PerfTrace.Commands.GetPerfSampleCommand'
    }
}
