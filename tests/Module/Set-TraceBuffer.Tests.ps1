BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

AfterAll {
    Get-TraceInstance | Where-Object IsOwned | Remove-TraceInstance
}

Describe 'Set-TraceBuffer' {
    It 'takes sizes as PowerShell and as text' {
        $null = New-TraceInstance pester-size
        (Set-TraceBuffer -Size 64KB -Instance pester-size -PassThru).BufferSize | Should -BeGreaterOrEqual 65536
        (Set-TraceBuffer -Size '1MB' -Instance pester-size -PassThru).BufferSize | Should -BeGreaterOrEqual 1MB
        { Set-TraceBuffer -Size much -Instance pester-size } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,*'
    }

    It 'switches with On and Off' {
        $null = New-TraceInstance pester-switch
        $instance = Set-TraceBuffer -Overwrite Off -Tracing Off -Instance pester-switch -PassThru
        $instance.Overwrite | Should -BeFalse
        $instance.TracingOn | Should -BeFalse
    }

    It 'needs something to set' {
        { Set-TraceBuffer } | Should -Throw -ErrorId 'NothingToSet,PerfTrace.Commands.SetTraceBufferCommand'
    }

    It 'completes clocks' {
        (Get-Completion 'Set-TraceBuffer -Clock bo').CompletionText | Should -Contain boot
    }
}
