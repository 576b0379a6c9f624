BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

Describe 'Watch-FunctionTrace' {
    It 'traces, or says why it can not' {
        $before = (Get-TraceInstance).Count
        $calls = Watch-FunctionTrace vfs_read -Duration 0.5 -ErrorVariable problems -ErrorAction SilentlyContinue
        if ($problems) {
            $problems.Count | Should -Be 1
            $problems[0].FullyQualifiedErrorId | Should -Match '^(FunctionTracingDenied|NotSupported),PerfTrace.Commands.WatchFunctionTraceCommand$'
            $problems[0].ErrorDetails.RecommendedAction | Should -Match 'policy|CONFIG_FUNCTION_TRACER|locked down'
        }
        else {
            $calls.Function | Select-Object -Unique | Should -Be vfs_read
        }
        (Get-TraceInstance).Count | Should -Be $before
    }

    It 'refuses what contradicts itself' {
        { Watch-FunctionTrace vfs_read -MaxDepth 1 -ErrorAction Stop } | Should -Throw -ErrorId 'ContradictoryParameters,PerfTrace.Commands.WatchFunctionTraceCommand'
        { Watch-FunctionTrace vfs_read -Graph -StackTrace -ErrorAction Stop } | Should -Throw -ErrorId 'ContradictoryParameters,PerfTrace.Commands.WatchFunctionTraceCommand'
    }

    It 'does nothing with -WhatIf' {
        Watch-FunctionTrace vfs_read -WhatIf | Should -BeNullOrEmpty
    }
}
