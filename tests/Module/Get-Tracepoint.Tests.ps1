BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $tracefs = ((Get-Content /proc/self/mountinfo) -match ' - tracefs ' | Select-Object -First 1).Split(' ')[4]
}

Describe 'Get-Tracepoint' {
    It 'lists each tracepoint of tracefs once' {
        $theirs = foreach ($system in [System.IO.Directory]::GetDirectories("$tracefs/events")) {
            foreach ($directory in [System.IO.Directory]::GetDirectories($system)) {
                "$([System.IO.Path]::GetFileName($system)):$([System.IO.Path]::GetFileName($directory))"
            }
        }
        $ours = (Get-Tracepoint).Event
        Compare-Object ($theirs | Sort-Object) ($ours | Sort-Object) | Should -BeNullOrEmpty
    }

    It 'finds one by <Text>' -ForEach @(
        @{ Text = 'sched:sched_switch' }
        @{ Text = 'SCHED:Sched_Switch' }
        @{ Text = 'sched_switch' }
        @{ Text = 'sched:sched_switc?' }
    ) {
        $tracepoint = Get-Tracepoint $Text
        $tracepoint.Event | Should -Be 'sched:sched_switch'
        $tracepoint.System | Should -Be sched
        $tracepoint.Name | Should -Be sched_switch
        $tracepoint.Id | Should -Be (Get-Content "$tracefs/events/sched/sched_switch/id")
        $tracepoint.Instance | Should -BeNullOrEmpty
        $tracepoint.PSTypeNames[0] | Should -Be PerfTrace.Tracing.Tracepoint
    }

    It 'takes wildcards in either part, and a system''s name' {
        (Get-Tracepoint sched:sched_process_e*).Name | Should -Contain sched_process_exit
        (Get-Tracepoint '*:sched_switch').System | Should -Be sched
        (Get-Tracepoint sched).System | Select-Object -Unique | Should -Be sched
        Get-Tracepoint perftrace-nothing* | Should -BeNullOrEmpty
    }

    It 'takes names and events from the pipeline' {
        ('sched_switch', 'sched:sched_waking' | Get-Tracepoint).Name | Should -Be @('sched_switch', 'sched_waking')
        (Get-PerfEvent sched:sched_process_exec | Get-Tracepoint).Event | Should -Be sched:sched_process_exec
        (Get-Tracepoint sched_switch | Get-Tracepoint).Event | Should -Be sched:sched_switch
    }

    It 'tells the fields with .NET types' {
        $fields = (Get-Tracepoint sched:sched_switch).Fields
        $comm = $fields | Where-Object Name -EQ prev_comm
        $comm.Type | Should -Be ([string])
        $comm.TypeName | Should -Be 'char[16]'
        $comm.Size | Should -Be 16
        ($fields | Where-Object Name -EQ next_pid).Type | Should -Be ([int])
        ($fields | Where-Object Name -EQ prev_state).Type | Should -Be ([long])
        (Get-Tracepoint sched:sched_switch).CommonFields.Name | Should -Contain common_pid
        (Get-Tracepoint sched:sched_switch).PrintFormat | Should -BeLike '"prev_comm=%s*'
    }

    It 'tells filter, triggers and state of an instance of its own' {
        $name = "perftrace-test-$PID"
        $null = New-Item -ItemType Directory "$tracefs/instances/$name"
        try {
            Set-Content "$tracefs/instances/$name/events/sched/sched_process_exit/filter" 'pid == 4711'
            Set-Content "$tracefs/instances/$name/events/sched/sched_process_exit/enable" 1
            Set-Content "$tracefs/instances/$name/events/sched/sched_process_exec/trigger" 'traceoff:1'
            $exit1 = Get-Tracepoint sched:sched_process_exit -Instance $name
            $exit1.Instance | Should -Be $name
            $exit1.Enabled | Should -BeTrue
            $exit1.Filter | Should -Be 'pid == 4711'
            (Get-Tracepoint sched:sched_process_exec -Instance $name).Triggers | Should -BeLike 'traceoff*'
            (Get-Tracepoint sched:sched_process_exit).Filter | Should -BeNullOrEmpty
            (Get-Completion "Get-Tracepoint -Instance perftrace-t").CompletionText | Should -Contain $name
        }
        finally {
            [System.IO.Directory]::Delete("$tracefs/instances/$name")
        }
    }

    It 'reads every format file' {
        $all = Get-Tracepoint
        $all | ForEach-Object { $_.Fields.Count + $_.CommonFields.Count } | Measure-Object -Minimum | ForEach-Object Minimum | Should -BeGreaterThan 0
    }

    It 'writes TracepointNotFound with the nearest names, and goes on' {
        $found = Get-Tracepoint sched:sched_swich, sched:sched_waking -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems.Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -Be 'TracepointNotFound,PerfTrace.Commands.GetTracepointCommand'
        $problems[0].CategoryInfo.Category | Should -Be ObjectNotFound
        $problems[0].TargetObject | Should -Be sched:sched_swich
        $problems[0].Exception.Message | Should -BeLike '*Did you mean*sched:sched_switch*'
        $found.Event | Should -Be sched:sched_waking
    }

    It 'refuses an instance named <Text>' -ForEach @(
        @{ Text = '../events'; Id = 'InvalidName' }
        @{ Text = "a`nb"; Id = 'InvalidName' }
        @{ Text = '..'; Id = 'InvalidName' }
    ) {
        $null = Get-Tracepoint sched_switch -Instance $Text -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].FullyQualifiedErrorId | Should -Be "$Id,PerfTrace.Commands.GetTracepointCommand"
        $problems[0].CategoryInfo.Category | Should -Be InvalidArgument
    }

    It 'tells of an instance that is not there' {
        $null = Get-Tracepoint sched_switch -Instance perftrace-none -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems.Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -Be 'InstanceNotFound,PerfTrace.Commands.GetTracepointCommand'
        $problems[0].CategoryInfo.Category | Should -Be ObjectNotFound
    }

    It 'completes names within 200 ms' {
        (Get-Completion 'Get-Tracepoint sched:sched_swi').CompletionText | Should -Contain sched:sched_switch
        $times = foreach ($i in 1..3) { (Measure-Command { Get-Completion 'Get-Tracepoint s' }).TotalMilliseconds }
        Get-Median $times | Should -BeLessThan 200
    }

    It 'shows a table' {
        Get-Tracepoint sched_switch | Out-String -Width 120 | Should -Match 'Id\s+Event\s+Enabled\s+Fields'
    }

    It 'leaks no descriptor' {
        $null = (Get-Tracepoint sched:*).Fields
        $before = Get-DescriptorCount
        foreach ($i in 1..5) {
            $null = (Get-Tracepoint sched:*).Fields
            $null = Get-Tracepoint | Select-Object -First 1
        }
        Get-DescriptorCount | Should -BeLessOrEqual $before
    }
}
