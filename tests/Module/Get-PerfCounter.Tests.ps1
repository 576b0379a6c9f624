BeforeDiscovery {
    $hasPerf = [bool](Get-Command perf -CommandType Application -ErrorAction Ignore)
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $paranoid = [int](Get-Content /proc/sys/kernel/perf_event_paranoid)

    # The errors that a call wrote, and what came out of it nevertheless.
    function Invoke-WithErrors([scriptblock] $Script) {
        $errors = [System.Collections.Generic.List[System.Management.Automation.ErrorRecord]]::new()
        $results = [System.Collections.Generic.List[object]]::new()
        try {
            foreach ($item in & $Script 2>&1) {
                if ($item -is [System.Management.Automation.ErrorRecord]) { $errors.Add($item) } else { $results.Add($item) }
            }
            $ended = $false
        }
        catch {
            $errors.Add($_)
            $ended = $true
        }
        [pscustomobject]@{ Errors = $errors; Results = $results; IsTerminating = $ended }
    }

    # A sleeping process of ours.
    function Start-Sleeper([double] $Seconds = 30) {
        Start-Process -FilePath sleep -ArgumentList $Seconds.ToString([cultureinfo]::InvariantCulture) -PassThru
    }
}

Describe 'Get-PerfCounter of a command' {
    It 'counts the default events and says which the machine lacks' {
        $results = Get-PerfCounter -- true
        $results.Event | Should -Be @('task-clock', 'context-switches', 'cpu-migrations', 'page-faults',
            'cycles', 'instructions', 'branches', 'branch-misses').Where({ $_ -in $results.Event })
        $results.Count | Should -BeGreaterOrEqual 8
        $faults = $results | Where-Object Event -EQ page-faults
        $faults.PSTypeNames[0] | Should -Be PerfTrace.Perf.PerfCounter
        $faults.Status | Should -Be Counted
        $faults.Value | Should -BeOfType long
        $faults.Value | Should -BeGreaterThan 10
        $faults.Unit | Should -BeNullOrEmpty
        $faults.Command | Should -Be true
        $faults.CommandName | Should -Be true
        $faults.Target | Should -Be 'command true'
        $faults.ExitCode | Should -Be 0
        $faults.ProcessId | Should -BeGreaterThan 0
        $faults.RunningPercent | Should -BeGreaterThan 99
        $faults.Timestamp | Should -BeOfType DateTimeOffset
        ([DateTimeOffset]::Now - $faults.Timestamp).TotalSeconds | Should -BeLessThan 30
        $faults.Elapsed | Should -BeOfType timespan
        foreach ($missing in $results | Where-Object Status -EQ NotSupported) {
            $missing.Value | Should -BeNullOrEmpty
        }
    }

    It 'gives clocks in nanoseconds, milliseconds beside them, and the CPUs used' {
        $clock = Get-PerfCounter -Event task-clock -- true
        $clock.Unit | Should -Be ns
        $clock.ScaledUnit | Should -Be msec
        $clock.ScaledValue | Should -Be ($clock.Value * 1e-6)
        $clock.MetricName | Should -Be 'CPUs utilized'
        $clock.MetricValue | Should -BeGreaterThan 0
        [Math]::Abs($clock.TimeEnabled.TotalNanoseconds - $clock.Value) | Should -BeLessThan 1e6
    }

    It 'passes the arguments as they are: <Name>' -ForEach @(
        @{ Name = 'spaces and quotes'; Argument = 'a "b"  ''c''' }
        @{ Name = 'an empty one'; Argument = '' }
        @{ Name = 'one like a parameter'; Argument = '-Event' }
        @{ Name = 'a wildcard'; Argument = '*' }
        @{ Name = 'a dollar and a newline'; Argument = "`$HOME`n" }
    ) {
        $file = Join-Path $TestDrive 'arguments'
        $null = Get-PerfCounter -Event page-faults -- sh -c 'printf %s "$2" > "$1"' sh $file $Argument
        [System.IO.File]::ReadAllText($file) | Should -BeExactly $Argument
    }

    It 'takes -Command and -ArgumentList by name' {
        (Get-PerfCounter -Event cs -Command sh -ArgumentList '-c', 'exit 3').ExitCode | Should -Be 3
    }

    It 'runs in the current location of the session' {
        Push-Location $TestDrive
        try {
            $null = Get-PerfCounter -Event cs -- sh -c 'pwd > where'
            Get-Content where | Should -Be (Get-Location).ProviderPath
        }
        finally {
            Pop-Location
        }
    }

    It 'hands over changes of the environment' {
        $env:PERFTRACE_TEST = 'set by the test'
        try {
            (Get-PerfCounter -Event cs -- sh -c 'test "$PERFTRACE_TEST" = "set by the test"').ExitCode | Should -Be 0
        }
        finally {
            Remove-Item env:PERFTRACE_TEST
        }
    }

    It 'reports the exit status <Status> of: <Script>' -ForEach @(
        @{ Script = 'exit 0'; Status = 0 }
        @{ Script = 'exit 7'; Status = 7 }
        @{ Script = 'kill -9 $$'; Status = 137 }
        @{ Script = 'kill -TERM $$'; Status = 143 }
    ) {
        $result = Get-PerfCounter -Event page-faults -- sh -c $Script
        $result.ExitCode | Should -Be $Status
        $result.Status | Should -Be Counted
    }

    It 'counts children, and with -NoInherit does not' {
        $script = 'for i in 1 2 3 4 5 6 7 8; do /bin/true; done'
        $all = (Get-PerfCounter -Event page-faults -- sh -c $script).Value
        $own = (Get-PerfCounter -Event page-faults -NoInherit -- sh -c $script).Value
        $all | Should -BeGreaterThan ($own + 100)
    }

    It 'tells CPU time by wait4' {
        $result = Get-PerfCounter -Event user_time, system_time, duration_time -- sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done'
        $result.Status | Should -Be @('Counted', 'Counted', 'Counted')
        $result[0].UserTime.TotalMilliseconds | Should -BeGreaterThan 1
        $result[0].Value | Should -Be $result[0].UserTime.TotalNanoseconds
        $result[2].Value | Should -BeGreaterThan ($result[0].Value / 2)
    }

    It 'counts as perf stat does: page faults of /bin/true' -Skip:(-not $hasPerf) {
        $theirs = foreach ($i in 1..9) {
            [int]((perf stat '-x,' -e page-faults -- /bin/true 2>&1 | Select-String page-faults) -split ',')[0]
        }
        $ours = foreach ($i in 1..9) { (Get-PerfCounter -Event page-faults -- /bin/true).Value }
        # The address space is laid out at random, which moves a single run by a page or two.
        Get-Median $ours | Should -BeGreaterOrEqual ((Get-Median $theirs) - 2)
        Get-Median $ours | Should -BeLessOrEqual ((Get-Median $theirs) + 2)
    }

    It 'ends the command when -Duration is over' {
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $result = Get-PerfCounter -Event page-faults -Duration 0.2 -- sleep 30
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 3
        $result.ExitCode | Should -Be 143
        $result.Elapsed.TotalSeconds | Should -BeGreaterOrEqual 0.2
        Wait-Condition { -not (Get-ChildProcessId) } | Should -BeTrue
    }

    It 'begins to count after -Delay' {
        $script = '/bin/true; /bin/true; sleep 0.3'
        $delayed = (Get-PerfCounter -Event page-faults -Delay 150ms -- sh -c $script).Value
        $whole = (Get-PerfCounter -Event page-faults -- sh -c $script).Value
        $delayed | Should -BeLessThan ($whole / 2)
    }
}

