BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

Describe 'Get-PerfEvent' {
    It 'lists every kind, each name once within its kind' {
        $all = Get-PerfEvent
        $all | ForEach-Object { $_.GetType().FullName } | Select-Object -Unique | Should -Be PerfTrace.Perf.PerfEvent
        foreach ($kind in 'Hardware', 'HardwareCache', 'Software', 'Tool', 'Pmu', 'PmuTerm', 'Tracepoint', 'Breakpoint', 'Raw') {
            @($all | Where-Object Kind -EQ $kind).Count | Should -BeGreaterThan 0 -Because "there are events of kind $kind"
        }
        $all | Group-Object { "$($_.Kind) $($_.Name)" } | Where-Object Count -GT 1 | Should -BeNullOrEmpty
    }

    It 'finds an event by name, by alias and in any case' {
        (Get-PerfEvent context-switches).Config | Should -Be 3
        (Get-PerfEvent cs).Name | Should -Be context-switches
        (Get-PerfEvent CS).Name | Should -Be context-switches
        (Get-PerfEvent cycles).Alias | Should -Be cycles
    }

    It 'finds a tracepoint in any case, by the kernel''s name' {
        (Get-PerfEvent Sched:SCHED_SWITCH).Name | Should -BeExactly sched:sched_switch
        (Get-PerfEvent Sched:SCHED_SWITCH:k).Name | Should -BeExactly sched:sched_switch:k
        (Get-PerfEvent SCHED:Sched_Process_E*).Name | Should -Contain sched:sched_process_exec
        (Get-PerfCounter -Event SCHED:sched_WAKEUP -- true).Event | Should -BeExactly sched:sched_wakeup
        { Get-PerfEvent sched:sched_switch:UUU -ErrorAction Stop } | Should -Throw -Because 'modifiers are perf''s'
    }

    It 'takes wildcards' {
        (Get-PerfEvent sched:sched_process_e*).Name | Should -Contain sched:sched_process_exit
        (Get-PerfEvent 'page-f?ults').Name | Should -Be page-faults
        (Get-PerfEvent '[mp]*-faults' -Kind Software).Name | Should -Be @('major-faults', 'minor-faults', 'page-faults')
        (Get-PerfEvent perftrace-nothing*) | Should -BeNullOrEmpty
    }

    It 'takes several names, also from the pipeline' {
        (Get-PerfEvent page-faults, cs).Name | Should -Be @('page-faults', 'context-switches')
        ('page-faults', 'cs' | Get-PerfEvent).Name | Should -Be @('page-faults', 'context-switches')
    }

    It 'chooses by kind and PMU' {
        Get-PerfEvent -Kind Software | ForEach-Object Kind | Select-Object -Unique | Should -Be Software
        Get-PerfEvent -Kind Tool, Raw | ForEach-Object Kind | Select-Object -Unique | Should -Be @('Tool', 'Raw')
        $pmu = (Get-PerfEvent -Kind Pmu | Select-Object -First 1).Pmu
        if ($pmu) {
            (Get-PerfEvent -Pmu $pmu).Pmu | Select-Object -Unique | Should -Be $pmu
            (Get-PerfEvent -Pmu "$($pmu.Substring(0, 1))*").Pmu | Should -Contain $pmu
        }
    }

    It 'resolves an event string: <Text>' -ForEach @(
        @{ Text = 'r1a8'; Kind = 'Raw'; Type = 4; Config = 0x1a8 }
        @{ Text = 'page-faults:u'; Kind = 'Software'; Type = 1; Config = 2 }
        @{ Text = 'mem:0x1000/8:rw'; Kind = 'Breakpoint'; Type = 5; Config = 0 }
        @{ Text = 'L1-dcache-load-misses'; Kind = 'HardwareCache'; Type = 3; Config = 0x10000 }
        @{ Text = '1:2'; Kind = 'Raw'; Type = 1; Config = 2 }
    ) {
        $event1 = Get-PerfEvent $Text
        $event1.Name | Should -Be $Text
        $event1.Kind | Should -Be $Kind
        $event1.Type | Should -Be $Type
        $event1.Config | Should -Be $Config
    }

    It 'tells a breakpoint''s address and length' {
        $event1 = Get-PerfEvent mem:0x1000/2:w
        $event1.Config1 | Should -Be 0x1000
        $event1.Config2 | Should -Be 2
    }

    It 'reads a tracepoint''s number from tracefs' {
        $tracefs = ((Get-Content /proc/self/mountinfo) -match ' - tracefs ' | Select-Object -First 1).Split(' ')[4]
        (Get-PerfEvent sched:sched_switch).Config | Should -Be (Get-Content "$tracefs/events/sched/sched_switch/id")
    }

    It 'knows what this machine can count' {
        (Get-PerfEvent page-faults).IsSupported | Should -BeTrue
        (Get-PerfEvent -Kind Breakpoint).IsSupported | Should -BeFalse -Because 'a pattern is no event'
        (Get-PerfEvent page-faults, 4000000000:0 -Supported).Name | Should -Be page-faults
        (Get-PerfEvent -Kind Software -Supported).Name | Should -Contain page-faults
    }

    It 'lists each tracepoint of tracefs' {
        $tracefs = ((Get-Content /proc/self/mountinfo) -match ' - tracefs ' | Select-Object -First 1).Split(' ')[4]
        # ftrace's own entries have formats but can not be enabled.
        $theirs = foreach ($system in [System.IO.Directory]::GetDirectories("$tracefs/events") | Where-Object { $_ -notlike '*/ftrace' }) {
            foreach ($directory in [System.IO.Directory]::GetDirectories($system)) {
                "$([System.IO.Path]::GetFileName($system)):$([System.IO.Path]::GetFileName($directory))"
            }
        }
        $theirs.Count | Should -BeGreaterThan 100
        $ours = [System.Collections.Generic.HashSet[string]][string[]](Get-PerfEvent -Kind Tracepoint).Name
        $theirs | Where-Object { -not $ours.Contains($_) } | Should -BeNullOrEmpty
    }

    It 'writes <Id> (<Category>) for <Name>' -ForEach @(
        @{ Name = 'page-fautls'; Id = 'EventNotFound'; Category = 'ObjectNotFound'; Message = '*Did you mean page-faults?' }
        @{ Name = 'nosuch:event'; Id = 'EventNotFound'; Category = 'ObjectNotFound'; Message = '*no tracepoint system*' }
        @{ Name = '{cs'; Id = 'EventSyntax'; Category = 'ParserError'; Message = '*not closed*' }
        @{ Name = 'cs:uu'; Id = 'EventSyntax'; Category = 'ParserError'; Message = '*not modifiers*' }
        @{ Name = 'msr/nosuch=1/'; Id = 'EventNotFound'; Category = 'ObjectNotFound'; Message = '*msr*' }
    ) {
        $found = Get-PerfEvent $Name, cs -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems.Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -Be "$Id,PerfTrace.Commands.GetPerfEventCommand"
        $problems[0].CategoryInfo.Category | Should -Be $Category
        $problems[0].TargetObject | Should -Be $Name
        $problems[0].Exception.Message | Should -BeLike $Message
        $found.Name | Should -Be context-switches -Because 'the rest goes on'
    }

    It 'refuses an unknown kind and names the right ones' {
        { Get-PerfEvent -Kind Nope } | Should -Throw '*Hardware, HardwareCache, Software*' -ErrorId 'CannotConvertArgumentNoMessage,PerfTrace.Commands.GetPerfEventCommand'
    }

    It 'ends early with Select-Object -First and leaks no descriptor' {
        $null = Get-PerfEvent -Supported | Select-Object -First 1
        $before = Get-DescriptorCount
        foreach ($i in 1..20) { Get-PerfEvent -Supported | Select-Object -First 2 | Should -HaveCount 2 }
        Get-DescriptorCount | Should -BeLessOrEqual $before
    }

    It 'stops within 100 ms' {
        $stops = foreach ($i in 1..3) { Measure-Stop 'while ($true) { Get-PerfEvent -Supported }' }
        Get-Median $stops.Milliseconds | Should -BeLessThan 100
    }

    It 'lists everything in less than a second' {
        $null = Get-PerfEvent
        $times = foreach ($i in 1..3) { (Measure-Command { Get-PerfEvent }).TotalMilliseconds }
        Get-Median $times | Should -BeLessThan 1000
    }
}
