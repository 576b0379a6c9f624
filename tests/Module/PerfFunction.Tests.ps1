BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    $root = Get-RepositoryRoot

    # Runs a script in a shell of its own that has the function perf.
    function Invoke-WithPerf([string] $Script) {
        Invoke-NewShell "Import-Module '$root/PerfTrace.psd1' -ArgumentList perf; Set-Location '$TestDrive'; $Script"
    }
}

Describe 'The function perf' {
    It 'is there only when it is asked for, and goes with the module' {
        Invoke-NewShell "Import-Module '$root/PerfTrace.psd1'; (Get-Command perf -CommandType Function -ErrorAction Ignore).Count; (Get-Command -Module PerfTrace -CommandType Function).Count" | Should -Be 0, 0
        Invoke-WithPerf '(Get-Command perf).CommandType; Remove-Module PerfTrace; Test-Path function:perf' | Should -Be Function, False
        Invoke-NewShell "Import-Module '$root/PerfTrace.psd1' -ArgumentList strace" | Out-String | Should -Match 'strace'
    }

    It 'leaves a function of the user alone that came later' {
        Invoke-WithPerf 'function global:perf { "mine" }; Remove-Module PerfTrace; perf' | Should -Be mine
    }

    It 'gives the line of the cmdlet: <Line>' -ForEach @(
        @{ Line = 'perf stat -e page-faults,cs -r 2 -- true'; Expected = "Get-PerfCounter -Event 'page-faults,cs' -Repeat 2 -- true" }
        @{ Line = 'perf stat -e cs:u -e page-faults:k true'; Expected = 'Get-PerfCounter -Event cs:u,page-faults:k -- true' }
        @{ Line = 'perf stat -ecs:u --repeat=2 sh -c "exit 3"'; Expected = "Get-PerfCounter -Event cs:u -Repeat 2 -- sh '-c' 'exit 3'" }
        @{ Line = "perf stat -e '{cs,page-faults}' true"; Expected = "Get-PerfCounter -Event '{cs,page-faults}' -- true" }
        @{ Line = 'perf stat -p $PID -I 50 --timeout 120 -e cs'; Expected = 'Get-PerfCounter -ProcessId \d+ -Interval 0.05 -Duration 0.12 -Event cs' }
        @{ Line = 'perf stat -a -C 0 -e cs -- sleep 0.1'; Expected = 'Get-PerfCounter -Cpu 0 -Event cs -Duration 0.1' }
        @{ Line = 'perf stat -e cs --% -- echo a,b "c d"'; Expected = "Get-PerfCounter -Event cs -- echo 'a,b' 'c d'" }
        @{ Line = '$files = "a", "b"; perf stat -e cs echo @files'; Expected = 'Get-PerfCounter -Event cs -- echo a b' }
        @{ Line = 'perf record -F99 -e cpu-clock -g -o a.data -- true'; Expected = 'Start-PerfRecord -Frequency 99 -Event cpu-clock -CallStack FramePointer -Path a.data -Wait -- true' }
        @{ Line = 'perf record -e cpu-clock --call-graph dwarf,4096 true'; Expected = 'Start-PerfRecord -Event cpu-clock -CallStack Dwarf -StackSize 4096 -Wait -- true' }
        @{ Line = 'perf list sw'; Expected = 'Get-PerfEvent -Kind Software,Tool' }
        @{ Line = 'perf trace -e openat,close --max-events 2 -- true'; Expected = 'Watch-Tracepoint -Event syscalls:sys_enter_openat,syscalls:sys_exit_openat,syscalls:sys_enter_close,syscalls:sys_exit_close -MaxEvents 2 -- true' }
    ) {
        # The verbose stream of the function, not of what it calls.
        $said = Invoke-WithPerf "`$VerbosePreference = 'Continue'; & {`n$Line`n} 4>&1 | Where-Object { `$_ -is [System.Management.Automation.VerboseRecord] } | ForEach-Object Message"
        $pattern = if ($Expected.Contains('\d+')) { ($Expected -split '\\d\+' | ForEach-Object { [regex]::Escape($_) }) -join '\d+' } else { [regex]::Escape($Expected) }
        @($said)[0] | Should -Match "^$pattern`$" -Because "$said"
    }

    It 'counts, records, reports and lists' {
        $text = Invoke-WithPerf '
            perf stat -e page-faults,task-clock -- true | ForEach-Object Event
            (perf record -e cpu-clock -F 999 -o x.data -- dd if=/dev/zero of=/dev/null bs=64k count=20000 status=none).State
            (perf report -i x.data --stdio --no-children | Select-Object -First 1).GetType().Name
            (perf script -i x.data | Select-Object -First 1).EventName
            (perf list context-switches).Name
            (perf trace -e close --max-events 1 true).EventName'
        $text[0..3] | Should -Be 'page-faults', 'task-clock', 'Completed', 'PerfReportEntry'
        $text[4] | Should -BeLike 'cpu-clock*'
        $text[5] | Should -Be context-switches
        $text[6] | Should -BeLike 'syscalls:sys_*_close'
    }

    It 'sorts by self as perf does without children' {
        Invoke-WithPerf '
            $null = perf record -e cpu-clock -F 999 -g -o x.data -- dd if=/dev/zero of=/dev/null bs=64k count=20000 status=none
            $self = (perf report -i x.data --no-children).SelfPercent
            $self.Count -gt 3; "$self" -eq "$($self | Sort-Object -Descending)"' | Should -Be True, True
    }

    It 'tells what it does not know, with the cmdlet' {
        $text = Invoke-WithPerf 'perf stat --frobnicate true; "goes on"; $Error[0].FullyQualifiedErrorId; $Error[0].CategoryInfo.Category; $Error[0].TargetObject' | Out-String
        $text | Should -Match 'perf: The option --frobnicate of perf stat is not known here\. perf stat is Get-PerfCounter, whose parameters are -Command'
        $text | Should -Match '(?s)goes on.*PerfOptionNotFound,perf.*InvalidArgument.*--frobnicate'
        Invoke-WithPerf '$ErrorActionPreference = "Stop"; try { perf stat --frobnicate true; "not here" } catch { "stopped" }' | Should -Be stopped
        Invoke-WithPerf '$ErrorActionPreference = "Stop"; try { perf stat -e nosuch true; "not here" } catch { $_.FullyQualifiedErrorId }' | Should -Be 'EventNotFound,PerfTrace.Commands.GetPerfCounterCommand'
    }

    It 'leaves its status in $LASTEXITCODE' {
        Invoke-WithPerf 'perf stat -e cs true > $null; $LASTEXITCODE; perf stat -e nosuch true 2> $null; $LASTEXITCODE; perf stat --frobnicate 2> $null; $LASTEXITCODE; perf report -i /no/such/file 2> $null; $LASTEXITCODE
            perf list | Select-Object -First 1 > $null; $LASTEXITCODE' | Should -Be 0, 1, 129, 1, 0
    }

    It 'gives perf''s fields with -x' {
        $lines = Invoke-WithPerf "perf stat -x ',' -e page-faults,task-clock,duration_time true; perf stat '-x;' -r 2 -e cs true; perf stat -x '\t' -a -A -I 50 -e cs -- sleep 0.08"
        $lines[0] | Should -Match '^\d+,,page-faults,\d+,100\.00,\d+\.\d{3},/sec$'
        $lines[1] | Should -Match '^\d+\.\d\d,msec,task-clock,\d+,100\.00,\d\.\d{3},CPUs utilized$'
        $lines[2] | Should -Match '^\d+,ns,duration_time,'
        $lines[3] | Should -Match '^\d+;;cs;\d+\.\d\d%;\d+;100\.00;;$'
        $lines[4] | Should -Match '^ +0\.05\d{7}\tCPU0\t\d+\t\tcs\t\d+\t100\.00\t'
    }

    It 'says what it runs with -Verbose' {
        Invoke-WithPerf 'perf stat -Verbose -e cs true 4>&1' | Out-String | Should -Match 'Get-PerfCounter -Event cs -- true'
    }
}