Describe 'Get-PerfCounter with events' {
    It 'takes names, modifiers, PMU terms, tracepoints and numbers in one list' {
        $events = 'page-faults', 'minor-faults:u', 'sched:sched_process_exec', 'msr/tsc/'
        $results = Get-PerfCounter -Event $events -- true
        $results.Event | Should -Be $events
        $results | Where-Object Event -NE 'msr/tsc/' | ForEach-Object Status | Should -Be @('Counted', 'Counted', 'Counted')
        ($results | Where-Object Event -EQ sched:sched_process_exec).Value | Should -Be 1
    }

    It 'takes several in one string' {
        (Get-PerfCounter -Event 'cs,page-faults' -- true).Event | Should -Be @('cs', 'page-faults')
    }

    It 'names the group that events were read with' {
        $results = Get-PerfCounter -Event '{page-faults,cs}' -- true
        $results.Event | Should -Be @('page-faults', 'cs')
        $results.Group | Select-Object -Unique | Should -Be 'page-faults,cs'
    }

    It 'counts every tracepoint that a wildcard names' {
        $results = Get-PerfCounter -Event 'sched:sched_process_e*' -- true
        $results.Event | Should -Contain 'sched:sched_process_exec'
        $results.Event | Should -Contain 'sched:sched_process_exit'
    }

    It 'separates user space from the kernel' {
        $results = Get-PerfCounter -Event page-faults, page-faults:u, page-faults:k -- true
        $results[1].Value + $results[2].Value | Should -Be $results[0].Value
        $results[1].Value | Should -BeGreaterThan 0
    }

    It 'takes Get-PerfEvent objects from the pipeline' {
        $results = Get-PerfEvent cs, page-faults | Get-PerfCounter true
        $results.Event | Should -Be @('context-switches', 'page-faults')
        $results.Status | Should -Be @('Counted', 'Counted')
    }

    It 'takes event strings from the pipeline' {
        ('cs', 'page-faults:u' | Get-PerfCounter true).Event | Should -Be @('cs', 'page-faults:u')
    }

    It 'adds events from the pipeline to those of -Event' {
        ('page-faults' | Get-PerfCounter -Event cs -- true).Event | Should -Be @('cs', 'page-faults')
    }

    It 'goes on with the rest after a bad one in the pipeline' {
        $call = Invoke-WithErrors { 'cs', 'no-such-event', 'page-faults' | Get-PerfCounter true }
        $call.Errors.Count | Should -Be 1
        $call.Errors[0].TargetObject | Should -Be 'no-such-event'
        $call.Results.Event | Should -Be @('cs', 'page-faults')
    }

    It 'goes on with the rest after a bad one in -Event' {
        $results = Get-PerfCounter -Event cs, no-such-event, page-faults -ErrorVariable problems -ErrorAction SilentlyContinue -- true
        $problems.Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -Be 'EventNotFound,PerfTrace.Commands.GetPerfCounterCommand'
        $results.Event | Should -Be @('cs', 'page-faults')
    }
}

