BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

AfterAll {
    Get-BpfTrace -State Running | Stop-BpfTrace | Out-Null
}

Describe 'Start-BpfTrace' {
    It 'leaves the events of its tracepoints to all others who count them' {
        $count = { (Get-PerfCounter -Event syscalls:sys_enter_dup2 -Command bash, -c, 'for ((i = 0; i < 100; i++)); do echo 2> /dev/null; done').Value }
        $alone = & $count
        $alone | Should -BeGreaterThan 99
        $trace = Start-BpfTrace 'tracepoint:syscalls:sys_enter_dup2 { @ = count(); } tracepoint:syscalls:sys_exit_dup2 /pid == 1/ { @none = count(); }'
        try {
            & $count | Should -Be $alone
        } finally {
            $trace | Stop-BpfTrace | Out-Null
        }
        $trace.Maps['@'].Value | Should -BeGreaterOrEqual $alone
    }

    It 'reads maps while the script runs' {
        $trace = Start-BpfTrace 'BEGIN { @first = 1; } interval:ms:20 { @ = count(); }'
        $trace.State | Should -Be Running
        $trace.Maps.Keys | Should -Be @('@first', '@')
        $trace.Maps['@first'].Value | Should -Be 1
        $before = $trace.Maps['@'].Value
        Wait-Condition { $trace.Maps['@'].Value -gt $before } -Seconds 10 | Should -BeTrue
        $end = $trace | Stop-BpfTrace
        $end.Map | Should -Be @('@', '@first')
        $trace.State | Should -Be Completed
        $trace.Maps['@'].Value | Should -Be $end[0].Value
    }

    It 'gives what is printed once, unless it is kept' {
        $trace = Start-BpfTrace 'BEGIN { printf("n=%d\n", 7); } END { printf("end\n"); }'
        Wait-Condition { $trace.Waiting -eq 1 } -Seconds 10 | Should -BeTrue
        ($trace | Receive-BpfTrace -Keep).n | Should -Be 7
        ($trace | Receive-BpfTrace).n | Should -Be 7
        $trace | Receive-BpfTrace | Should -BeNullOrEmpty
        ($trace | Stop-BpfTrace).Text | Should -Be "end`n"
        $trace | Stop-BpfTrace | Should -BeNullOrEmpty
    }

    It 'shows a table' {
        $trace = Start-BpfTrace 'interval:s:1 { @ = 1; }'
        $trace | Out-String -Width 120 | Should -Match 'Id +State +Attached +Waiting +Elapsed +Title\s[-\s]+ +\d+ +Running +1 +0 +00:00:0\d +interval:s:1'
        $null = Stop-BpfTrace $trace.Id
        (Get-BpfTrace $trace.Id).State | Should -Be Completed
    }

    It 'is received until its end, and Ctrl-C ends the receiving alone' {
        $shell = [powershell]::Create().AddScript("Import-Module '$((Get-Module PerfTrace).Path)'; `$t = Start-BpfTrace 'interval:ms:20 { printf(`"x\n`"); @pester_receive = 1; }'; `$t | Receive-BpfTrace -Wait")
        try {
            $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
            $run = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]]::new(), $output)
            Wait-Condition { $output.Count -gt 3 } -Seconds 20 | Should -BeTrue
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $shell.Stop()
            $clock.Elapsed.TotalMilliseconds | Should -BeLessThan 500
            $run.IsCompleted | Should -BeTrue
            Get-BpfMap AT_pester_recei* | Should -Not -BeNullOrEmpty
        }
        finally {
            $shell.Commands.Clear()
            $null = $shell.AddScript('Get-BpfTrace -State Running | Stop-BpfTrace').Invoke()
            $shell.Dispose()
        }
        Wait-Condition { -not (Get-BpfMap AT_pester_recei*) } -Seconds 10 | Should -BeTrue
    }

    It 'leaves nothing behind <How>' -ForEach @(
        @{ How = 'when the shell exits'; Line = '' }
        @{ How = 'when the module is removed'; Line = 'Remove-Module PerfTrace; [Console]::WriteLine($t.State)' }
        @{ How = 'when the shell is killed'; Line = '[System.Diagnostics.Process]::GetCurrentProcess().Kill()' }
    ) {
        $answer = pwsh -NoProfile -Command "Import-Module '$(Get-RepositoryRoot)/PerfTrace.psd1'; `$t = Start-BpfTrace 'interval:s:1 { @pester_left = 1; }'; [Console]::WriteLine(`$t.State); $Line" 2>$null
        $answer | Should -Be $(if ($How -like '*removed') { 'Running', 'Completed' } else { 'Running' })
        Wait-Condition { -not (Get-BpfMap AT_pester_left*) } -Seconds 10 | Should -BeTrue
    }

    It 'counts what it does not keep' {
        $trace = Start-BpfTrace 'BEGIN { unroll(10) { printf("x"); } exit(); }' -MaxOutput 3
        Wait-Condition { $trace.State -eq 'Completed' } -Seconds 10 | Should -BeTrue
        $given = $trace | Receive-BpfTrace -WarningVariable warning 3>$null
        $given.Count | Should -Be 3
        "$warning" | Should -Match '^7 objects of script \d+ were dropped'
    }

    It 'leaves to Receive-BpfTrace what <Command> did not hand over' -ForEach @{ Command = 'Receive-BpfTrace' }, @{ Command = 'Stop-BpfTrace' } {
        $trace = Start-BpfTrace 'BEGIN { printf("n=%d\n", 1); printf("n=%d\n", 2); printf("n=%d\n", 3); }'
        Wait-Condition { $trace.Waiting -eq 3 } -Seconds 20 | Should -BeTrue
        ($trace | & $Command | Select-Object -First 1).n | Should -Be 1
        ($trace | Receive-BpfTrace).n | Should -Be @(2, 3)
        $null = $trace | Stop-BpfTrace
    }

    It 'completes numbers' {
        $trace = Start-BpfTrace 'BEGIN { @ = 1; }'
        foreach ($line in 'Stop-BpfTrace -Id ', 'Receive-BpfTrace -Id ', 'Get-BpfTrace ') {
            (TabExpansion2 $line).CompletionMatches.CompletionText | Should -Contain "$($trace.Id)"
        }
        $null = $trace | Stop-BpfTrace
    }

    It 'says what is wrong: <Line>' -ForEach @(
        @{ Line = 'Start-BpfTrace "BEGIN {"'; Id = 'ScriptError'; Command = 'Start' }
        @{ Line = 'Start-BpfTrace -Path /no/such.bt'; Id = 'FileNotFound|NotFound'; Command = 'Start' }
        @{ Line = 'Start-BpfTrace "BEGIN { }" -Command /no/such/program'; Id = 'CommandNotFound'; Command = 'Start' }
        @{ Line = 'Stop-BpfTrace 99999 -ErrorAction Stop'; Id = 'BpfTraceNotFound'; Command = 'Stop' }
        @{ Line = 'Receive-BpfTrace 99999 -ErrorAction Stop'; Id = 'BpfTraceNotFound'; Command = 'Receive' }
        @{ Line = 'Get-BpfTrace 99999 -ErrorAction Stop'; Id = 'BpfTraceNotFound'; Command = 'Get' }
        @{ Line = 'Get-BpfTrace | Receive-BpfTrace -Wait -Keep'; Id = 'ContradictoryParameters'; Command = 'Receive' }
    ) {
        $problem = $null
        try { & ([scriptblock]::Create($Line)) } catch { $problem = $_ }
        $problem.FullyQualifiedErrorId | Should -Match "^($Id),PerfTrace.Commands.${Command}BpfTraceCommand$"
    }
}
