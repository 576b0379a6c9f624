BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

Describe 'Invoke-BpfTrace' {
    It 'gives prints as objects, with the names that the format has' {
        $print = Invoke-BpfTrace 'BEGIN { printf("pid=%d comm=%s\n", pid, comm); exit(); }'
        $print.pid | Should -Be $PID
        $print.comm | Should -BeOfType [string]
        $print.Values[0] | Should -Be $PID
        $print.Text | Should -Be "pid=$PID comm=$($print.comm)`n"
        $print.Probe | Should -Be begin
    }

    It 'gives maps as typed entries' {
        $entries = Invoke-BpfTrace 'BEGIN { @a["x"] = 5; @b[1, "y"] = count(); @c = avg(4); @c = avg(8); @d = "text"; exit(); }'
        $entries.Map | Should -Be @('@a', '@b', '@c', '@d')
        $entries[0].Key | Should -Be x
        $entries[0].Value | Should -Be 5
        $entries[1].Key | Should -Be @(1, 'y')
        $entries[2].Value | Should -Be 6
        $entries[3].Value | Should -Be text
    }

    It 'gives histograms as buckets, and draws them' {
        $entry = Invoke-BpfTrace 'BEGIN { @ = hist(5); @ = hist(6); @ = hist(70); exit(); }'
        $buckets = $entry.Buckets | Where-Object Count
        $buckets.Low | Should -Be @(4, 64)
        $buckets.High | Should -Be @(7, 127)
        $buckets | ForEach-Object { $_.Count } | Should -Be @(2, 1)
        $entry | Out-String | Should -Match '\[4, 8\)\s+2 \|@{52}\|'
    }

    It 'shows prints and maps of one script with one view' {
        $text = Invoke-BpfTrace 'BEGIN { @x = 1; print(@x); printf("a\n"); print((1, "two")); exit(); }' | Out-String
        $text | Should -Match '(?m)^@x: 1\s+^a\s+^\(1, two\)\s+^@x: 1'
    }

    It 'runs tests of a script, whose failures are errors' {
        $results = Invoke-BpfTrace 'begin { @m = 4; } test:good { return @m != 4; } test:bad { printf("why\n"); return 3; }' -Test -ErrorAction SilentlyContinue -ErrorVariable failed
        $results.Passed | Should -Be @($true, $false)
        $results[1].Output | Should -Be "why`n"
        $failed.Count | Should -Be 1
        "$($failed[0])" | Should -BeLike "*the test 'bad' failed: it returned 3"
        { Invoke-BpfTrace 'test:bad { return 1; }' -Test -ErrorAction Stop } | Should -Throw "*the test 'bad' failed*"
        $results | Out-String | Should -Match 'good\s+True\s+0'
    }

    It 'measures benchmarks of a script' {
        $results = Invoke-BpfTrace 'bench:nothing { } bench:loop { for ($i : 0..1000) { @ = $i; } }' -Benchmark
        $results.Name | Should -Be @('nothing', 'loop')
        $results[1].Nanoseconds | Should -BeGreaterThan $results[0].Nanoseconds
        $results | Out-String | Should -Match 'Time \(ns\)'
    }

    It 'gives exactly the text with -AsText' {
        Invoke-BpfTrace 'BEGIN { printf("one "); printf("line\n"); printf("%d", $1); exit(); }' 7 -AsText | Should -Be @('one line', '7')
    }

    It 'traces a command from its start to its end' {
        $entries = Invoke-BpfTrace 'tracepoint:syscalls:sys_enter_openat /comm == "cat"/ { @[str(args.filename)] = count(); }' -Command cat, /etc/hostname |
            Where-Object { $_ -isnot [string] }
        ($entries | Where-Object Key -EQ /etc/hostname).Value | Should -Be 1
    }

    It 'ends by itself after -Duration' {
        (Measure-Command { Invoke-BpfTrace 'interval:ms:50 { @n = count(); }' -Duration 0.5 }).TotalSeconds | Should -BeGreaterThan 0.5
    }

    It 'reads a script of a file' {
        $path = Join-Path $TestDrive a.bt
        'BEGIN { printf("%s\n", str($1)); exit(); }' | Set-Content $path
        (Invoke-BpfTrace -Path $path -ArgumentList word).Text | Should -Be "word`n"
    }

    It 'says what is wrong: <Line>' -ForEach @(
        @{ Line = 'Invoke-BpfTrace "BEGIN { printf(`"%d`", pidd); }"'; Id = 'ScriptError'; Text = 'pidd' }
        @{ Line = 'Invoke-BpfTrace "BEGIN {"'; Id = 'ScriptError'; Text = 'stdin:1' }
        @{ Line = 'Invoke-BpfTrace "tracepoint:sched:sched_swich { }"'; Id = 'ScriptError'; Text = 'sched_switch' }
        @{ Line = 'Invoke-BpfTrace "BEGIN { system(`"ls`"); }"'; Id = 'ScriptError'; Text = 'system' }
        @{ Line = 'Invoke-BpfTrace "BEGIN { }" -ProcessId 4194304'; Id = 'TargetGone'; Text = 'process 4194304' }
        @{ Line = 'Invoke-BpfTrace -Path /no/such.bt'; Id = 'FileNotFound|NotFound'; Text = '/no/such.bt' }
        @{ Line = 'Invoke-BpfTrace "BEGIN { }" -Command /no/such/program'; Id = 'CommandNotFound'; Text = '/no/such/program' }
    ) {
        $problem = $null
        try { & ([scriptblock]::Create($Line)) } catch { $problem = $_ }
        $problem.FullyQualifiedErrorId | Should -Match "^($Id),PerfTrace.Commands.InvokeBpfTraceCommand$"
        "$($problem.ErrorDetails.Message) $($problem.Exception.Message)" | Should -Match ([regex]::Escape($Text))
    }

    It 'shows the programs without running them' {
        $all = Invoke-BpfTrace 'BEGIN { @x = 1; }' -DryRun -Verbose 4>&1
        "$all" | Should -Match 'begin[\s\S]+call bpf_map_update_elem'
        "$all" | Should -Not -Match '@x: 1'
    }

    It 'ends with the process that it is for' {
        $process = Start-Process sleep 60 -PassThru
        $shell = [powershell]::Create().AddScript("Import-Module '$((Get-Module PerfTrace).Path)'; Invoke-BpfTrace 'interval:ms:10 { @pester_for = count(); }' -ProcessId $($process.Id)")
        try {
            $run = $shell.BeginInvoke()
            Wait-Condition { Get-BpfMap AT_pester_for* } -Seconds 20 | Should -BeTrue
            $run.AsyncWaitHandle.WaitOne(300) | Should -BeFalse
            $process.Kill()
            $run.AsyncWaitHandle.WaitOne(5000) | Should -BeTrue
            $shell.EndInvoke($run).Map | Should -Be '@pester_for'
        }
        finally {
            $process.Kill()
            $shell.Dispose()
        }
    }

    It 'tells of stacks that found no room while it runs, and what helps' {
        # Programs are mapped somewhere else each time, and of some 10,000 stacks a few hundred have the place of another.
        $null = Invoke-BpfTrace 'tracepoint:syscalls:sys_enter_mmap { @[ustack(8)] = count(); }' -Command bash, -c, 'for ((i=0;i<800;i++)); do /bin/true; done; sleep 1.6' -WarningVariable warnings -WarningAction SilentlyContinue
        @($warnings)[0] | Should -Match '^\d+ call stacks were lost until now: .* kstack\(3\)'
        @($warnings)[-1] | Should -Match '^\d+ call stacks were lost: '
    }

    It 'says that descriptors have run out, and gives those back that it has' {
        $script = "Import-Module '$((Get-Module PerfTrace).Path)'" + @'
;
        function Get-Count { [System.IO.Directory]::GetFileSystemEntries('/proc/self/fd').Count }
        $before = Get-Count
        try { $null = Invoke-BpfTrace 'tracepoint:syscalls:sys_enter_* { @[probe] = count(); @k[kstack(3)] = count(); }' -Duration 0.1 } catch { $_.FullyQualifiedErrorId }
        # Those of tracepoints are closed in the background.
        foreach ($round in 1..300) { if ((Get-Count) -le $before + 20) { 'given back'; break }; Start-Sleep -Milliseconds 100 }
'@
        $command = [Convert]::ToBase64String([System.Text.Encoding]::Unicode.GetBytes($script))
        # More than the shell needs, fewer than there are system calls.
        $told = bash -c "ulimit -n 600; exec '$([Environment]::ProcessPath)' -NoProfile -NonInteractive -EncodedCommand $command" 2>&1
        $told | Should -Be 'NoFileDescriptors,PerfTrace.Commands.InvokeBpfTraceCommand', 'given back'
    }

    It 'leaves nothing in the kernel when it is stopped' {
        $shell = [powershell]::Create().AddScript("Import-Module '$((Get-Module PerfTrace).Path)'; Invoke-BpfTrace 'tracepoint:sched:sched_switch { @pester_stop = count(); }'")
        try {
            $run = $shell.BeginInvoke()
            Wait-Condition { Get-BpfMap AT_pester_stop* } -Seconds 20 | Should -BeTrue
            $shell.Stop()
        }
        finally {
            $shell.Dispose()
        }
        Wait-Condition { -not (Get-BpfMap AT_pester_stop*) } -Seconds 10 | Should -BeTrue
    }
}
