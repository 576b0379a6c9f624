BeforeDiscovery {
    $root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path
    # Where the analyzer is not installed there is nothing to run, rather than something to skip.
    $scripts = @(if (Get-Module -ListAvailable PSScriptAnalyzer) {
            foreach ($path in 'PerfTrace.psd1', 'PerfTrace.psm1', 'build.ps1', 'docs/images/New-Picture.ps1', 'tests/Module/Invoke-ModuleTests.ps1', 'tests/Module/Support/ModuleTests.psm1') {
                @{ Path = $path; Full = Join-Path $root $path }
            }
        })
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $root = Get-RepositoryRoot
    $manifestPath = Join-Path $root 'PerfTrace.psd1'
}

Describe 'The manifest' {
    BeforeAll {
        $manifest = Test-ModuleManifest $manifestPath -ErrorAction Stop
        $data = Import-PowerShellDataFile $manifestPath
    }

    It 'is valid and complete' {
        $manifest.Version | Should -BeGreaterThan ([version]'0.0')
        $manifest.Guid | Should -Not -Be ([guid]::Empty)
        foreach ($key in 'Author', 'Description', 'Copyright', 'PowerShellVersion') { $data.$key | Should -Not -BeNullOrEmpty }
        $data.CompatiblePSEditions | Should -Be Core
        $data.PrivateData.PSData.Tags | Should -Contain Linux
        $data.PrivateData.PSData.LicenseUri | Should -Not -BeNullOrEmpty
    }

    It 'lists its exports one by one' {
        foreach ($key in 'CmdletsToExport', 'FunctionsToExport', 'AliasesToExport', 'VariablesToExport') {
            $data.ContainsKey($key) | Should -BeTrue
            $data.$key | Should -Not -Contain '*'
        }
    }

    It 'names files that are there' {
        foreach ($file in @($data.FormatsToProcess) + $data.RootModule) {
            Join-Path $root $file | Should -Exist
        }
    }

    It 'lists every view beside the cmdlets' {
        $views = Get-ChildItem (Join-Path $root 'src/PerfTrace') -Recurse -Filter *.Format.ps1xml | ForEach-Object { "bin/$($_.Name)" }
        $data.FormatsToProcess | Sort-Object | Should -Be ($views | Sort-Object)
    }
}

