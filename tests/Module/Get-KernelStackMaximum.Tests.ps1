BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

AfterAll {
    Get-TraceInstance | Where-Object IsOwned | Remove-TraceInstance
}

Describe 'Get-KernelStackMaximum' {
    It 'reads the stack tracer, or says that the kernel has none' {
        $maximum = Get-KernelStackMaximum -ErrorVariable problems -ErrorAction SilentlyContinue
        if (Test-Path "$((Get-TraceInstance -TopLevel).Path)/stack_max_size") {
            $maximum.PSTypeNames[0] | Should -Be PerfTrace.Tracing.KernelStackMaximum
        }
        else {
            $problems[0].FullyQualifiedErrorId | Should -Be 'NotSupported,PerfTrace.Commands.GetKernelStackMaximumCommand'
        }
    }

    It 'refuses a wrong duration' {
        { Get-KernelStackMaximum -Duration soon } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,*'
    }
}