Describe 'Get-PerfCounter of a script block' {
    It 'counts the calling thread while it runs' {
        $results = Get-PerfCounter -Event task-clock, page-faults {
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            while ($clock.ElapsedMilliseconds -lt 50) { $null = 1 + 1 }
        }
        $results[0].ScaledValue | Should -BeGreaterThan 5
        $results[0].ThreadId | Should -BeGreaterThan 0
        $results[0].ProcessId | Should -Be $PID
        $results[0].ExitCode | Should -BeNullOrEmpty
    }

    It 'drops its output and sees variables of the caller' {
        $number = 42
        $script:seen = 0
        $results = Get-PerfCounter -Event page-faults -ScriptBlock { $script:seen = $number; 'output' }
        @($results).Count | Should -Be 1
        $script:seen | Should -Be 42
    }

    It 'ends with the error of the block and leaves nothing open' {
        $null = Get-PerfCounter -Event page-faults { 1 }
        $before = Get-DescriptorCount
        { Get-PerfCounter -Event page-faults { throw 'the block failed' } } | Should -Throw 'the block failed'
        Get-DescriptorCount | Should -BeLessOrEqual $before
    }

    It 'has no -Duration, -Interval or -PerCpu' {
        { Get-PerfCounter -ScriptBlock { 1 } -Duration 1 } | Should -Throw -ErrorId 'AmbiguousParameterSet,PerfTrace.Commands.GetPerfCounterCommand'
        { Get-PerfCounter -ScriptBlock { 1 } -PerCpu } | Should -Throw -ErrorId 'AmbiguousParameterSet,PerfTrace.Commands.GetPerfCounterCommand'
    }
}

Describe 'Get-PerfCounter of what runs' {
    BeforeAll {
        $sleeper = Start-Sleeper
    }

    AfterAll {
        $sleeper.Kill()
        $sleeper.Dispose()
    }

    It 'counts a process from the pipeline' {
        $result = Get-Process -Id $PID | Get-PerfCounter -Event page-faults, cs -Duration 0.2
        $result.Event | Should -Be @('page-faults', 'cs')
        $result[0].ProcessId | Should -Be $PID
        $result[0].Target | Should -BeLike "process $PID (*)"
        $result[0].Elapsed.TotalSeconds | Should -BeGreaterOrEqual 0.2
        $result[0].Elapsed.TotalSeconds | Should -BeLessThan 2
    }

    It 'gives a result for each process' {
        $result = Get-PerfCounter -Event cs -ProcessId $PID, $sleeper.Id -Duration 0.1
        $result.ProcessId | Should -Be @($PID, $sleeper.Id)
    }

    It 'gathers the processes of the pipeline in one measurement' {
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $result = Get-Process -Id $PID, $sleeper.Id | Get-PerfCounter -Event cs -Duration 0.5
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 1
        @($result).Count | Should -Be 2
    }

    It 'says NotCounted of a process that did not run' {
        $result = Get-PerfCounter -Event page-faults -ProcessId $sleeper.Id -Duration 0.1
        $result.Status | Should -Be NotCounted
        $result.Value | Should -BeNullOrEmpty
    }

    It 'ends when the process does, without -Duration' {
        $short = Start-Sleeper 0.3
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $result = Get-PerfCounter -Event cs -ProcessId $short.Id
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 3
        $result.Event | Should -Be cs
    }

    It 'gives a result for each thread with -PerThread' {
        $result = Get-PerfCounter -Event cs -ProcessId $PID -PerThread -Duration 0.1
        $result.Count | Should -BeGreaterThan 3
        $result.ThreadId | Sort-Object -Unique | Should -HaveCount $result.Count
        $result[0].Target | Should -BeLike 'thread *'
    }

    It 'counts threads' {
        $result = Get-PerfCounter -Event cs -ThreadId $PID -Duration 0.1
        $result.ThreadId | Should -Be $PID
        $result.ProcessId | Should -Be $PID
    }

    It 'counts all CPUs' {
        $result = Get-PerfCounter -Event cpu-clock, cs -AllCpu -Duration 0.2
        $result[0].Target | Should -Be 'all counted CPUs'
        # cpu-clock ticks on each CPU, busy or not.
        $result[0].MetricValue | Should -BeGreaterThan ([Environment]::ProcessorCount * 0.8)
        $result[0].ProcessId | Should -BeNullOrEmpty
    }

    It 'counts given CPUs: <Text>' -ForEach @(
        @{ Text = '0'; Cpu = 0 }
        @{ Text = "'0'"; Cpu = '0' }
        @{ Text = "'0-0'"; Cpu = '0-0' }
        @{ Text = '0, 0'; Cpu = 0, 0 }
    ) {
        $result = Get-PerfCounter -Event cs -Cpu $Cpu -PerCpu -Duration 0.05
        $result.Cpu | Should -Be 0
        $result.Target | Should -Be 'CPU 0'
    }

    It 'gives a result for each CPU, core or socket: -<Switch>' -ForEach @(
        @{ Switch = 'PerCpu'; Property = 'Cpu' }
        @{ Switch = 'PerCore'; Property = 'Core' }
        @{ Switch = 'PerSocket'; Property = 'Socket' }
    ) {
        $arguments = @{ $Switch = $true }
        $result = @(Get-PerfCounter -Event cpu-clock -AllCpu -Duration 0.05 @arguments)
        $result | ForEach-Object { $_.$Property | Should -BeGreaterOrEqual 0 }
        $result.Target | Sort-Object -Unique | Should -HaveCount $result.Count
        $cpus = @(Get-ChildItem /sys/devices/system/cpu -Directory | Where-Object { $_.Name -match '^cpu\d+$' })
        $expected = switch ($Switch) {
            PerCpu { $cpus.Count }
            PerSocket { @($cpus | ForEach-Object { Get-Content "$_/topology/physical_package_id" } | Sort-Object -Unique).Count }
            PerCore { @($cpus | ForEach-Object { "$(Get-Content "$_/topology/physical_package_id"):$(Get-Content "$_/topology/core_id")" } | Sort-Object -Unique).Count }
        }
        $result.Count | Should -Be $expected
    }

    It 'splits a command over CPUs, and the parts add up' {
        $result = Get-PerfCounter -Event page-faults -PerCpu -- true
        $sum = ($result | Measure-Object Value -Sum).Sum
        $sum | Should -BeGreaterThan 10
        @($result | Where-Object Cpu -EQ 0).Count | Should -Be 1
        $result[0].Target | Should -BeLike 'command true on CPU *'
    }

    It 'counts a control group' {
        $hierarchy = if ((Get-Content /proc/self/mountinfo) -match ' - cgroup .*perf_event') {
            ((Get-Content /proc/self/mountinfo) -match ' - cgroup .*perf_event' | Select-Object -First 1).Split(' ')[4]
        }
        else {
            ((Get-Content /proc/self/mountinfo) -match ' - cgroup2 ' | Select-Object -First 1).Split(' ')[4]
        }
        $name = "perftrace-test-$PID"
        $group = New-Item -ItemType Directory (Join-Path $hierarchy $name)
        $worker = $null
        try {
            $worker = Start-Process sh -ArgumentList '-c', '"while :; do /bin/true; done"' -PassThru
            Set-Content "$group/cgroup.procs" $worker.Id
            $result = Get-PerfCounter -Event page-faults, cs -CGroup $name -Duration 0.3
            $result.Count | Should -Be 2
            $result.CGroup | Select-Object -Unique | Should -Be $name
            $result[0].Target | Should -Be "control group $name"
            $result[0].Status | Should -Be Counted
            $result[0].Value | Should -BeGreaterThan 100
            $result = Get-PerfCounter -Event page-faults -CGroup "/$name" -Cpu 0 -Duration 0.05
            $result.CGroup | Should -Be "/$name"
            (Get-Completion "Get-PerfCounter -CGroup perftrace-t").CompletionText | Should -Contain $name
        }
        finally {
            if ($worker) {
                $worker.Kill()
                $null = $worker.WaitForExit(2000)
            }
            # Its last child leaves the group a moment later.
            $null = Wait-Condition { -not (Get-Content "$group/cgroup.procs") }
            [System.IO.Directory]::Delete($group)
        }
    }
}

