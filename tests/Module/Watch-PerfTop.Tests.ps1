BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

Describe 'Watch-PerfTop' {
    It 'gives a batch of rows for each interval' {
        $rows = Watch-PerfTop -NoDisplay -Event cpu-clock -Frequency 999 -Interval 0.3 -Duration 1 -- sh -c 'while :; do :; done'
        ($rows | Group-Object Timestamp).Count | Should -BeGreaterThan 1
        foreach ($interval in $rows | Group-Object Timestamp) {
            [Math]::Round(($interval.Group | Measure-Object SelfPercent -Sum).Sum, 6) | Should -Be 100
        }
        $rows | Select-Object -First 2 | Out-String -Width 140 | Should -Match 'Children +Self +Samples +Event +Name'
    }

    It 'has what script blocks and fields say as properties' {
        $rows = Watch-PerfTop -Event page-faults -Period 1 -Interval 5 -GroupBy { $_.ProcessId -gt 0 } -- true | Write-Output
        ($rows | Select-Object -First 1).'$_.ProcessId -gt 0' | Should -BeTrue
    }

    It 'leaves nothing open when the pipeline has enough' {
        Watch-PerfTop -Event cpu-clock -Frequency 99 -Interval 0.2 | Select-Object -First 1 | Out-Null
        Start-Sleep -Milliseconds 300
        $before = Get-DescriptorCount
        foreach ($i in 1..3) { (Watch-PerfTop -Event cpu-clock -Frequency 99 -Interval 0.2 | Select-Object -First 1).Event | Should -Be 'cpu-clock' }
        Start-Sleep -Milliseconds 300
        Get-DescriptorCount | Should -BeLessOrEqual $before
    }

    It 'stops at once, also within a long interval' {
        $shell = [powershell]::Create().AddScript("Import-Module '$((Get-Module PerfTrace).Path)'; Watch-PerfTop -Event cpu-clock -Frequency 49 -Interval 60")
        $running = $shell.BeginInvoke()
        Start-Sleep -Milliseconds 2500
        $running.IsCompleted | Should -BeFalse
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $clock.ElapsedMilliseconds | Should -BeLessThan 1500
        $shell.Dispose()
    }

    It 'draws in place in a terminal, and leaves its last rows' -Skip:(-not (Get-Command script -CommandType Application -ErrorAction Ignore)) {
        $line = "Import-Module '$(Join-Path (Get-Module PerfTrace).ModuleBase PerfTrace.psd1)'; Watch-PerfTop -Event cpu-clock -Frequency 99 -Interval 0.4 -Duration 1 -First 3 -- sh -c 'while :; do :; done'"
        $command = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($line))
        $env:TERM, $term = 'xterm', $env:TERM
        try { $text = script -qec "$([Environment]::ProcessPath) -NoProfile -EncodedCommand $command" /dev/null | Out-String }
        finally { $env:TERM = $term }
        $text | Should -Match '\[\?1049h(.|\n)*samples in (.|\n)*Self +Samples +Module +Symbol(.|\n)*\[\?1049l(.|\n)*Interval until'
    }

    It 'tells what is wrong with an event' {
        { Watch-PerfTop -Event no-such-event -ErrorAction Stop } | Should -Throw -ErrorId 'EventNotFound,PerfTrace.Commands.WatchPerfTopCommand'
    }
}
