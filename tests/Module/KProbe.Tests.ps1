BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $tracefs = ((Get-Content /proc/self/mountinfo) -match ' - tracefs ' | Select-Object -First 1).Split(' ')[4]
    $hasKProbes = Test-Path "$tracefs/kprobe_events"
}

# What kprobes do on a kernel that has them is tested in the guest (tests/PerfTrace.Cmdlets.Tests, KProbeCommandTests).
Describe 'New-KProbe, Get-KProbe, Remove-KProbe' {
    It 'say on a kernel without kprobes which option it lacks: <Line>' -ForEach @(
        @{ Line = 'New-KProbe vfs_read' }
        @{ Line = 'Get-KProbe' }
        @{ Line = 'Remove-KProbe vfs_read' }
    ) {
        if ($hasKProbes) { Set-ItResult -Skipped -Because 'this kernel has kprobes' ; return }
        $null = Invoke-Expression "$Line -ErrorVariable problems -ErrorAction SilentlyContinue"
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'NotSupported,*'
        $problems[0].CategoryInfo.Category | Should -Be NotImplemented
        $problems[0].ErrorDetails.RecommendedAction | Should -BeLike '*CONFIG_KPROBE_EVENTS*'
    }

    It 'refuse what must not reach the kernel: <Id>' -ForEach @(
        @{ Parameters = @{ Symbol = "vfs_read`np:x/y do_exit" }; Id = 'InvalidProbe' }
        @{ Parameters = @{ Symbol = 'vfs_read'; Argument = "a`nb" }; Id = 'InvalidProbe' }
        @{ Parameters = @{ Symbol = 'vfs_read'; Name = "a`nb" }; Id = 'InvalidName' }
        @{ Parameters = @{ Symbol = 'vfs_read'; Group = 'a b' }; Id = 'InvalidName' }
    ) {
        $null = New-KProbe @Parameters -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].FullyQualifiedErrorId | Should -Be "$Id,PerfTrace.Commands.NewKProbeCommand"
    }

    It 'want -Return with -MaxActive' {
        { New-KProbe vfs_read -MaxActive 10 } | Should -Throw -ErrorId 'MaxActiveWithoutReturn,PerfTrace.Commands.NewKProbeCommand'
        { New-KProbe vfs_read -Return -MaxActive 5000 } | Should -Throw -ErrorId 'ParameterArgumentValidationError,PerfTrace.Commands.NewKProbeCommand'
    }

    It 'make a probe where the kernel has them' {
        if (-not $hasKProbes) { Set-ItResult -Skipped -Because 'this kernel has no kprobes' ; return }
        $probe = New-KProbe do_sys_openat2 -Argument 'filename=+0($arg2):ustring'
        try {
            ($probe | Get-Tracepoint).Fields.Name | Should -Contain filename
            (Get-KProbe do_sys_openat2).Hits | Should -Be 0
        }
        finally {
            $probe | Remove-KProbe
        }
        Get-KProbe "perftrace_$($PID)_*:*" | Should -BeNullOrEmpty
    }
}
