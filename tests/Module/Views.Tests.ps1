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

    It 'shows <Type> from Clixml as what it was, each moment apart' -ForEach @(
        @{ Type = 'PerfTrace.Bpf.LatencyRange'; Moment = 'Time'; Properties = @{ Low = [timespan]::Zero; High = [timespan]::FromMicroseconds(1); Count = 1; Share = 1; Key = 'a' }; Shown = 'Until: 2026-01-02 03:04:05.00{0}' }
        @{ Type = 'PerfTrace.Profiles.PerfTopEntry'; Moment = 'Timestamp'; Properties = @{ ChildrenPercent = 1; SelfPercent = 1; Samples = 1; Event = 'cpu-clock'; Name = 'a' }; Shown = 'Interval until: 2026-01-02 03:04:05.00{0}' }
        @{ Type = 'PerfTrace.Bpf.ExecEvent'; Moment = 'Time'; Properties = @{ ProcessId = 1; ParentId = 1; UserId = 0; CommandName = 'a'; CommandLine = 'a' }; Shown = '03:04:05.00{0} +1 +1 +0 a +a' }
        @{ Type = 'PerfTrace.Bpf.BpfPerfRecord'; Moment = 'Timestamp'; Properties = @{ Cpu = 0; Value = 'a' }; Shown = '03:04:05.00{0}000 +0 a' }
        @{ Type = 'PerfTrace.BpfTrace.KernelEventInterval'; Moment = 'Time'; Properties = @{ Count = 1; Event = 'a' }; Shown = '03:04:05.00{0} +1 ' }
    ) {
        $first = [datetimeoffset]'2026-01-02T03:04:05.001+01:00'
        $objects = foreach ($milliseconds in 0, 0, 1) {
            $object = [pscustomobject]($Properties + @{ PSTypeName = $Type; $Moment = $first.AddMilliseconds($milliseconds) })
            $object.psobject.TypeNames.Insert(0, $Type)
            $object
        }
        $objects | Export-Clixml $TestDrive/views.xml
        $text = Import-Clixml $TestDrive/views.xml | Out-String -Width 100
        $text | Should -Be ($objects | Out-String -Width 100)
        $text | Should -Match ($Shown -f 1)
        $text | Should -Match ($Shown -f 2)
        if ($Shown -like '*until*') {
            @($text -split '\n' -match 'until').Count | Should -Be 2
        }
        else {
            @($text.Trim() -split '\n').Count | Should -Be 5
        }
    }

    It 'shows what <Name> gives from Clixml' -ForEach @(
        @{ Name = 'a tool'; Label = 'Until'; Script = { Start-BpfTool runqlat -Duration 0.4 } }
        @{ Name = 'Watch-PerfTop'; Label = 'Interval until'; Script = { Watch-PerfTop -Event page-faults -Period 1 -Interval 0.3 -Duration 0.7 -NoDisplay } }
    ) {
        $busy = Start-Process sh -ArgumentList '-c', '"for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do sleep 0.1; done"' -PassThru
        try {
            & $Script | Export-Clixml $TestDrive/given.xml
        }
        finally {
            $busy.Kill()
        }
        Import-Clixml $TestDrive/given.xml | Out-String -Width 140 | Should -Match "(?m)^   ${Label}: \d{4}-\d\d-\d\d [\d:]{8}\.\d{3}\s*`$"
    }

    It 'shows <Type> from Clixml by the text of its <Group>' -ForEach @(
        @{ Type = 'PerfTrace.Profiles.PerfAnnotationLine'; Group = 'Function' }
        @{ Type = 'PerfTrace.Tracing.TraceHistogramEntry'; Group = 'Histogram' }
    ) {
        $objects = foreach ($name in 'one', 'two') {
            $object = [pscustomobject]@{ $Group = [System.Text.StringBuilder]::new($name) }
            $object.psobject.TypeNames.Insert(0, $Type)
            $object
        }
        $objects | Export-Clixml $TestDrive/groups.xml
        foreach ($text in ($objects | Out-String -Width 100), (Import-Clixml $TestDrive/groups.xml | Out-String -Width 100)) {
            $text | Should -Match "(?s)${Group}: one.*${Group}: two"
        }
    }

    It 'shows whom a recording is of as a text' {
        $recording = Start-PerfRecord -Event page-faults -Path $TestDrive/target.data -Wait -- sh -c ': a'
        $recording | Format-List Target | Out-String | Should -Match "Target : command sh -c ': a'"
        ($recording | ConvertTo-Csv | ConvertFrom-Csv).Target | Should -Be "command sh -c ': a'"
    }

    It 'shows what is compared within 80 columns, one to a line' {
        $counter = foreach ($cpu in 0, 127) { [pscustomobject]@{ Event = 'context-switches'; Value = 1234567890; Cpu = $cpu } }
        $lines = ($counter | Compare-PerfCounter $counter | Out-String -Width 80).Trim() -split '\r?\n'
        $lines.Count | Should -Be 4
        $lines[-2] | Should -Match '0\.0 %\s+1,234,567,890\s+1,234,567,890\s+Unchanged\s+CPU 0\s+context-switches\s*$'
        $lines[-1] | Should -Match 'CPU 127\s+context-switches\s*$'
    }

    It 'shows events and counts in Format-Wide' {
        $text = Get-PerfCounter -Event page-faults, task-clock -- true | Format-Wide | Out-String -Width 120
        $text | Should -Match 'Target: command true'
        $text | Should -Match 'page-faults: \d+\s+task-clock: [\d,]+\.\d\d msec'
        [pscustomobject]@{ PSTypeName = 'PerfTrace.Perf.PerfCounter'; Event = 'cycles'; Status = 'NotSupported' } | Format-Wide | Out-String | Should -Match 'cycles: <not supported>'
    }

    It 'shows an object of a C struct as one line' {
        (Get-FormatData -TypeName PerfTrace.Kernel.BtfValue).FormatViewDefinition.Control.GetType().Name | Should -Be 'CustomControl'
    }
}
