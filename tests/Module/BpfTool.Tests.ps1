BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace

    # A shell that does the same again and again, so that it does not matter when a tool is at work.
    function Start-Loop([string] $Script) {
        Start-Process sh -ArgumentList '-c', "`"while :; do $Script; sleep 0.1; done`"" -PassThru
    }
}

Describe 'Get-BpfTool' {
    It 'lists tools with what they need' {
        $tools = Get-BpfTool
        $tools.Count | Should -BeGreaterOrEqual 9
        # Not every kernel has kprobes.
        foreach ($tool in $tools) {
            $missing = @($tool.Requirements | Where-Object IsPresent -EQ $false)
            $missing.Name | Where-Object { $_ -ne 'kprobes' } | Should -BeNullOrEmpty -Because "$($tool.Name) is to run here"
            $tool.IsAvailable | Should -Be ($missing.Count -eq 0) -Because $tool.Name
        }
        $tools | Format-Table | Out-String -Width 120 | Should -Match 'Name\s+Here\s+Description'
        (Get-BpfTool bio*).Name | Should -Be @('biolatency', 'biosnoop', 'biostacks')
    }

    It 'says which tools there are' {
        { Get-BpfTool no-such-tool -ErrorAction Stop } | Should -Throw -ErrorId 'ToolNotFound,PerfTrace.Commands.GetBpfToolCommand'
    }

    It 'knows the parameters of Start-BpfTool' {
        $parameters = (Get-Command Start-BpfTool).Parameters
        foreach ($tool in Get-BpfTool) {
            foreach ($name in $tool.Parameters) { $parameters.Keys | Should -Contain $name }
        }
    }
}

Describe 'Start-BpfTool' {
    It 'streams executions as objects, and ends by itself' {
        $shell = Start-Loop '/bin/true a b'
        try {
            $events = $shell | Start-BpfTool execsnoop -CommandName true -MaxEvents 2 -Duration 20
        }
        finally {
            $shell | Stop-Process
        }
        $events.CommandName | Should -Be @('true', 'true')
        $events[0].Arguments | Should -Be @('/bin/true', 'a', 'b')
        $events[0].ParentId | Should -Be $shell.Id
        $events[0].Time | Should -BeOfType [DateTimeOffset]
        $events | Format-Table | Out-String -Width 120 | Should -Match 'Time\s+PID\s+Parent\s+User\s+Command\s+CommandLine'
    }

    It 'ends with Select-Object -First, and leaves nothing in the kernel' {
        $shell = Start-Loop /bin/true
        try {
            $event = $shell | Start-BpfTool execsnoop -CommandName true | Select-Object -First 1
        }
        finally {
            $shell | Stop-Process
        }
        $event.CommandName | Should -Be true
        Wait-Condition { -not (Get-BpfProgram on_exec -ErrorAction Ignore | Where-Object { $_.Process.ProcessId -contains $PID }) } -Seconds 10 | Should -BeTrue
    }

    It 'stops <Tool> within 100 ms' -ForEach @{ Tool = 'opensnoop' }, @{ Tool = 'tcplife' }, @{ Tool = 'profile' }, @{ Tool = 'runqlat' } {
        $null = Measure-Stop "Start-BpfTool $Tool -CommandName nobody" 3000
        $stops = foreach ($i in 1..3) { Measure-Stop "Start-BpfTool $Tool -CommandName nobody" 1000 }
        $stops.WasRunning | Should -Be @($true, $true, $true)
        Get-Median $stops.Milliseconds | Should -BeLessOrEqual 100
    }

    It 'gives stacks that the cmdlets for profiles take' {
        $busy = Start-Process dd -ArgumentList 'if=/dev/zero', 'of=/dev/null', 'bs=1M' -PassThru -RedirectStandardError /dev/null
        try {
            $report = $busy | Start-BpfTool profile -Frequency 499 -Duration 1 | Get-PerfReport -GroupBy Command
        }
        finally {
            $busy | Stop-Process
        }
        $report[0].Command | Should -Be dd
    }

    It 'refuses what is not a tool''s' {
        { Start-BpfTool execsnoop -PerDisk } | Should -Throw -ErrorId 'ParameterOfOtherTool,PerfTrace.Commands.StartBpfToolCommand'
        { Start-BpfTool exec-snoop } | Should -Throw -ErrorId 'ToolNotFound,PerfTrace.Commands.StartBpfToolCommand'
        { Start-BpfTool biosnoop -Disk sdzz9 } | Should -Throw -ErrorId 'NotFound,PerfTrace.Commands.StartBpfToolCommand'
        { Start-BpfTool profile -UserStackOnly -KernelStackOnly } | Should -Throw -ErrorId 'ContradictoryParameters,PerfTrace.Commands.StartBpfToolCommand'
    }

    It 'tells of each process that is not there, watches the others, and ends without any' {
        { Start-BpfTool execsnoop -ProcessId -1 } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
        $none = 2147483646
        $null = Start-BpfTool execsnoop -ProcessId $none, ($none - 1) -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems.Count | Should -Be 2
        $problems[0].FullyQualifiedErrorId | Should -Be 'TargetGone,PerfTrace.Commands.StartBpfToolCommand'
        $problems.TargetObject | Should -Be @($none, ($none - 1))
        $shell = Start-Loop /bin/true
        try {
            $event = Start-BpfTool execsnoop -ProcessId $none, $shell.Id -CommandName true -MaxEvents 1 -Duration 20 -ErrorVariable problems -ErrorAction SilentlyContinue
        }
        finally {
            $shell | Stop-Process
        }
        $event.ParentId | Should -Be $shell.Id
        $problems.Count | Should -Be 1
    }

    It 'completes tools' {
        (Get-Completion 'Start-BpfTool exec').CompletionText | Should -Contain execsnoop
    }
}

Describe 'Tools that are scripts' {
    It 'are listed, with their text' {
        $tool = Get-BpfTool killsnoop
        $tool.Script | Should -Match 'tracepoint:syscalls:sys_enter_kill'
        $tool.Parameters | Should -Be @('ProcessId', 'CommandName', 'FailedOnly')
        (Get-BpfTool execsnoop).Script | Should -BeNullOrEmpty
        Get-Content -Raw (Join-Path (Get-RepositoryRoot) bpf/killsnoop.bt) | Should -Be $tool.Script
        @(Get-ChildItem (Join-Path (Get-RepositoryRoot) bpf/*.bt)).Count | Should -Be @(Get-BpfTool | Where-Object Script).Count
    }

    It 'print objects with properties' {
        $shell = Start-Loop 'kill -0 $$'
        try {
            $signal = $shell | Start-BpfTool killsnoop -MaxEvents 1 -Duration 20
        }
        finally {
            $shell | Stop-Process
        }
        $signal.CommandName | Should -Be sh
        $signal.ProcessId | Should -Be $shell.Id
        $signal.Signal | Should -Be 0
        $signal.GetType().BaseType.Name | Should -Be BpfTracePrint
    }

    It 'give what they counted at each interval' {
        # One more than there are CPUs: one of them comes for the second time.
        $entries = Start-BpfTool runqlen -Interval 0.2 -Duration 20 | Select-Object -First ([int](nproc --all) + 1)
        $entries.Map | Select-Object -Unique | Should -Be '@waiting'
        ($entries | Group-Object Key | Measure-Object Count -Maximum).Maximum | Should -BeGreaterThan 1
    }

    It 'end with -MaxEvents and with Select-Object -First, and leave nothing' {
        @(Start-BpfTool syscount -Interval 0.3 -MaxEvents 3 -Duration 20).Count | Should -Be 3
        $during = Start-BpfTool runqlen -Interval 0.2 | ForEach-Object { @(Get-BpfMap AT_waiting).Count } | Select-Object -First 1
        $during | Should -BeGreaterThan 0
        Wait-Condition { -not (Get-BpfMap AT_waiting -ErrorAction Ignore | Where-Object { $_.Process.ProcessId -contains $PID }) } -Seconds 10 | Should -BeTrue
    }

    It 'say what they do not take: <Line>' -ForEach @(
        @{ Line = 'Start-BpfTool killsnoop -CGroup /'; Id = 'ParameterOfOtherTool' }
        @{ Line = 'Start-BpfTool oomkill -CommandName x'; Id = 'ParameterOfOtherTool' }
        @{ Line = 'Start-BpfTool naptime -Interval 1'; Id = 'ParameterOfOtherTool' }
        @{ Line = "Start-BpfTool killsnoop -ProcessId $PID, 1"; Id = 'OneProcess' }
    ) {
        $problem = $null
        try { & ([scriptblock]::Create($Line)) } catch { $problem = $_ }
        $problem.FullyQualifiedErrorId | Should -Be "$Id,PerfTrace.Commands.StartBpfToolCommand"
    }
}