Describe 'Get-PerfCounter -Interval' {
    It 'emits a series whose parts add up to the whole' {
        $results = Get-PerfCounter -Event duration_time, page-faults -Interval 0.05 -- sh -c 'for i in 1 2 3 4 5 6; do /bin/true; sleep 0.03; done'
        $results | ForEach-Object { $_.PSTypeNames[0] } | Select-Object -Unique | Should -Be PerfTrace.Perf.PerfCounterInterval
        $times = @($results | Where-Object Event -EQ duration_time)
        $times.Count | Should -BeGreaterOrEqual 3
        for ($i = 1; $i -lt $times.Count; $i++) {
            $times[$i].Elapsed | Should -BeGreaterThan $times[$i - 1].Elapsed
            $times[$i].Timestamp | Should -BeGreaterThan $times[$i - 1].Timestamp
        }
        $sum = [timespan]::FromTicks(($times.Interval.Ticks | Measure-Object -Sum).Sum)
        [Math]::Abs(($sum - $times[-1].Elapsed).TotalMilliseconds) | Should -BeLessThan 20
        $times[-1].ExitCode | Should -Be 0
        $times[0].ExitCode | Should -BeNullOrEmpty
    }

    It 'writes each result when it is read, not at the end' {
        $arrivals = Get-PerfCounter -Event cs -AllCpu -Interval 0.1 -Duration 0.35 | ForEach-Object { [DateTimeOffset]::Now - $_.Timestamp }
        $arrivals.Count | Should -BeGreaterOrEqual 3
        Get-Median $arrivals.TotalMilliseconds | Should -BeLessThan 80
    }

    It 'ends with Select-Object -First and leaves nothing' {
        $null = Get-PerfCounter -Event cs -AllCpu -Interval 0.02 | Select-Object -First 1
        $null = Get-PerfCounter -Event cs -Interval 0.02 -- sleep 30 | Select-Object -First 1
        $null = Wait-Condition { -not (Get-ChildProcessId) }
        $before = Get-DescriptorCount
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        foreach ($i in 1..5) {
            $one = Get-PerfCounter -Event cs, page-faults -AllCpu -Interval 0.02 | Select-Object -First 1
            $one.Event | Should -Be cs
            $one = Get-PerfCounter -Event cs, page-faults -Interval 0.02 -- sleep 30 | Select-Object -First 1
            $one.Event | Should -Be cs
        }
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 4
        Wait-Condition { -not (Get-ChildProcessId) } | Should -BeTrue -Because 'no child may live on'
        Wait-Condition { (Get-DescriptorCount) -le $before } | Should -BeTrue -Because "descriptors are to be closed: $(Get-DescriptorTarget | Group-Object | ForEach-Object { "$($_.Count) $($_.Name)" })"
    }
}