Describe 'The module' {
    It 'exports exactly what the manifest lists' {
        $data = Import-PowerShellDataFile $manifestPath
        $module = Get-Module PerfTrace
        $module.ExportedCmdlets.Keys | Sort-Object | Should -Be ($data.CmdletsToExport | Sort-Object)
        $module.ExportedFunctions.Count | Should -Be 0
        $module.ExportedAliases.Count | Should -Be 0
        $module.ExportedVariables.Count | Should -Be 0
    }

    It 'has every cmdlet of its assembly in the manifest' {
        $data = Import-PowerShellDataFile $manifestPath
        $assembly = (Get-Command Get-PerfCounter).ImplementingType.Assembly
        $cmdlets = foreach ($type in $assembly.GetExportedTypes()) {
            $attribute = $type.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false)
            if ($attribute) { "$($attribute[0].VerbName)-$($attribute[0].NounName)" }
        }
        $data.CmdletsToExport | Sort-Object | Should -Be ($cmdlets | Sort-Object)
    }

    It 'uses approved verbs and says what it puts out' {
        $verbs = (Get-Verb).Verb
        foreach ($command in (Get-Module PerfTrace).ExportedCmdlets.Values) {
            $verbs | Should -Contain $command.Verb
            $command.OutputType | Should -Not -BeNullOrEmpty
        }
    }

    It 'lives in a load context of its own' {
        $assembly = (Get-Command Get-PerfCounter).ImplementingType.Assembly
        $context = [System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext($assembly)
        $context.Name | Should -Be PerfTrace
        $context | Should -Not -Be ([System.Runtime.Loader.AssemblyLoadContext]::Default)
        $context.Assemblies.GetName().Name | Should -Contain PerfTrace.Core
        foreach ($other in [System.Runtime.Loader.AssemblyLoadContext]::All | Where-Object Name -NE PerfTrace) {
            $other.Assemblies | Where-Object { $_.GetName().Name -like 'PerfTrace*' -and $_.GetName().Name -ne 'PerfTrace.Loader' } | Should -BeNullOrEmpty
        }
        $context.Assemblies.GetName().Name | Where-Object { $_ -like 'System.Management.Automation*' } | Should -BeNullOrEmpty
    }

    It 'is imported quickly, and counts soon' {
        # A warm machine takes some 120 ms for each; the bounds leave room for a busy one.
        $output = Invoke-NewShell "
            (Measure-Command { Import-Module '$manifestPath' }).TotalMilliseconds
            (Measure-Command { Get-PerfCounter -- true }).TotalMilliseconds"
        $import, $first = [double[]]$output
        Write-Host ('    import {0:0} ms, first Get-PerfCounter {1:0} ms' -f $import, $first)
        $import | Should -BeLessThan 1500
        $first | Should -BeLessThan 1500
    }

    It 'prints nothing when it is imported or removed' {
        Invoke-NewShell "Import-Module '$manifestPath'; Remove-Module PerfTrace" | Should -BeNullOrEmpty
    }

    It 'has its cmdlets after Import-Module -Force, too' {
        Invoke-NewShell "
            Import-Module '$manifestPath'
            `$before = (Get-Module PerfTrace).ExportedCmdlets.Count
            Import-Module '$manifestPath' -Force
            (Get-Module PerfTrace).ExportedCmdlets.Count - `$before
            (Get-PerfCounter -Event page-faults -- true).Count
            Remove-Module PerfTrace
            [bool](Get-Command Get-PerfCounter -ErrorAction Ignore)" | Should -Be 0, 1, False
    }

    It 'can be removed and imported 20 times without a leak' {
        $output = Invoke-NewShell "
            Import-Module '$root/tests/Module/Support/ModuleTests.psm1'
            function Use-Module {
                Import-Module '$manifestPath'
                `$null = Get-PerfCounter -Event cs, page-faults -- true
                `$null = Get-PerfCounter -Event cs -AllCpu -Interval 0.01 | Select-Object -First 2
                Remove-Module PerfTrace
            }
            1..3 | ForEach-Object { Use-Module }
            `$before = (Get-DescriptorCount), (Get-ThreadCount), [GC]::GetTotalMemory(`$true)
            1..20 | ForEach-Object { Use-Module }
            Start-Sleep -Milliseconds 100
            `$after = (Get-DescriptorCount), (Get-ThreadCount), [GC]::GetTotalMemory(`$true)
            `$after[0] - `$before[0]; `$after[1] - `$before[1]
            [bool](Get-Command Get-PerfCounter -ErrorAction Ignore)
            [System.Runtime.Loader.AssemblyLoadContext]::All.Where({ `$_.Name -eq 'PerfTrace' }).Count
            (`$after[2] - `$before[2]) / 20"
        [int]$output[0] | Should -BeLessOrEqual 0 -Because 'descriptors are to be closed'
        # The runtime's thread pool comes and goes.
        [int]$output[1] | Should -BeLessOrEqual 2 -Because 'threads are to end'
        $output[2] | Should -Be False
        $output[3] | Should -Be 1 -Because 'the assemblies are loaded once'
        Write-Host ('    {0:N0} bytes of memory for each import' -f [double]$output[4])
        [double]$output[4] | Should -BeLessThan 100KB -Because 'what an import takes is given back'
    }

    It 'ends what runs when it is removed' {
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript("Import-Module '$manifestPath'").Invoke()
            $shell.Commands.Clear()
            $running = $shell.AddScript('Get-PerfCounter -Event cs -AllCpu').BeginInvoke()
            Start-Sleep -Milliseconds 300
            $running.IsCompleted | Should -BeFalse
            $type = (Get-Command Get-PerfCounter).ImplementingType.Assembly.GetType('PerfTrace.Commands.ModuleResources')
            $type::ReleaseAll()
            Wait-Condition { $running.IsCompleted } | Should -BeTrue
            $shell.EndInvoke($running).Event | Should -Be cs
        }
        finally {
            $shell.Runspace.Dispose()
            $shell.Dispose()
        }
    }

    It 'works in two runspaces at once' {
        $script = "Import-Module '$manifestPath'; 1..5 | ForEach-Object { Get-PerfCounter -Event page-faults, cs -Interval 0.02 -- sleep 0.1 }; Get-PerfEvent -Kind Software"
        $shells = 1, 2 | ForEach-Object { [powershell]::Create().AddScript($script) }
        try {
            $handles = $shells | ForEach-Object { $_.BeginInvoke() }
            $results = for ($i = 0; $i -lt 2; $i++) { , $shells[$i].EndInvoke($handles[$i]) }
            foreach ($i in 0, 1) {
                $shells[$i].Streams.Error.Count | Should -Be 0
                @($results[$i] | Where-Object Event -EQ page-faults).Count | Should -BeGreaterOrEqual 10
                $results[$i].Name | Should -Contain page-faults
            }
        }
        finally {
            $shells | ForEach-Object { $_.Runspace.Dispose(); $_.Dispose() }
        }
    }

    It 'works in ForEach-Object -Parallel' {
        $results = 1..4 | ForEach-Object -ThrottleLimit 4 -Parallel {
            Import-Module $using:manifestPath
            Get-PerfCounter -Event page-faults -- true
        }
        @($results).Count | Should -Be 4
        $results.Status | Select-Object -Unique | Should -Be Counted
    }

    It 'gives usable objects from a job' {
        $results = Start-Job -ScriptBlock {
            Import-Module $using:manifestPath
            # Without the two hyphens, which PowerShell 7.6 itself does not accept in the script block of a job.
            Get-PerfCounter -Event page-faults, task-clock, cycles true
            Get-PerfEvent page-faults
        } | Receive-Job -Wait -AutoRemoveJob
        $results[0].PSTypeNames[0] | Should -Be Deserialized.PerfTrace.Perf.PerfCounter
        $results[0].Event | Should -Be page-faults
        $results[0].Value | Should -BeGreaterThan 10
        "$($results[0].Status)" | Should -Be Counted
        $results[1].ScaledValue | Should -BeGreaterThan 0
        $results[1].TimeEnabled | Should -BeOfType timespan
        # PowerShell's serialization knows no DateTimeOffset: a text that parses is what arrives.
        [Math]::Abs(([DateTimeOffset]::Now - [DateTimeOffset]$results[0].Timestamp).TotalSeconds) | Should -BeLessThan 60
        "$($results[2].Status)" | Should -BeIn @('NotSupported', 'Counted')
        $results[3].Name | Should -Be page-faults
        $results[3].IsSupported | Should -BeTrue
    }
}

Describe 'Commands in a job' {
    It 'print to its host, and read nothing of its messages' {
        $results = Start-Job -ScriptBlock {
            Import-Module $using:manifestPath
            Get-PerfCounter -Event page-faults -Command sh -ArgumentList '-c', 'echo said; echo complained >&2; cat'
            'behind'
        } | Receive-Job -Wait -AutoRemoveJob 6>&1
        $results | Where-Object Event | ForEach-Object ExitCode | Should -Be 0
        $results | Where-Object { $_ -is [string] } | Should -Contain behind
    }
}

Describe 'The scripts' {
    It 'are clean for PSScriptAnalyzer: <Path>' -ForEach $scripts {
        $findings = Invoke-ScriptAnalyzer -Path $Full
        $findings | ForEach-Object { "$($_.RuleName) $($_.ScriptName):$($_.Line) $($_.Message)" } | Should -BeNullOrEmpty
    }
}

Describe 'Lists' {
    # A list that is none of .NET's own types is to PowerShell one object: its first element would be the list.
    It 'can be indexed: <What>' -ForEach @(
        @{ What = 'arguments of USDT probes'; List = { (Get-UsdtProbe $libstdcxx throw)[0].Arguments } }
        @{ What = 'suggestions of an error'; List = { (Get-Problem { Get-PerfEvent sched:sched_swich }).Exception.Suggestions } }
        @{ What = 'suggestions of another'; List = { (Get-Problem { Get-PerfEvent sched:process_f }).Exception.Suggestions } }
        @{ What = 'frames of a stack'; List = { ('a;b;c 1' | ConvertFrom-FoldedStack).Frames } }
    ) {
        $all = & $List
        $all.GetType().FullName | Should -Match '^(System|PerfTrace)\.'
        @($all[0]).Count | Should -Be 1
    }

    BeforeAll {
        $libstdcxx = Get-Content /proc/self/maps | ForEach-Object { $_.Split(' ')[-1] } | Where-Object { $_ -match '/libstdc\+\+\.so' } | Select-Object -First 1
        function Get-Problem([scriptblock] $Action) { (& $Action 2>&1)[0] }
    }
}

Describe 'Round trips' {
    BeforeAll {
        $counters = Get-PerfCounter -Event page-faults, task-clock, cycles -- true
        $series = Get-PerfCounter -Event duration_time -AllCpu -Interval 0.02 -Duration 0.05
        $means = Get-PerfCounter -Event page-faults -Repeat 2 -- true
        $events = Get-PerfEvent page-faults, msr/tsc/, mem:0x1000/8:rw
        $all = [ordered]@{ PerfCounter = $counters; PerfCounterInterval = $series; PerfCounterStatistics = $means; PerfEvent = $events }
    }

    It 'goes through JSON' {
        foreach ($objects in $all.Values) {
            $back = $objects | ConvertTo-Json -Depth 4 | ConvertFrom-Json
            @($back).Count | Should -Be @($objects).Count
            for ($i = 0; $i -lt @($objects).Count; $i++) {
                @($back)[$i].PSObject.Properties.Name | Should -Be @($objects)[$i].PSObject.Properties.Name
            }
        }
        $back = $counters | ConvertTo-Json | ConvertFrom-Json
        $back.Event | Should -Be $counters.Event
        $back.Value | Should -Be $counters.Value
        $back[1].ScaledValue | Should -Be $counters[1].ScaledValue
        $back[2].Value | Should -BeNullOrEmpty
        ($counters | ConvertTo-Json -EnumsAsStrings | ConvertFrom-Json)[0].Status | Should -Be Counted
    }

    It 'goes through CSV' {
        foreach ($name in $all.Keys) {
            $path = Join-Path $TestDrive "$name.csv"
            $all[$name] | Export-Csv $path
            $back = @(Import-Csv $path)
            $back.Count | Should -Be @($all[$name]).Count
            $back[0].PSObject.Properties.Name | Should -Be @($all[$name])[0].PSObject.Properties.Name
        }
        $back = Import-Csv (Join-Path $TestDrive 'PerfCounter.csv')
        $back[0].Event | Should -Be page-faults
        [long]$back[0].Value | Should -Be $counters[0].Value
        $back[0].Status | Should -Be Counted
        [timespan]$back[0].TimeEnabled | Should -Be $counters[0].TimeEnabled
    }

    It 'goes through Export-Clixml' {
        foreach ($name in $all.Keys) {
            $path = Join-Path $TestDrive "$name.xml"
            $all[$name] | Export-Clixml $path
            $back = @(Import-Clixml $path)
            $back.Count | Should -Be @($all[$name]).Count
            $back[0].PSTypeNames[0] | Should -Be "Deserialized.PerfTrace.Perf.$name"
            $back[0].PSObject.Properties.Name | Should -Be @($all[$name])[0].PSObject.Properties.Name
        }
    }

    It 'takes back an event that went through JSON, by its name' {
        $name = (Get-PerfEvent page-faults | ConvertTo-Json | ConvertFrom-Json).Name
        (Get-PerfCounter -Event $name -- true).Event | Should -Be page-faults
    }

    It 'works with Measure-Object, Group-Object and Where-Object' {
        (1..3 | ForEach-Object { Get-PerfCounter -Event page-faults -- true } | Measure-Object Value -Average).Average | Should -BeGreaterThan 10
        ($counters | Group-Object Status -AsHashTable -AsString)['Counted'].Count | Should -BeGreaterOrEqual 2
        ($counters | Where-Object Value -GT 0).Event | Should -Contain page-faults
    }
}

Describe 'Completion' {
    It 'completes <Line> with <Expected>' -ForEach @(
        @{ Line = 'Get-PerfCounter -Event page-f'; Expected = 'page-faults' }
        @{ Line = 'Get-PerfCounter -Event PAGE-F'; Expected = 'page-faults' }
        @{ Line = 'Get-PerfCounter -Event sched:sched_swi'; Expected = 'sched:sched_switch' }
        @{ Line = 'Get-PerfCounter -Event *exec'; Expected = 'sched:sched_process_exec' }
        @{ Line = "Get-PerfCounter -Event 'page-f"; Expected = "'page-faults'" }
        @{ Line = 'Get-PerfCounter -Event "page-f'; Expected = '"page-faults"' }
        @{ Line = 'Get-PerfCounter -Event cs, page-f'; Expected = 'page-faults' }
        @{ Line = 'Get-PerfEvent dura'; Expected = 'duration_time' }
        @{ Line = 'Get-PerfEvent -Kind So'; Expected = 'Software' }
        @{ Line = 'Get-PerfCounter -Dur'; Expected = '-Duration' }
        @{ Line = 'Get-PerfC'; Expected = 'Get-PerfCounter' }
    ) {
        (Get-Completion $Line).CompletionText | Should -Contain $Expected
    }

    It 'completes the names of PMUs and their events' {
        $pmu = (Get-PerfEvent -Kind Pmu | Select-Object -First 1)
        (Get-Completion "Get-PerfEvent -Pmu $($pmu.Pmu.Substring(0, 1))").CompletionText | Should -Contain $pmu.Pmu
        (Get-Completion "Get-PerfCounter -Event $($pmu.Pmu)/").CompletionText | Should -Contain $pmu.Name
    }

    It 'answers within 200 ms when warm: <Line>' -ForEach @(
        @{ Line = 'Get-PerfCounter -Event s' }
        @{ Line = 'Get-PerfCounter -Event *' }
        @{ Line = 'Get-PerfEvent page' }
        @{ Line = 'Get-PerfEvent -Pmu ' }
        @{ Line = 'Get-PerfCounter -CGroup ' }
    ) {
        $null = Get-Completion $Line
        $times = foreach ($i in 1..3) { (Measure-Command { Get-Completion $Line }).TotalMilliseconds }
        Get-Median $times | Should -BeLessThan 200
    }
}
