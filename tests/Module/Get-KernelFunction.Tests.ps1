BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

AfterAll {
    Get-TraceInstance | Where-Object IsOwned | Remove-TraceInstance
}

Describe 'Get-KernelFunction' {
    It 'finds functions by name and wildcard, with regard to case' {
        (Get-KernelFunction vfs_read -WarningAction SilentlyContinue)[0].Name | Should -Be vfs_read
        (Get-KernelFunction vfs_re* -WarningAction SilentlyContinue).Name | Should -Contain vfs_readv
        Get-KernelFunction VFS_READ* -WarningAction SilentlyContinue | Should -BeNullOrEmpty
    }

    It 'takes its own objects, those of no module too' {
        (Get-KernelFunction vfs_read -WarningAction SilentlyContinue | Get-KernelFunction -WarningAction SilentlyContinue).Name | Should -Be vfs_read
    }

    It 'refuses what can not be a pattern' {
        { Get-KernelFunction 'vfs_[' -ErrorAction Stop } | Should -Throw '*''vfs_`['' is no pattern*'
    }

    It 'gives the nearest names' {
        Get-KernelFunction vfs_raed -WarningAction SilentlyContinue -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].Exception.Message | Should -Match 'Did you mean vfs_read'
    }

    It 'warns where the kernel does not tell which can be traced' {
        $functions = Get-KernelFunction vfs_read -WarningVariable warnings -WarningAction SilentlyContinue
        [bool]$warnings | Should -Be ($null -eq $functions[0].IsTraceable)
    }
}
