BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

Describe 'Watch-PerfSample' {
    It 'gives the samples of a command' {
        $samples = Watch-PerfSample -Event page-faults -Period 1 -- ls /usr
        ($samples | Group-Object EventName).Name | Should -Be 'page-faults'
        $samples.CommandName | Should -Contain 'ls'
        $samples | Select-Object -First 2 | Out-String -Width 140 | Should -Match 'Timestamp +Cpu +ThreadId +CommandName +EventName +Frame'
    }

    It 'takes processes of the pipeline' {
        $samples = Get-Process -Id $PID | Watch-PerfSample -Event cpu-clock -Frequency 99 -Duration 0.3
        if ($samples) { ($samples.ProcessId | Select-Object -Unique) | Should -Be $PID }
    }

    It 'leaves nothing open when the pipeline has enough' {
        Watch-PerfSample -Event page-faults -Period 1 -- ls /usr | Select-Object -First 1 | Out-Null
        Start-Sleep -Milliseconds 300
        $before = Get-DescriptorCount
        foreach ($i in 1..5) { (Watch-PerfSample -Event page-faults -Period 1 -- ls /usr | Select-Object -First 1).EventName | Should -Be 'page-faults' }
        Start-Sleep -Milliseconds 300
        Get-DescriptorCount | Should -BeLessOrEqual $before
        Get-ChildProcessId | Should -BeNullOrEmpty
    }

    It 'stops at once' {
        $shell = [powershell]::Create().AddScript("Import-Module '$((Get-Module PerfTrace).Path)'; Watch-PerfSample -AllCpu -Event cpu-clock -Frequency 49")
        $running = $shell.BeginInvoke()
        Start-Sleep -Milliseconds 2500
        $running.IsCompleted | Should -BeFalse
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $clock.ElapsedMilliseconds | Should -BeLessThan 1500
        $shell.Dispose()
    }

    It 'tells what is wrong with an event' {
        { Watch-PerfSample -Event no-such-event -ErrorAction Stop -- true } | Should -Throw -ErrorId 'EventNotFound,PerfTrace.Commands.WatchPerfSampleCommand'
    }
}
