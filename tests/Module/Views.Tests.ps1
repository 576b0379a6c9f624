BeforeDiscovery {
    $root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path
    $cmdlets = (Import-PowerShellDataFile (Join-Path $root 'PerfTrace.psd1')).CmdletsToExport | ForEach-Object { @{ Name = $_ } }
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

Describe 'Views' {
    BeforeAll {
        $PSStyle.OutputRendering = 'PlainText'
        $culture = [cultureinfo]::CurrentCulture
        [cultureinfo]::CurrentCulture = 'en-US'
    }

    AfterAll {
        [cultureinfo]::CurrentCulture = $culture
    }

    It 'shows counters as a table under their target' {
        $text = Get-PerfCounter -Event page-faults, task-clock -- true | Out-String -Width 140
        $text | Should -Match 'Target: command true'
        $text | Should -Match 'Value\s+Unit\s+Event\s+Amount\s+Metric\s+Run%'
        $text | Should -Match '\d+\s+page-faults\s+[\d,.]+ /sec\s+100\.0'
        $text | Should -Match '\d\.\d\d msec\s+task-clock\s+[\d.]+ CPUs utilized'
    }

    It 'shows a series with its times' {
        $text = Get-PerfCounter -Event cs -AllCpu -Interval 0.02 -Duration 0.05 | Out-String -Width 140
        $text | Should -Match 'Elapsed\s+Value\s+Unit\s+Event\s+Amount'
        $text | Should -Match '00:00:00\.0\d\d\s+[\d,]+\s+cs\s'
    }

    It 'shows means with their error' {
        $text = Get-PerfCounter -Event page-faults -Repeat 2 -- true | Out-String -Width 140
        $text | Should -Match 'Mean\s+\+-%\s+Unit\s+Event\s+Amount\s+Metric\s+Runs'
        $text | Should -Match '[\d.]+\s+[\d.]+\s+page-faults\s+2\s'
    }

    It 'shows events' {
        $text = Get-PerfEvent cs | Out-String -Width 140
        $text | Should -Match 'Name\s+Alias\s+Kind\s+Description'
        $text | Should -Match 'context-switches\s+cs\s+Software\s+Context switches'
    }

    It 'separates thousands as the culture does' {
        $culture = [cultureinfo]::CurrentCulture
        try {
            $counter = Get-PerfCounter -Event page-faults -- sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do /bin/true; done'
            $counter.Value | Should -BeGreaterThan 999
            [cultureinfo]::CurrentCulture = 'en-US'
            $counter | Out-String -Width 140 | Should -Match '\s\d+,\d\d\d\s+page-faults'
            [cultureinfo]::CurrentCulture = 'de-DE'
            $counter | Out-String -Width 140 | Should -Match '\s\d+\.\d\d\d\s+page-faults'
        }
        finally {
            [cultureinfo]::CurrentCulture = $culture
        }
    }

    It 'keeps every property in Format-List' {
        $text = Get-PerfCounter -Event page-faults -- true | Format-List * | Out-String -Width 140
        foreach ($property in 'Timestamp', 'Elapsed', 'Event', 'Value', 'Unit', 'ScaledValue', 'ScaledUnit', 'TimeEnabled', 'TimeRunning', 'RunningPercent', 'Status',
            'MetricName', 'MetricValue', 'MetricUnit', 'Group', 'Command', 'CommandName', 'ProcessId', 'ThreadId', 'Cpu', 'Core', 'Socket', 'CGroup', 'Target', 'ExitCode', 'UserTime', 'SystemTime') {
            $text | Should -Match "(?m)^$property\s+:"
        }
    }

    It 'says why there is no count, as perf does' {
        $without = [pscustomobject]@{ PSTypeName = 'PerfTrace.Perf.PerfCounter'; Event = 'cycles'; Status = 'NotSupported' }, [pscustomobject]@{ PSTypeName = 'PerfTrace.Perf.PerfCounter'; Event = 'cs'; Status = 'NotCounted' }
        $text = $without | Out-String -Width 80
        $text | Should -Match '<not supported>\s+cycles'
        $text | Should -Match '<not counted>\s+cs'
    }

    It 'shows decimals where a count is scaled, as perf does' {
        $lines = (Get-PerfCounter -Event duration_time, task-clock, page-faults -- true | Out-String -Width 80) -split '\n'
        $lines -match 'duration_time' | Should -Match '^\s+[\d,]+ ns\s+duration_time'
        $lines -match 'task-clock' | Should -Match '^\s+[\d,]+\.\d\d msec\s+task-clock'
        $lines -match 'page-faults' | Should -Match '^\s+[\d,]+\s+page-faults'
    }

    It 'shows counters within 80 columns, one to a line' {
        $lines = (Get-PerfCounter -Event page-faults, task-clock -- true | Out-String -Width 80).Trim() -split '\n'
        $lines.Count | Should -Be 6
        $lines[-1] | Should -Match 'CPUs utilized\s+100\.0\s*$'
    }

    It 'shows what <Name> puts out by a view' -ForEach $cmdlets {
        # Out-String has views of its own for what is none of ours.
        $types = (Get-Command $Name).OutputType.Type | Where-Object { $_.FullName -like 'PerfTrace.*' }
        foreach ($type in $types) {
            $views = for ($base = $type; $base; $base = $base.BaseType) { Get-FormatData -TypeName $base.FullName }
            $views | Should -Not -BeNullOrEmpty -Because "$Name puts out $type"
        }
    }

    It 'keeps a trace with markers between its events one table' {
        $null = New-TraceInstance views1
        try {
            Enable-Tracepoint sched:sched_process_exec -Instance views1
            Write-TraceMarker before -Instance views1
            /bin/true
            Write-TraceMarker after -Instance views1
            $records = @(Get-TraceBuffer -Instance views1)
            @($records | ForEach-Object { $_.GetType().Name } | Sort-Object -Unique).Count | Should -BeGreaterThan 1
            $text = $records | Out-String -Width 200
            $text | Should -Match '(?m)^\s*Timestamp\s+Cpu\s+ThreadId\s+CommandName\s+Event\s*$'
            $text | Should -Not -Match '(?m)^\w+\s+: '
            $text | Should -Match 'ftrace:print: .*before'
            $text | Should -Match 'sched:sched_process_exec: filename=/bin/true'
        }
        finally {
            Remove-TraceInstance views1
        }
    }

    It 'shows the whole message of an event, however long' {
        $record = [pscustomobject]@{ PSTypeName = 'PerfTrace.Events.TraceRecord'; Timestamp = [timespan]'123.03:04:05.1234567'; Cpu = 1; ThreadId = 4711; CommandName = 'bash' }
        $record | Add-Member -MemberType ScriptMethod ToString { 'a:b: ' + ('x' * 200) + 'end' } -Force
        $text = $record | Out-String -Width 120
        ($text -replace '\s') | Should -Match 'x{200}end'
        $text | Should -Match '\s123\.03:04:05\.1234567\s+1\s+4711 bash'
    }

    It 'shows a stack in one column, and how often it was met' {
        'app;main;f;g;h;i 12345' | ConvertFrom-FoldedStack | Out-String -Width 100 | Should -Match '(?m)^\s+12,345 app;main;f;g;h;i\s*$'
    }

    It 'shows times with their unit, and shares as bars' {
        $range = [pscustomobject]@{ PSTypeName = 'PerfTrace.Bpf.LatencyRange'; Time = [datetimeoffset]::Now; Key = 'sda'; Low = [timespan]::FromMicroseconds(1024); High = [timespan]::FromMicroseconds(2048); Count = 12345; Share = 0.25 }
        $range | Out-String -Width 120 | Should -Match '1,024 µs\s+2,048 µs\s+12,345\s+25\.0\s?% @{10}\s+sda'
        $request = [pscustomobject]@{ PSTypeName = 'PerfTrace.Bpf.BlockRequest'; Time = [datetimeoffset]::Now; ProcessId = 1; CommandName = 'dd'; Disk = 'sda'; Operation = 'Read'; Bytes = 65536; Latency = [timespan]::FromMicroseconds(1234.5) }
        $request | Out-String -Width 80 | Should -Match 'Read\s+65,536\s+1\.23\d ms'
    }

    It 'shows an object of a C struct as one line' {
        (Get-FormatData -TypeName PerfTrace.Kernel.BtfValue).FormatViewDefinition.Control.GetType().Name | Should -Be 'CustomControl'
    }
}
