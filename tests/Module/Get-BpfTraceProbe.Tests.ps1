BeforeDiscovery {
    $hasPeer = [bool](Get-Command bpftrace -CommandType Application -ErrorAction Ignore)
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

Describe 'Get-BpfTraceProbe' {
    It 'lists the tracepoints that bpftrace lists' -Skip:(-not $hasPeer) {
        # Others make and remove probes meanwhile.
        $before = @(bpftrace -l 'tracepoint:*' 2>$null)
        $ours = (Get-BpfTraceProbe 'tracepoint:*').Name
        $after = @(bpftrace -l 'tracepoint:*' 2>$null)
        $stable = [System.Linq.Enumerable]::Intersect([string[]] $before, [string[]] $after)
        $before.Count | Should -BeGreaterThan 100
        [System.Linq.Enumerable]::Except($stable, [string[]] $ours) | Should -BeNullOrEmpty
        [System.Linq.Enumerable]::Except([string[]] $ours, [string[]] ($before + $after)) | Where-Object { $_ -notlike '*perftrace*' } | Should -BeNullOrEmpty
    }

    It 'has the fields that bpftrace has' -Skip:(-not $hasPeer) {
        $theirs = bpftrace -lv 'tracepoint:sched:sched_wakeup' 2>$null | Select-Object -Skip 1 | ForEach-Object Trim
        (Get-BpfTraceProbe 'tracepoint:sched:sched_wakeup').Arguments | ForEach-Object { "$_" } | Should -Be $theirs
    }

    It 'shows names, and arguments in a group for each probe' {
        Get-BpfTraceProbe tracepoint:sched:sched_swi* | Out-String | Should -Match '^\s*tracepoint:sched:sched_switch\s*$'
        Get-BpfTraceProbe tracepoint:sched:sched_switch -Argument | Out-String | Should -Match 'Probe: tracepoint:sched:sched_switch\s+Name +Type\s[-\s]+prev_comm +char\[16\]'
    }

    It 'finds probes by what they hand over' {
        (Get-BpfTraceProbe 'rawtracepoint:sched_*' -Argument | Where-Object Type -EQ 'struct task_struct *').Probe | Should -Contain rawtracepoint:sched_switch
    }

    It 'streams: the first probes come before the last are found' {
        $all = Measure-Command { Get-BpfTraceProbe 'tracepoint:*' }
        $first = Measure-Command { Get-BpfTraceProbe 'tracepoint:*' | Select-Object -First 1 }
        $first | Should -BeLessThan $all
    }

    It 'gives what a script can be attached to' {
        $name = (Get-BpfTraceProbe sched_switch | Where-Object Kind -EQ tracepoint).Name
        (Invoke-BpfTrace "$name { @ = count(); } interval:ms:300 { exit(); }").Value | Should -BeGreaterThan 0
    }

    It 'completes <Line>' -ForEach @(
        @{ Line = 'Get-BpfTraceProbe trac'; Text = 'tracepoint:' }
        @{ Line = 'Get-BpfTraceProbe tracepoint:sched:sched_swi'; Text = 'tracepoint:sched:sched_switch' }
        @{ Line = 'Get-BpfTraceProbe tracepoint:syscal'; Text = 'tracepoint:syscalls:' }
        @{ Line = "Invoke-BpfTrace 'tracepoint:sched:sched_swi"; Text = "'tracepoint:sched:sched_switch" }
        @{ Line = "Start-BpfTrace 'BEGIN { @x = 1; } software:page"; Text = "'BEGIN { @x = 1; } software:page-faults" }
    ) {
        (TabExpansion2 $Line).CompletionMatches.CompletionText | Should -Contain $Text
    }

    It 'says what is wrong: <Line>' -ForEach @(
        @{ Line = 'Get-BpfTraceProbe tracepoint:sched:sched_swich'; Id = 'ProbeNotFound'; Text = 'sched_switch' }
        @{ Line = 'Get-BpfTraceProbe interval:s:1'; Id = 'ProbeNotFound'; Text = 'interval:s:COUNT' }
        @{ Line = 'Get-BpfTraceProbe uprobe:/etc/passwd:*'; Id = 'InvalidElf'; Text = '/etc/passwd' }
        @{ Line = 'Get-BpfTraceProbe uprobe:no-such-program:*'; Id = 'FileNotFound'; Text = 'no-such-program' }
    ) {
        $problem = $null
        try { & ([scriptblock]::Create("$Line -ErrorAction Stop")) } catch { $problem = $_ }
        $problem.FullyQualifiedErrorId | Should -Match "^$Id,PerfTrace.Commands.GetBpfTraceProbeCommand$"
        "$problem" | Should -Match ([regex]::Escape($Text))
    }
}
