BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

AfterAll {
    Get-TraceInstance | Where-Object IsOwned | Remove-TraceInstance
}

Describe 'Save-TraceSnapshot' {
    It 'sets the buffer aside, or says that the kernel can not' {
        $instance = New-TraceInstance pester-snap
        Write-TraceMarker hello -Instance pester-snap
        $snapshot = Save-TraceSnapshot -Instance pester-snap -ErrorVariable problems -ErrorAction SilentlyContinue
        if (Test-Path "$($instance.Path)/snapshot") {
            $problems | Should -BeNullOrEmpty
            $snapshot.IsAllocated | Should -BeTrue
            Get-Content $snapshot.Path -Raw | Should -Match hello
        }
        else {
            $snapshot | Should -BeNullOrEmpty
            $problems[0].FullyQualifiedErrorId | Should -Be 'NotSupported,PerfTrace.Commands.SaveTraceSnapshotCommand'
            $problems[0].ErrorDetails.RecommendedAction | Should -Match CONFIG_TRACER_SNAPSHOT
        }
    }

    It 'takes one way alone' {
        { Save-TraceSnapshot -Clear -Free } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
    }
}
