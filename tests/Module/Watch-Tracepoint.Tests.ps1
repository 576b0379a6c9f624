BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace

    # A program that makes known system calls: 40 writes of 1 to 40 bytes, in order, to descriptor 1.
    function Watch-Write([hashtable] $Parameters) {
        Watch-Tracepoint syscalls:sys_enter_write @Parameters -Command bash -ArgumentList '-c', 'for ((i = 1; i <= 40; i++)); do printf %*s $i x >/dev/null; done'
    }
}

Describe 'Watch-Tracepoint' {
    It 'takes a command behind two hyphens' {
        $events = Watch-Tracepoint sched:sched_process_exec -- sh -c 'exec /bin/true'
        @($events).Count | Should -Be 2
        $events[1].filename | Should -Be /bin/true
    }

    It 'gives objects with the kernel''s fields and the envelope' {
        $exec = Watch-Tracepoint sched:sched_process_exec -Command /bin/true
        $exec.PSTypeNames[0] | Should -Be PerfTrace.Event.sched.sched_process_exec
        $exec.PSTypeNames | Should -Contain PerfTrace.Events.TraceEvent
        $exec.filename | Should -Be /bin/true
        $exec.CommandName | Should -Be true
        $exec.ProcessId | Should -Be $exec.pid
        $exec.Message | Should -Be "filename=/bin/true pid=$($exec.pid) old_pid=$($exec.old_pid)"
        ([datetimeoffset]::Now - $exec.Time).TotalSeconds | Should -BeLessThan 60
        ($exec | Get-Member filename -MemberType Property).Definition | Should -BeLike 'string filename*'
    }

    It 'groups, sorts and exports as any object' {
        $events = Watch-Write @{}
        ($events | Group-Object EventName).Count | Should -Be 40
        ($events | Measure-Object count -Maximum).Maximum | Should -Be 40
        ($events | Select-Object count, fd | ConvertTo-Csv).Count | Should -Be 41
        ($events[0] | ConvertTo-Json | ConvertFrom-Json).count | Should -Be 1
        ($events | Sort-Object TimestampNanoseconds).count | Should -Be $events.count
    }

    It 'decides in the kernel as PowerShell would: <Where>' -ForEach @(
        @{ Where = { $_.count -eq 5 }; Expected = 1 }
        @{ Where = { $_.count -ne 5 }; Expected = 39 }
        @{ Where = { 5 -lt $_.count }; Expected = 35 }
        @{ Where = { $_.count -ge 39.5 }; Expected = 1 }
        @{ Where = { $_.count -gt -1 }; Expected = 40 }
        @{ Where = { $_.count -lt 0 }; Expected = 0 }
        @{ Where = { $_.count -in 1, 2, 50 }; Expected = 2 }
        @{ Where = { $_.count -notin 1..39 }; Expected = 1 }
        @{ Where = { 1, 2, 3 -contains $_.count }; Expected = 3 }
        @{ Where = { $_.count -band 1 }; Expected = 20 }
        @{ Where = { ($_.count -band 3) -eq 1 }; Expected = 10 }
        @{ Where = { ($_.count -band 3) -ne 1 }; Expected = 30 }
        @{ Where = { ($_.count -band 3) -eq 0 }; Expected = 10 }
        @{ Where = { ($_.count -band 3) -eq 7 }; Expected = 0 }
        @{ Where = { $_.count -le 10 -and $_.count -gt 5 }; Expected = 5 }
        @{ Where = { $_.count -le 10 -or $_.count -gt 35 }; Expected = 15 }
        @{ Where = { $_.count -le 10 -xor $_.count -gt 5 }; Expected = 35 }
        @{ Where = { -not ($_.count -le 10) }; Expected = 30 }
        @{ Where = { !$_.count }; Expected = 0 }
        @{ Where = { $_.count }; Expected = 40 }
        @{ Where = { $_.CommandName -eq 'BASH' }; Expected = 40 }
        @{ Where = { $_.CommandName -ceq 'BASH' }; Expected = 0 }
        @{ Where = { $_.CommandName -like 'b*H' }; Expected = 40 }
        @{ Where = { $_.CommandName -clike 'b*H' }; Expected = 0 }
        @{ Where = { $_.CommandName -like 'b[a-c]s?' }; Expected = 40 }
        @{ Where = { $_.CommandName -notlike 'x*' }; Expected = 40 }
        @{ Where = { $_.CommandName -like '[!b]*' }; Expected = 40 }
        @{ Where = { $_.EventName -like '*write' -and $_.count -eq 3 }; Expected = 1 }
        @{ Where = { $_.EventName -eq 'x' }; Expected = 0 }
        @{ Where = { $_.ThreadId -gt 0 -and $PSItem.Cpu -ge 0 }; Expected = 40 }
        @{ Where = { $_.count -eq '0x10' }; Expected = 1 }
        @{ Where = { $true }; Expected = 40 }
    ) {
        @(Watch-Write @{ Where = $Where }).Count | Should -Be $Expected
        # And what the shell itself says of the same events.
        @(Watch-Write @{} | Where-Object $Where).Count | Should -Be $Expected
    }

    It 'takes variables of the caller' {
        $limit = 38
        $config = @{ Limits = 39, 40 }
        @(Watch-Write @{ Where = { $_.count -gt $limit } }).Count | Should -Be 2
        @(Watch-Write @{ Where = { $_.count -in $config.Limits } }).Count | Should -Be 2
        @(Watch-Write @{ Where = { $_.count -gt ($limit + 1) } }).Count | Should -Be 1
    }

    It 'names the part that the kernel can not decide: <Part>' -ForEach @(
        @{ Where = { $_.count -gt 1 -and $_.CommandName -match 'b' }; Part = "`$_.CommandName -match 'b'" }
        @{ Where = { $_.count % 2 -eq 0 }; Part = '$_.count % 2*' }
        @{ Where = { $_.count -eq $_.fd }; Part = '$_.count -eq $_.fd' }
        @{ Where = { $_.count.ToString() -eq '1' }; Part = '$_.count.ToString()' }
        @{ Where = { $_.nothing -eq 1 }; Part = '$_.nothing -eq 1' }
        @{ Where = { $_.count -gt (Get-Random) }; Part = 'Get-Random' }
        @{ Where = { $_.ProcessId -eq 1 }; Part = '$_.ProcessId -eq 1' }
        @{ Where = { $x = 1; $_.count -eq $x }; Part = '*$x = 1*' }
    ) {
        $problem = Watch-Write @{ Where = $Where } 2>&1
        $problem | Should -BeOfType System.Management.Automation.ErrorRecord
        $problem.FullyQualifiedErrorId | Should -BeLike 'WhereException,*'
        $problem.Exception.Part | Should -BeLike $Part
    }

    It 'leaves to the shell what it is allowed to' {
        $verbose = Watch-Write @{ Where = { $_.count -gt 30 -and $_.count % 2 -eq 0 }; AllowClientFilter = $true; Verbose = $true } 4>&1 |
            Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        "$verbose" | Should -BeLike '*in the kernel: count > 30; in the shell: $_.count % 2*'
        @(Watch-Write @{ Where = { $_.count -gt 30 -and $_.count % 2 -eq 0 }; AllowClientFilter = $true }).Count | Should -Be 5
    }

    It 'ends when the pipeline has enough, and leaves nothing open' {
        Watch-Tracepoint sched:sched_switch | Select-Object -First 2 | Should -HaveCount 2
        $before = Get-DescriptorCount
        Watch-Tracepoint sched:sched_switch | Select-Object -First 2 | Out-Null
        Wait-Condition { (Get-DescriptorCount) -le $before } 5 | Should -BeTrue
    }

    It 'accounts for every event' {
        Watch-Tracepoint syscalls:sys_enter_write -BufferSize 4KB -SummaryVariable summary -WarningAction Ignore -Command dd -ArgumentList if=/dev/zero, of=/dev/null, bs=1, count=100000, status=none |
            Out-Null
        $summary.Events + $summary.Lost | Should -Be 100000
    }

    It 'has call stacks with names' {
        $stack = (Watch-Tracepoint syscalls:sys_enter_write -CallStack -MaxEvents 1 -Command dd -ArgumentList if=/dev/zero, of=/dev/null, bs=1, count=1, status=none).CallStack
        $stack.User[0] | Should -BeLike '*write+0x* (libc.so.6)'
    }

    It 'takes processes and tracepoints from the pipeline' {
        $sleeper = Start-Process sleep -ArgumentList 0.3 -PassThru
        @($sleeper | Watch-Tracepoint sched:sched_process_exit).ThreadId | Should -Be $sleeper.Id
        (Get-Tracepoint sched:sched_switch | Watch-Tracepoint -MaxEvents 1).EventName | Should -Be sched:sched_switch
    }

    It 'completes events' {
        (TabExpansion2 'Watch-Tracepoint sched:sched_sw' -cursorColumn 31).CompletionMatches.CompletionText | Should -Contain sched:sched_switch
    }
}
