BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

AfterAll {
    Get-TraceInstance | Where-Object IsOwned | Remove-TraceInstance
}

Describe 'New-TraceInstance' {
    It 'makes one of this session and gives it as an object' {
        $instance = New-TraceInstance pester-new -BufferSize 64KB -Clock mono
        $instance.PSTypeNames[0] | Should -Be PerfTrace.Tracing.TraceInstance
        $instance.Name | Should -Be pester-new
        $instance.Instance | Should -BeLike "perftrace_${PID}_*_pester-new"
        $instance.Clock | Should -Be mono
        $instance.BufferSize | Should -BeGreaterOrEqual 64KB
        $instance | Format-Table | Out-String -Width 120 | Should -Match 'Name\s+On\s+Tracer\s+Clock\s+Bytes/CPU\s+EnabledEvents'
    }

    It 'takes names from the pipeline, and goes on after a bad one' {
        $made = 'pester-a', 'a b', 'pester-b' | New-TraceInstance -ErrorVariable problems -ErrorAction SilentlyContinue
        $made.Name | Should -Be @('pester-a', 'pester-b')
        $problems[0].FullyQualifiedErrorId | Should -Be 'InvalidName,PerfTrace.Commands.NewTraceInstanceCommand'
    }

    It 'does nothing with -WhatIf' {
        New-TraceInstance pester-what -WhatIf | Should -BeNullOrEmpty
        Get-TraceInstance pester-what* | Should -BeNullOrEmpty
    }

    It 'completes clocks' {
        (Get-Completion 'New-TraceInstance x -Clock mono').CompletionText | Should -Contain mono_raw
    }

    It 'is gone when the module is removed, and when the process exits' {
        $root = Get-RepositoryRoot
        $lines = Invoke-NewShell "Import-Module $root/PerfTrace.psd1; `$i = New-TraceInstance left; `$i.Path; Remove-Module PerfTrace; Test-Path `$i.Path"
        $lines[-1] | Should -Be False
        $path = Invoke-NewShell "Import-Module $root/PerfTrace.psd1; `$null = Enable-Tracepoint sched:sched_process_exec; (New-TraceInstance left).Path" | Select-Object -Last 1
        Test-Path $path | Should -BeFalse
    }

    It 'is gone after SIGTERM' {
        $root = Get-RepositoryRoot
        $script = "Import-Module $root/PerfTrace.psd1; (New-TraceInstance left).Path | Set-Content $TestDrive/path; Start-Sleep 60"
        $shell = Start-Process -FilePath (Get-Process -Id $PID).Path -ArgumentList '-NoProfile', '-NonInteractive', '-Command', "`"$script`"" -PassThru
        Wait-Condition { (Test-Path $TestDrive/path) -and (Get-Content $TestDrive/path) } -Seconds 30 | Should -BeTrue
        $path = Get-Content $TestDrive/path
        Test-Path $path | Should -BeTrue
        kill -TERM $shell.Id
        $shell.WaitForExit(10000) | Should -BeTrue
        Test-Path $path | Should -BeFalse
    }
}
