BeforeDiscovery {
    $hasTerminal = [bool](Get-Command tmux -CommandType Application -ErrorAction Ignore)
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
}

# What a user does at a prompt, key by key, in a terminal of its own.
Describe 'A session in a terminal' -Skip:(-not $hasTerminal) {
    BeforeAll {
        $socket = "perftrace-$PID"
        $prompt = 'ready>'

        function Invoke-Terminal { tmux -L $socket @args }
        function Get-Screen { (Invoke-Terminal capture-pane -p -t main) -join "`n" }
        function Send-Key { Invoke-Terminal send-keys -t main @args }
        function Wait-Screen([string] $Pattern, [double] $Seconds = 20) {
            $null = Wait-Condition -Seconds $Seconds { (Get-Screen) -match $Pattern }
            Get-Screen | Should -Match $Pattern
        }
        # The screen empty but for a prompt.
        function Clear-Screen {
            Send-Key C-l
            Wait-Screen "\A$prompt\s*\z"
        }

        $pwsh = [Environment]::ProcessPath
        Invoke-Terminal -f /dev/null new-session -d -s main -x 120 -y 40 -e NO_COLOR=1 "$pwsh -NoProfile -NoLogo -NoExit -Command `"function prompt { '$prompt' }; Import-Module '$(Get-RepositoryRoot)/PerfTrace.psd1'; Set-PSReadLineOption -PredictionSource None -HistorySaveStyle SaveNothing`""
        Wait-Screen $prompt 30
    }

    AfterAll {
        Invoke-Terminal kill-server
    }

    BeforeEach {
        Clear-Screen
    }

    It 'completes an event with Tab' {
        Send-Key 'Get-PerfCounter -Event page-fa' Tab
        Wait-Screen "-Event page-faults"
        Send-Key ' -- true' Enter
        Wait-Screen 'page-faults\s+100\.0(.|\n)*ready>'
    }

    It 'shows the choices of a field, and takes a filter' {
        Send-Key 'Watch-Tracepoint sched:sched_process_exec -Where filen' Tab
        Wait-Screen ([regex]::Escape("-Where { `$_.filename -eq '' }"))
        Send-Key C-u
        Send-Key 'Watch-Tracepoint sched:sched_switch -Filter prev_' Tab Tab
        Wait-Screen 'prev_comm\s+prev_pid|prev_pid\s+prev_prio'
        Send-Key C-c
    }

    It 'ends a stream by Ctrl-C, and has the prompt back at once' {
        Send-Key "Watch-Tracepoint sched:sched_switch | ForEach-Object { `$n++ }" Enter
        Wait-Screen 'Watch-Tracepoint'
        Start-Sleep -Milliseconds 1500
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        Send-Key C-c
        Wait-Screen "(?s)Watch-Tracepoint.*\n$prompt\s*\z" 10
        # tmux and the shell's own drawing take some of it.
        $clock.Elapsed.TotalMilliseconds | Should -BeLessThan 1500
        Send-Key '"seen $($n -gt 0), left $(@(Get-PerfTraceResource).Count)"' Enter
        Wait-Screen '(?m)^seen True, left 0$'
    }

    It 'prints the maps of a script that Ctrl-C ends' {
        Send-Key "Invoke-BpfTrace 'BEGIN { @x = 42; printf(`"begun\n`"); } interval:s:60 { } END { printf(`"ended\n`"); }' -AsText" Enter
        Wait-Screen '(?m)^begun$'
        Send-Key C-c
        Wait-Screen '(?s)^ended$.*^@x: 42$.*ready>'.Replace('(?s)', '(?sm)')
    }

    It 'tells what a script has lost that Ctrl-C ends' {
        Send-Key "Invoke-BpfTrace 'config = { max_map_keys = 1 } BEGIN { @x[1] = 1; @x[2] = 2; printf(`"begun\n`"); } interval:s:60 { }' -AsText" Enter
        Wait-Screen '(?m)^begun$'
        Send-Key C-c
        Wait-Screen '(?sm)^@x\[1\]: 1$.*^WARNING: The map @x was full: 1 updates were lost.*ready>'
    }

    It 'prints what an end says, the maps and what was lost of a script that prints without pause: <Form>' -ForEach @(
        @{ Form = 'text'; Options = '-AsText' }
        @{ Form = 'objects'; Options = '| ForEach-Object { "$_" }' }
    ) {
        # The pipeline is at an object nearly always: that is where Ctrl-C finds it.
        $script = 'config = { max_map_keys = 1 } BEGIN { @x[1] = 1; @x[2] = 2; } interval:us:50 { print(1234567); } END { printf("ended\n"); }'
        Send-Key "Invoke-BpfTrace '$script' $Options" Enter
        Wait-Screen '(?m)^1234567$(.|\n)*^1234567$'
        Start-Sleep -Seconds 1
        Send-Key C-c
        Wait-Screen '(?sm)^ended$.*^@x\[1\]: 1$.*^WARNING: The map @x was full: 1 updates were lost.*ready>'
    }

    It 'shows what a tool has counted that q ends' {
        Send-Key "(Start-BpfTool runqlat | Measure-Object Count -Sum).Sum -gt 0" Enter
        Start-Sleep -Milliseconds 2500
        Send-Key q
        Wait-Screen "(?m)^True\s*`$(.|\n)*$prompt"
    }

    It 'draws a live top, survives a new size of the terminal, and leaves with q' {
        Send-Key "Watch-PerfTop -Event cpu-clock -Frequency 99 -Interval 0.3 -First 5 -- sh -c 'while :; do :; done'" Enter
        Wait-Screen '(?m)samples in .*\n(.*\n)*?.*Self\s+Samples\s+Module\s+Symbol'
        Invoke-Terminal resize-window -t main -x 80 -y 20
        Wait-Screen '(?m)samples in '
        # Nothing is wider than the terminal is now, and the rows still change.
        $first = Get-Screen
        $null = Wait-Condition -Seconds 10 { (Get-Screen) -ne $first }
        Get-Screen | Should -Not -Be $first
        foreach ($line in (Get-Screen) -split '\n') { $line.Length | Should -BeLessOrEqual 80 }
        Send-Key q
        Wait-Screen "(?s)Interval until.*$prompt\s*\z"
        Invoke-Terminal resize-window -t main -x 120 -y 40
    }

    It 'says what is wrong, with the nearest name' {
        Send-Key 'Get-PerfCounter -Event page-fault5 -- true' Enter
        Wait-Screen "There is no event 'page-fault5'(.|\n)*page-faults"
    }
}
