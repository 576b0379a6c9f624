BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $read = 'syscalls:sys_exit_read'
    $copy = 'dd', 'if=/dev/zero', 'of=/dev/null', 'bs=1000', 'count=200', 'status=none'
}

Describe 'Measure-KernelEvent' {
    It 'counts what bpftrace and Measure-Object count' {
        $condition = { $_.ret -gt 0 -and $_.CommandName -eq 'dd' }
        $result = Measure-KernelEvent $read -Where $condition -GroupBy CommandName -Count -Sum ret -Minimum ret -Maximum ret -Average ret -Command $copy
        $events = Watch-Tracepoint $read -Command dd -ArgumentList $copy[1..5] | Where-Object $condition | Measure-Object ret -Sum -Minimum -Maximum -Average
        $script = Invoke-BpfTrace 'tracepoint:syscalls:sys_exit_read /args.ret > 0 && pid == cpid && comm == "dd"/ { @n = count(); @s = sum(args.ret); }' -Command $copy
        $result.CommandName | Should -Be dd
        $result.Count | Should -Be $events.Count
        $result.Sum | Should -Be $events.Sum
        $result.Minimum | Should -Be $events.Minimum
        $result.Maximum | Should -Be $events.Maximum
        $result.Average | Should -Be $events.Average
        $script.Value | Should -Contain $result.Count
        $script.Value | Should -Contain $result.Sum
    }

    It 'means what PowerShell means: <Where>' -ForEach @(
        @{ Where = { $_.ret -eq 1000 } }, @{ Where = { 1000 -eq $_.ret } }, @{ Where = { $_.ret -gt 999.5 } }, @{ Where = { $_.ret -eq '1000' } }
        @{ Where = { $_.ret -in 1000, 2000 } }, @{ Where = { 1000, 2000 -contains $_.ret } }, @{ Where = { ($_.ret -band 8) -eq 8 } }, @{ Where = { $_.ret + 1 -eq 1001 } }
        @{ Where = { $_.ret -shl 1 -eq 2000 } }, @{ Where = { -$_.ret -eq -1000 } }, @{ Where = { -bnot $_.ret -eq -1001 } }, @{ Where = { $_.ret -gt 832 -xor $_.ret -lt 900 } }
        @{ Where = { $_.ret } }, @{ Where = { !$_.ret } }, @{ Where = { $_.ret -eq $null } }, @{ Where = { $_.ret -ne $null } }, @{ Where = { $true } }, @{ Where = { $_.ret -lt -5 } }
        @{ Where = { $_.ret -gt $null } }, @{ Where = { $_.ret -le $null } }, @{ Where = { $_.ret % 1000 -eq 0 } }, @{ Where = { $_.ret % 7 -eq 6 } }, @{ Where = { $_.ret / 1000 -eq 1 } }
        @{ Where = { $_.ret / 3 -gt 333 } }, @{ Where = { 333.5 -gt $_.ret / 3 } }, @{ Where = { $_.ret / 16 / 4 -eq 15.625 } }, @{ Where = { [math]::Floor($_.ret / 64) -eq 15 } }
        @{ Where = { [Math]::Truncate($_.ret / 64) -lt 15 } }
        @{ Where = { '1000' -eq $_.ret } }, @{ Where = { '01000' -eq $_.ret } }, @{ Where = { '01000' -ne $_.ret } }, @{ Where = { '0x3e8', '832' -contains $_.ret } }
        @{ Where = { $_.ret -in '01000', '832' } }, @{ Where = { $true -eq $_.ret } }, @{ Where = { $false -eq $_.ret } }, @{ Where = { $true -ne $_.ret } }
    ) {
        $expected = @(Watch-Tracepoint $read -Command dd -ArgumentList $copy[1..5] | Where-Object $Where).Count
        (Measure-KernelEvent $read -Where $Where -Command $copy).Count | Should -Be $expected
    }

    It 'matches texts as PowerShell does: <Where>' -ForEach @(
        @{ Where = { $_.filename -like 'alp*' } }, @{ Where = { $_.filename -like '*.TXT' } }, @{ Where = { $_.filename -clike '*.txt' } }, @{ Where = { $_.filename -like '*alpha*' } }
        @{ Where = { $_.filename -like '*a*t*' } }, @{ Where = { $_.filename -like 'd*-?.log' } }, @{ Where = { $_.filename -like '?.t[wx]t' } }, @{ Where = { $_.filename -match '^data-\d\.log$' } }
        @{ Where = { $_.filename -match 'PHA' } }, @{ Where = { $_.filename -cmatch 'B' } }, @{ Where = { $_.filename -eq 'ALPHA' } }, @{ Where = { $_.filename -ceq 'ALPHA' } }
        @{ Where = { $_.filename -in 'ALPHA', 'b.txt' } }, @{ Where = { $_.filename -like '*x' -or $_.filename -like 'x*' } }
    ) {
        $names = 'alpha', 'Beta', 'alphabet', 'a.txt', 'b.TXT', 'data-1.log', 'data-22.log', 'xalphax'
        $expected = $names | ForEach-Object { [pscustomobject]@{ filename = $_ } } | Where-Object $Where | ForEach-Object filename
        Push-Location $TestDrive
        try {
            $names | ForEach-Object { Set-Content $_ '' }
            # Read in turn a second time: of a name in memory that was not touched yet the kernel may see nothing.
            $line = "for f in $names $names; do : < `$f; done"
            $found = Measure-KernelEvent syscalls:sys_enter_openat -Where $Where -GroupBy filename -Command bash, -c, $line
        }
        finally {
            Pop-Location
        }
        $found.filename | Where-Object { $_ -in $names } | Sort-Object | Should -Be ($expected | Sort-Object)
    }

    It 'takes values of the caller, also by $using:' {
        $size = 1000
        function Measure-Inside { $size = 999; Measure-KernelEvent $read -Where { $_.ret -eq $size } -Command $copy }
        (Measure-KernelEvent $read -Where { $_.ret -eq $size } -Command $copy).Count | Should -Be 200
        (Measure-KernelEvent $read -Where { $_.ret -eq $using:size } -Command $copy).Count | Should -Be 200
        (Measure-Inside).Count | Should -Be 0
    }

    It 'groups by script blocks and tables' {
        $groups = Measure-KernelEvent $read -GroupBy { $_.ret -shr 3 }, @{ Name = 'IsLarge'; Expression = { $_.ret -ge 1000 } } -Sum { $_.ret * 2 } -Command $copy
        $large = $groups | Where-Object IsLarge | Where-Object { $_.'$_.ret -shr 3' -eq 125 }
        $large.Sum | Should -Be 400000
    }

    It 'has typed properties, and none that hides another' {
        $group = Measure-KernelEvent syscalls:sys_enter_read -GroupBy count, ProcessId, CommandName, KernelStack -Command $copy | Select-Object -First 1
        $group.field_count | Should -Be 1000
        $group.Count | Should -Be 200
        $group.ProcessId | Should -BeOfType [int]
        $group.KernelStack.Frames.Symbol | Should -Not -BeNullOrEmpty
    }

    It 'measures latencies with the fields of both ends' {
        $result = Measure-KernelEvent syscalls:sys_exit_read -Latency -Where { $_.count -eq 1000 -and $_.ret -eq 1000 -and $_.Latency -gt 0 } -Command $copy
        $result.Event | Should -Be syscalls:sys_enter_read
        $result.Count | Should -Be 200
        ($result.Histogram | Measure-Object Count -Sum).Sum | Should -Be 200
        $result.Average | Should -BeGreaterThan 0
        $result | Out-String | Should -Match '\|@{52}\|'
    }

    It 'loses nothing between two intervals' {
        $sets = Measure-KernelEvent $read -Where { $_.ret -eq 1 } -Count -Maximum ret -Interval 20ms -Command dd, if=/dev/zero, of=/dev/null, bs=1, count=300000, status=none
        ($sets | Measure-Object Count -Sum).Sum | Should -Be 300000
        $sets.Count | Should -BeGreaterThan 1
        ($sets[1].Time - $sets[0].Time).TotalMilliseconds | Should -Be 20
    }

    It 'tells what found no room' {
        $result = Measure-KernelEvent $read -GroupBy ret -MaxGroups 1 -Command $copy -WarningVariable warnings -WarningAction SilentlyContinue
        @($result).Count | Should -Be 1
        # What the dynamic linker and the locale read differs from one machine to the next.
        $others = (Measure-KernelEvent $read -Command $copy).Count - $result.Count
        $others | Should -BeGreaterOrEqual 200
        "$warnings" | Should -Match "^$others events are in no group: there were more than 1 groups"
    }

    It 'shows the program with -Verbose' {
        $all = Measure-KernelEvent $read -Where { $_.ret -gt 0 } -GroupBy CommandName -Sum ret -Command true -Verbose 4>&1
        "$all" | Should -Match ([regex]::Escape('tracepoint:syscalls:sys_exit_read /args.ret > 0/ {'))
        "$all" | Should -Match ([regex]::Escape('@sum[comm] = sum(args.ret);'))
    }

    It 'takes tracepoints through the pipeline' {
        (Get-Tracepoint syscalls:sys_exit_read, syscalls:sys_enter_read | Measure-KernelEvent -Command $copy).Event | Sort-Object | Should -Be @('syscalls:sys_enter_read', 'syscalls:sys_exit_read')
    }

    It 'says where a condition is more than the kernel can do: <Line>' -ForEach @(
        @{ Line = '{ $_.ret / 2 + 1 -gt 5 }'; Place = '-Where:1:3-13'; Text = '[math]::Floor' }
        @{ Line = "{ '999' -lt `$_.ret }"; Place = '-Where:1:3-19'; Text = 'without quotes' }
        @{ Line = '{ $_.ret % $_.ret -gt 5 }'; Place = '-Where:1:12-18'; Text = 'known before' }
        @{ Line = '{ [math]::Round($_.ret / 2) -gt 5 }'; Place = '-Where:1:3-28'; Text = 'calls no methods' }
        @{ Line = '{ $_.rat -gt 5 }'; Place = '-Where:1:3-9'; Text = 'did you mean ret?' }
        @{ Line = '{ (Get-Date) -gt $_.ret }'; Place = '-Where:1:4-12'; Text = 'put it into a variable first' }
        @{ Line = '{ $x = 5; $_.ret -gt $x }'; Place = '-Where:1:1-26'; Text = 'not a single expression' }
        @{ Line = "{ `$_.ret.ToString() -eq '5' }"; Place = '-Where:1:3-20'; Text = 'calls no methods' }
        @{ Line = "{ `$_.CommandName -match '(a|b)' }"; Place = '-Where:1:3-32'; Text = "'('" }
        @{ Line = "{ `$_.CommandName -like '*a*b*c*' }"; Place = '-Where:1:3-33'; Text = 'has 3 texts' }
        @{ Line = "{ `$_.CommandName -gt 'a' }"; Place = '-Where:1:3-25'; Text = 'for equality alone' }
        @{ Line = '{ [int]$_.ret -gt 5 }'; Place = '-Where:1:3-14'; Text = 'casts' }
        @{ Line = '{ $_ -gt 5 }'; Place = '-Where:1:3-5'; Text = 'can not be compiled' }
        @{ Line = "{ `$_.ret -gt 'many' }"; Place = '-Where:1:14-20'; Text = 'is no number' }
        @{ Line = '{ $_.KernelStack }'; Place = '-Where:1:3-17'; Text = 'call stack' }
    ) {
        $problem = $null
        try { Measure-KernelEvent $read -Where ([scriptblock]::Create($Line.Trim('{}'))) -Duration 1 } catch { $problem = $_ }
        $problem.FullyQualifiedErrorId | Should -Be 'ScriptError,PerfTrace.Commands.MeasureKernelEventCommand'
        $problem.ErrorDetails.Message | Should -Match ([regex]::Escape($Text))
        try { & ([scriptblock]::Create("Measure-KernelEvent $read -Duration 1 -Where $Line")) } catch { $problem = $_ }
        $problem.ErrorDetails.Message | Should -Match "^$([regex]::Escape($Place)): "
        $problem.ErrorDetails.RecommendedAction | Should -Match '~'
    }

    It 'says which processes are not there, each once, and measures none in their place' {
        $problems = $null
        $read, 'syscalls:sys_enter_write' | Measure-KernelEvent -ProcessId 4194304 -Duration 10 -ErrorVariable problems -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problems.FullyQualifiedErrorId | Should -Be 'TargetGone,PerfTrace.Commands.MeasureKernelEventCommand'
        "$problems" | Should -Match 'process 4194304'
    }

    It 'goes on with the events that are there' {
        $result = Measure-KernelEvent syscalls:sys_exit_rea, $read -Command $copy -ErrorVariable problems -ErrorAction SilentlyContinue
        $result.Event | Should -Be $read
        $problems.FullyQualifiedErrorId | Should -Be 'TracepointNotFound,PerfTrace.Commands.MeasureKernelEventCommand'
    }

    It 'completes events and their properties' {
        (TabExpansion2 'Measure-KernelEvent syscalls:sys_exit_rea').CompletionMatches.CompletionText | Should -Contain syscalls:sys_exit_read
        (TabExpansion2 'Measure-KernelEvent syscalls:sys_exit_read -Sum r').CompletionMatches.CompletionText | Should -Be ret
        (TabExpansion2 'Measure-KernelEvent sched:sched_switch -GroupBy Comm').CompletionMatches.CompletionText | Should -Be CommandName
        (TabExpansion2 'Measure-KernelEvent sched:sched_switch -GroupBy prev_c').CompletionMatches.CompletionText | Should -Be prev_comm
    }

    It 'leaves nothing in the kernel when it is stopped' {
        $before = @(Get-BpfMap AT_maximum*).Count
        $shell = [powershell]::Create().AddScript("Import-Module '$((Get-Module PerfTrace).Path)'; Measure-KernelEvent sched:sched_switch -Maximum prev_prio")
        try {
            $null = $shell.BeginInvoke()
            Wait-Condition { @(Get-BpfMap AT_maximum*).Count -gt $before } -Seconds 20 | Should -BeTrue
            $shell.Stop()
        }
        finally {
            $shell.Dispose()
        }
        Wait-Condition { @(Get-BpfMap AT_maximum*).Count -eq $before } -Seconds 10 | Should -BeTrue
    }
}