Describe 'Get-PerfCounter -Repeat' {
    It 'gives means with their spread' {
        $result = Get-PerfCounter -Event page-faults, task-clock -Repeat 4 -- true
        $result | ForEach-Object { $_.PSTypeNames[0] } | Select-Object -Unique | Should -Be PerfTrace.Perf.PerfCounterStatistics
        $result.Count | Should -Be 2
        $result[0].Runs | Should -Be 4
        $result[0].Mean | Should -BeGreaterThan 10
        $result[0].Value | Should -Be ([long][Math]::Round($result[0].Mean))
        $result[0].StandardDeviation | Should -BeGreaterOrEqual 0
        $result[1].RelativeError | Should -BeGreaterThan 0
        [Math]::Abs($result[1].RelativeError - 100 * $result[1].StandardDeviation / [Math]::Sqrt(4) / $result[1].Mean) | Should -BeLessThan 1e-6
        $result[0].ExitCode | Should -Be 0
        $result[0].ProcessId | Should -BeNullOrEmpty
    }

    It 'runs the command so often' {
        $file = Join-Path $TestDrive 'runs'
        $null = Get-PerfCounter -Event cs -Repeat 3 -- sh -c "echo x >> '$file'"
        @(Get-Content $file).Count | Should -Be 3
    }
}

Describe 'Get-PerfCounter durations' {
    It 'takes <Text>' -ForEach @(
        @{ Text = '0.05'; Value = 0.05; Milliseconds = 50 }
        @{ Text = "'0.05'"; Value = '0.05'; Milliseconds = 50 }
        @{ Text = "'60ms'"; Value = '60ms'; Milliseconds = 60 }
        @{ Text = "'50000us'"; Value = '50000us'; Milliseconds = 50 }
        @{ Text = "'0.001m'"; Value = '0.001m'; Milliseconds = 60 }
        @{ Text = "'00:00:00.05'"; Value = '00:00:00.05'; Milliseconds = 50 }
        @{ Text = 'a TimeSpan'; Value = [timespan]::FromMilliseconds(50); Milliseconds = 50 }
    ) {
        $result = Get-PerfCounter -Event duration_time -AllCpu -Duration $Value
        $result.ScaledValue / 1e6 | Should -BeGreaterOrEqual $Milliseconds
        $result.ScaledValue / 1e6 | Should -BeLessThan ($Milliseconds + 500)
    }

    It 'refuses <Text>' -ForEach @(
        @{ Text = '0'; Value = 0; Message = '*longer than zero*' }
        @{ Text = '-1'; Value = -1; Message = '*negative*' }
        @{ Text = "'-5ms'"; Value = '-5ms'; Message = '*negative*' }
        @{ Text = '1e300'; Value = 1e300; Message = '*too long*' }
        @{ Text = 'NaN'; Value = [double]::NaN; Message = '*not a duration*' }
        @{ Text = 'abc'; Value = 'abc'; Message = '*not a duration*250ms*' }
        @{ Text = 'nothing'; Value = ''; Message = '*not a duration*' }
        @{ Text = '$null'; Value = $null; Message = '*not null*' }
        @{ Text = 'a date'; Value = [datetime]::new(2026, 1, 1); Message = '*not DateTime*' }
    ) {
        foreach ($parameter in 'Duration', 'Interval') {
            $arguments = @{ $parameter = $Value }
            { Get-PerfCounter -Event cs -AllCpu @arguments } |
                Should -Throw $Message -ErrorId 'ParameterArgumentTransformationError,PerfTrace.Commands.GetPerfCounterCommand'
        }
    }

    It 'takes a delay of nothing but no negative one' {
        (Get-PerfCounter -Event page-faults -Delay 0 -- true).Status | Should -Be Counted
        { Get-PerfCounter -Event page-faults -Delay -1 -- true } | Should -Throw '*negative*'
    }
}

