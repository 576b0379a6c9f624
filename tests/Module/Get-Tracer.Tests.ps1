BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

AfterAll {
    Get-TraceInstance | Where-Object IsOwned | Remove-TraceInstance
}

Describe 'Get-Tracer' {
    It 'lists what the kernel has' {
        $names = (Get-Content "$((Get-TraceInstance -TopLevel).Path)/available_tracers") -split ' ' | Where-Object { $_ }
        (Get-Tracer -TopLevel).Name | Should -Be $names
        (Get-Tracer -TopLevel | Where-Object IsCurrent).Name | Should -HaveCount 1
    }

    It 'takes wildcards, completes names, and tells what there is instead of a wrong one' {
        (Get-Tracer NO* -TopLevel).Name | Should -Be nop
        (Get-Completion 'Get-Tracer no').CompletionText | Should -Contain nop
        Get-Tracer nosuch -TopLevel -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].Exception.Message | Should -Match 'There are: .*nop'
    }
}