Describe 'Get-PerfCounter errors' {
    It 'writes <Id> (<Category>) for <Name>' -ForEach @(
        @{ Name = 'an unknown event'; Id = 'EventNotFound'; Category = 'ObjectNotFound'; Target = 'page-fautls'
            Message = '*Did you mean page-faults?'; Script = { Get-PerfCounter -Event page-fautls -- true } }
        @{ Name = 'an unknown tracepoint'; Id = 'EventNotFound'; Category = 'ObjectNotFound'; Target = 'sched:sched_swich'
            Message = '*sched:sched_switch*'; Script = { Get-PerfCounter -Event sched:sched_swich -- true } }
        @{ Name = 'an unknown PMU'; Id = 'EventNotFound'; Category = 'ObjectNotFound'; Target = 'mrs/tsc/'
            Message = '*no PMU*mrs*'; Script = { Get-PerfCounter -Event mrs/tsc/ -- true } }
        @{ Name = 'an open brace'; Id = 'EventSyntax'; Category = 'ParserError'; Target = '{cs'
            Message = '*character 1*not closed*'; Script = { Get-PerfCounter -Event '{cs' -- true } }
        @{ Name = 'wrong modifiers'; Id = 'EventSyntax'; Category = 'ParserError'; Target = 'cycles:zz'
            Message = '*not modifiers*'; Script = { Get-PerfCounter -Event cycles:zz -- true } }
        @{ Name = 'an empty event'; Id = 'EventSyntax'; Category = 'ParserError'; Target = ' '
            Message = '*name was expected*'; Script = { Get-PerfCounter -Event ' ' -- true } }
        @{ Name = 'a command that is not there'; Id = 'CommandNotFound'; Category = 'ObjectNotFound'; Target = 'perftrace-no-such-command'
            Message = '*not found in PATH*127*'; Script = { Get-PerfCounter -Event cs -- perftrace-no-such-command } }
        @{ Name = 'a path that is not there'; Id = 'CommandNotFound'; Category = 'ObjectNotFound'; Target = '/no/such/command'
            Message = '*127*'; Script = { Get-PerfCounter -Event cs -- /no/such/command } }
        @{ Name = 'a file that may not be executed'; Id = 'CommandNotExecutable'; Category = 'PermissionDenied'; Target = '/etc/passwd'
            Message = '*chmod +x*126*'; Script = { Get-PerfCounter -Event cs -- /etc/passwd } }
        @{ Name = 'a directory'; Id = 'CommandNotExecutable'; Category = 'PermissionDenied'; Target = '/tmp'
            Message = '*is a directory*126*'; Script = { Get-PerfCounter -Event cs -- /tmp } }
        @{ Name = 'a process that is not there'; Id = 'ProcessNotFound'; Category = 'ObjectNotFound'; Target = 4194305
            Message = '*No such process*'; Script = { Get-PerfCounter -Event cs -ProcessId 4194305 -Duration 0.1 } }
        @{ Name = 'a thread that is not there'; Id = 'ThreadNotFound'; Category = 'ObjectNotFound'; Target = 4194305
            Message = '*No such process*'; Script = { Get-PerfCounter -Event cs -ThreadId 4194305 -Duration 0.1 } }
        @{ Name = 'a control group that is not there'; Id = 'CGroupNotFound'; Category = 'ObjectNotFound'; Target = 'no/such/group'
            Message = "*no control group 'no/such/group'*"; Script = { Get-PerfCounter -Event cs -CGroup no/such/group -Duration 0.1 } }
        @{ Name = 'a control group outside the hierarchy'; Id = 'CGroupNotFound'; Category = 'ObjectNotFound'; Target = '../../../tmp'
            Message = '*no control group*'; Script = { Get-PerfCounter -Event cs -CGroup ../../../tmp -Duration 0.1 } }
        @{ Name = 'a CPU that is not online'; Id = 'CpuNotFound'; Category = 'ObjectNotFound'; Target = 65000
            Message = '*online are 0*'; Script = { Get-PerfCounter -Event cs -Cpu 65000 -Duration 0.1 } }
    ) {
        $before = @(Get-ChildProcessId).Count
        $call = Invoke-WithErrors $Script
        $call.IsTerminating | Should -BeFalse
        $call.Results.Count | Should -Be 0
        $call.Errors.Count | Should -Be 1
        $call.Errors[0].FullyQualifiedErrorId | Should -Be "$Id,PerfTrace.Commands.GetPerfCounterCommand"
        $call.Errors[0].CategoryInfo.Category | Should -Be $Category
        $call.Errors[0].TargetObject | Should -Be $Target
        $call.Errors[0].Exception.Message | Should -BeLike $Message
        @(Get-ChildProcessId).Count | Should -Be $before
    }

    It 'ends with <Id> for <Name>' -ForEach @(
        @{ Name = 'two ways to split'; Id = 'ContradictoryParameters'; Script = { Get-PerfCounter -PerCpu -PerCore -- true } }
        @{ Name = 'a mean that is a series'; Id = 'ContradictoryParameters'; Script = { Get-PerfCounter -Repeat 2 -Interval 1 -- true } }
        @{ Name = 'nothing to count'; Id = 'NoTarget'; Script = { Get-PerfCounter } }
        @{ Name = 'all CPUs switched off'; Id = 'NoTarget'; Script = { Get-PerfCounter -AllCpu:$false -Duration 1 } }
        @{ Name = 'two targets'; Id = 'AmbiguousParameterSet'; Script = { Get-PerfCounter -AllCpu -ProcessId 1 } }
        @{ Name = 'a CPU list that is none'; Id = 'ParameterArgumentTransformationError'; Script = { Get-PerfCounter -Cpu 3-1 } }
        @{ Name = 'no runs'; Id = 'ParameterArgumentValidationError'; Script = { Get-PerfCounter -Repeat 0 -- true } }
        @{ Name = 'an empty command'; Id = 'ParameterArgumentValidationError'; Script = { Get-PerfCounter -Command '' } }
        @{ Name = 'an empty list of events'; Id = 'ParameterArgumentValidationError'; Script = { Get-PerfCounter -Event @() -- true } }
    ) {
        $call = Invoke-WithErrors $Script
        $call.IsTerminating | Should -BeTrue
        $call.Errors[0].FullyQualifiedErrorId | Should -Be "$Id,PerfTrace.Commands.GetPerfCounterCommand"
    }

    It 'takes a command with its arguments in one list, and empty arguments' {
        (Get-PerfCounter -Event page-faults -Command bash, -c, '[ "$0" = "" ] && [ "$1" = x ] && exit 3', '', x).ExitCode | Should -Be 3
        (Get-PerfCounter -Event page-faults -Command bash, -c -ArgumentList 'exit 4').ExitCode | Should -Be 4
    }

    It 'tells of nothing countable, with the events as NotSupported, and does not start the command' {
        $file = Join-Path $TestDrive 'started'
        # A PMU type that no kernel has.
        $call = Invoke-WithErrors { Get-PerfCounter -Event 4000000000:0 -- sh -c "echo > '$file'" }
        $call.Results.Status | Should -Be NotSupported
        $call.Errors.Count | Should -Be 1
        $call.Errors[0].FullyQualifiedErrorId | Should -Be 'NothingCountable,PerfTrace.Commands.GetPerfCounterCommand'
        $call.Errors[0].CategoryInfo.Category | Should -Be NotImplemented
        $file | Should -Not -Exist
        Wait-Condition { -not (Get-ChildProcessId) } | Should -BeTrue
        $call = Invoke-WithErrors { Get-PerfCounter -Event 4000000000:0 { 1 } }
        $call.Errors.FullyQualifiedErrorId | Should -Be 'NothingCountable,PerfTrace.Commands.GetPerfCounterCommand'
    }

    It 'counts the processes that are there beside one that is not' {
        $call = Invoke-WithErrors { Get-PerfCounter -Event cs -ProcessId 4194305, $PID -Duration 0.1 }
        $call.Errors.FullyQualifiedErrorId | Should -Be 'ProcessNotFound,PerfTrace.Commands.GetPerfCounterCommand'
        $call.Results.ProcessId | Should -Be $PID
    }

    It 'is quiet when the pipeline brings no process' {
        $call = Invoke-WithErrors { Get-Process perftrace-no-such-process* | Get-PerfCounter -Duration 0.1 }
        $call.Errors.Count | Should -Be 0
        $call.Results.Count | Should -Be 0
    }

    It 'stops the script under -ErrorAction Stop' {
        { Get-PerfCounter -Event no-such-event -ErrorAction Stop -- true } |
            Should -Throw -ErrorId 'EventNotFound,PerfTrace.Commands.GetPerfCounterCommand'
    }

    It 'leaves no descriptor and no child behind after errors' {
        $calls = {
            $null = Get-PerfCounter -Event no-such-event, cs -- perftrace-no-such-command
            $null = Get-PerfCounter -Event 4000000000:0 -- true
            $null = Get-PerfCounter -Event cs -- /etc/passwd
            $null = Get-PerfCounter -Event cs -ProcessId 4194305
            $null = Get-PerfCounter -Event cs -CGroup no/such/group
        }
        & $calls 2> $null
        $before = Get-DescriptorCount
        foreach ($i in 1..10) { & $calls 2> $null }
        Wait-Condition { -not (Get-ChildProcessId) } | Should -BeTrue
        Wait-Condition { (Get-DescriptorCount) -le $before } | Should -BeTrue -Because (Get-DescriptorTarget | Group-Object | ForEach-Object { "$($_.Count) $($_.Name)" } | Out-String)
    }

    It 'says so when descriptors run out, and starts nothing' {
        $file = Join-Path $TestDrive 'ran'
        $script = @"
Import-Module '$(Get-RepositoryRoot)/PerfTrace.psd1'
`$null = Get-PerfCounter -Event cs -- true
`$before = [IO.Directory]::GetFiles('/proc/self/fd').Count
`$null = Get-PerfCounter -Event (@('cs') * 600) -ErrorVariable problems -ErrorAction SilentlyContinue -- sh -c 'echo > $file'
`$problems[-1].FullyQualifiedErrorId
`$problems[-1].CategoryInfo.Category
[GC]::Collect(); [GC]::WaitForPendingFinalizers()
[IO.Directory]::GetFiles('/proc/self/fd').Count - `$before
"@
        $path = Join-Path $TestDrive 'limit.ps1'
        Set-Content $path $script
        $output = sh -c 'ulimit -n 400; exec "$0" -NoProfile -File "$1"' (Get-Process -Id $PID).Path $path
        $output | Select-Object -First 2 | Should -Be @('NoFileDescriptors,PerfTrace.Commands.GetPerfCounterCommand', 'LimitsExceeded')
        [int]$output[2] | Should -BeLessOrEqual 0
        $file | Should -Not -Exist
    }
}

Describe 'Get-PerfCounter without privileges' -Skip:((id -u) -ne 0 -or -not (Get-Command setpriv -ErrorAction Ignore)) {
    BeforeAll {
        # Somebody who may read the module but not count the kernel.
        $home1 = Join-Path ([System.IO.Path]::GetTempPath()) "perftrace-nobody-$PID"
        $null = New-Item -ItemType Directory $home1
        chown 65534:65534 $home1
        Copy-Item (Join-Path (Get-RepositoryRoot) 'bin') $home1 -Recurse
        Copy-Item (Join-Path (Get-RepositoryRoot) 'PerfTrace.ps*1') $home1
        chmod -R a+rX $home1
        Set-Content "$home1/test.ps1" @"
Import-Module '$home1/PerfTrace.psd1'
`$own = Get-PerfCounter -Event page-faults -- /bin/true
`$null = Get-PerfCounter -Event cs -AllCpu -Duration 0.05 -ErrorVariable all -ErrorAction SilentlyContinue
`$null = Get-PerfCounter -Event cs -ProcessId 1 -Duration 0.05 -ErrorVariable init -ErrorAction SilentlyContinue
@{
    Event = `$own.Event; Status = "`$(`$own.Status)"; Value = `$own.Value
    AllCpu = @(`$all | ForEach-Object { @{ Id = `$_.FullyQualifiedErrorId; Category = "`$(`$_.CategoryInfo.Category)"; Message = `$_.Exception.Message } })
    Init = @(`$init | ForEach-Object { @{ Id = `$_.FullyQualifiedErrorId; Message = `$_.Exception.Message } })
} | ConvertTo-Json -Depth 4 | Set-Content '$home1/answer.json'
"@
        $pwsh = (Get-Process -Id $PID).Path
        $said = env "HOME=$home1" setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all $pwsh -NoProfile -File "$home1/test.ps1" 2>&1
        $answer = Get-Content "$home1/answer.json" -Raw | ConvertFrom-Json
    }

    AfterAll {
        Remove-Item $home1 -Recurse -Force
    }

    It 'counts user space of one''s own command and says so, in the name and in a warning' {
        $answer.Status | Should -Be Counted
        $answer.Value | Should -BeGreaterThan 10
        $answer.Event | Should -Be $(if ($paranoid -ge 2) { 'page-faults:u' } else { 'page-faults' })
        if ($paranoid -ge 2) {
            $said | Out-String | Should -BeLike "*user space only: page-faults*kernel.perf_event_paranoid is $paranoid*"
        }
    }

    It 'says what to do where CPUs may not be counted' {
        if ($paranoid -ge 1) {
            $answer.AllCpu.Count | Should -BeGreaterOrEqual 1
            $answer.AllCpu[0].Id | Should -Be 'AccessDenied,PerfTrace.Commands.GetPerfCounterCommand'
            $answer.AllCpu[0].Category | Should -Be PermissionDenied
            $answer.AllCpu[0].Message | Should -BeLike '*kernel.perf_event_paranoid*CAP_PERFMON*'
        }
        else {
            $answer.AllCpu.Count | Should -Be 0
        }
    }

    It 'says what to do where a process may not be counted' {
        $answer.Init[0].Id | Should -Be 'AccessDenied,PerfTrace.Commands.GetPerfCounterCommand'
        $answer.Init[0].Message | Should -BeLike '*CAP_PERFMON*'
    }
}

Describe 'Get-PerfCounter when it is stopped' {
    It 'returns within 100 ms and leaves nothing: <Name>' -ForEach @(
        @{ Name = 'all CPUs'; Script = 'Get-PerfCounter -Event cs -AllCpu' }
        @{ Name = 'an interval series'; Script = 'Get-PerfCounter -Event cs -AllCpu -Interval 0.02' }
        @{ Name = 'a process'; Script = "Get-PerfCounter -Event cs -ProcessId $PID" }
        @{ Name = 'a command'; Script = 'Get-PerfCounter -Event cs -- sleep 30' }
        @{ Name = 'a command within its delay'; Script = 'Get-PerfCounter -Event cs -Delay 20 -- sleep 30' }
        @{ Name = 'a command that ignores SIGTERM'; Script = 'Get-PerfCounter -Event cs -- sh -c ''trap "" TERM; sleep 0.6'' 3>$null' }
        @{ Name = 'a script block'; Script = 'Get-PerfCounter -Event cs { Start-Sleep 30 }' }
    ) {
        $null = Measure-Stop $Script
        $null = Wait-Condition { -not (Get-ChildProcessId) }
        $before = Get-DescriptorCount
        $stops = foreach ($i in 1..5) { Measure-Stop $Script 120 }
        $stops | ForEach-Object { $_.WasRunning | Should -BeTrue }
        Get-Median $stops.Milliseconds | Should -BeLessThan 100
        Wait-Condition { -not (Get-ChildProcessId) } | Should -BeTrue -Because 'no child may live on'
        Wait-Condition { (Get-DescriptorCount) -le $before } | Should -BeTrue -Because "descriptors are to be closed: $(Get-DescriptorTarget | Group-Object | ForEach-Object { "$($_.Count) $($_.Name)" })"
    }
}
