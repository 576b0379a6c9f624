# What histograms do is tested in the guest (tests/PerfTrace.Cmdlets.Tests/Tracing/TraceHistogramGuestTests.cs): many kernels have none.
BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $tracefs = ((Get-Content /proc/self/mountinfo) -match ' - tracefs ' | Select-Object -First 1).Split(' ')[4]
    $hasHistograms = (Get-Content "$tracefs/README" -Raw).Contains('hist trigger')
}

Describe 'Histograms' {
    It 'are refused with what the kernel lacks: <Code>' -ForEach @(
        @{ Code = { New-TraceHistogram sched:sched_switch -Key next_pid }; Option = 'CONFIG_HIST_TRIGGERS' }
        @{ Code = { Get-TraceHistogram }; Option = 'CONFIG_HIST_TRIGGERS' }
        @{ Code = { Set-TraceHistogram * -Pause }; Option = 'CONFIG_HIST_TRIGGERS' }
        @{ Code = { Remove-TraceHistogram * }; Option = 'CONFIG_HIST_TRIGGERS' }
        @{ Code = { New-SyntheticEvent lat -Field 'u64 lat' }; Option = 'CONFIG_SYNTH_EVENTS' }
        @{ Code = { New-SyntheticEvent lat -Start sched:sched_waking -End sched:sched_switch -Key pid=next_pid }; Option = 'CONFIG_SYNTH_EVENTS' }
        @{ Code = { Get-SyntheticEvent }; Option = 'CONFIG_SYNTH_EVENTS' }
        @{ Code = { Remove-SyntheticEvent lat }; Option = 'CONFIG_SYNTH_EVENTS' }
    ) {
        if ($hasHistograms) {
            Set-ItResult -Skipped -Because 'this kernel has histograms'
        }
        $before = [System.IO.Directory]::GetDirectories("$tracefs/instances")
        $problem = @(& $Code 2>&1)[0]
        $problem.FullyQualifiedErrorId | Should -BeLike 'NotSupported,PerfTrace.Commands.*'
        $problem.CategoryInfo.Category | Should -Be NotImplemented
        $problem.ErrorDetails.RecommendedAction | Should -BeLike "*$Option*"
        [System.IO.Directory]::GetDirectories("$tracefs/instances") | Should -Be $before
    }

    It 'are refused for what can not stand in them: <Id>' -ForEach @(
        @{ Parameters = @{ Event = 'sched:sched_switch'; Key = 'a:size=9' }; Id = 'HistogramSyntax'; Category = 'ParserError' }
        @{ Parameters = @{ Event = 'sched:sched_switch'; Key = "a`nb" }; Id = 'HistogramSyntax'; Category = 'ParserError' }
        @{ Parameters = @{ Event = 'sched:sched_switch'; Key = 'a'; Variable = 'vals=b' }; Id = 'HistogramSyntax'; Category = 'ParserError' }
        @{ Parameters = @{ Event = 'sched:sched_switch'; Key = 'a'; Name = 'b/c' }; Id = 'HistogramSyntax'; Category = 'ParserError' }
        @{ Parameters = @{ Event = 'sched:sched_switch'; Key = 'a'; OnMax = @{ On = 'lat'; Action = 'save'; Argument = 'a)' } }; Id = 'HistogramSyntax'; Category = 'ParserError' }
        @{ Parameters = @{ Event = 'sched:sched_swich'; Key = 'a' }; Id = 'TracepointNotFound'; Category = 'ObjectNotFound' }
        @{ Parameters = @{ Event = 'sched:sched_switch'; Key = 'a'; Instance = 'perftrace-none' }; Id = 'InstanceNotFound'; Category = 'ObjectNotFound' }
        @{ Parameters = @{ Event = 'sched:sched_switch'; Key = 'a'; Instance = '../x' }; Id = 'InvalidName'; Category = 'InvalidArgument' }
    ) {
        New-TraceHistogram @Parameters -ErrorVariable problems -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problems.Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -Be "$Id,PerfTrace.Commands.NewTraceHistogramCommand"
        $problems[0].CategoryInfo.Category | Should -Be $Category
    }

    It 'that are to stay need a place that stays' {
        { New-TraceHistogram sched:sched_switch -Key next_pid -Persistent -ErrorAction Stop } | Should -Throw -ErrorId 'PersistentNeedsPlace,*'
        { New-SyntheticEvent lat -Start sched:sched_waking -End sched:sched_switch -Key pid -Persistent -ErrorAction Stop } | Should -Throw -ErrorId 'PersistentNeedsPlace,*'
    }

    It 'take actions as text or as a hashtable, and no others' {
        $type = (Get-Command New-TraceHistogram).Parameters.OnMatch.ParameterType.GetElementType()
        $action = [System.Management.Automation.LanguagePrimitives]::ConvertTo('sched:sched_waking trace(latency,$lat,next_pid)', $type)
        $action.On, $action.Action, ($action.Argument -join ' ') | Should -Be 'sched:sched_waking', 'trace', 'latency $lat next_pid'
        $parts = @{ On = 'lat'; Action = 'save'; Argument = 'comm', 'pid' }
        $action = [System.Management.Automation.LanguagePrimitives]::ConvertTo($parts, $type)
        "$action" | Should -Be 'lat save(comm,pid)'
        { New-TraceHistogram sched:sched_switch -Key next_pid -OnMax 'save it' } | Should -Throw -ErrorId 'CannotConvertArgument*'
    }

    It 'have a size that the kernel has: not <_>' -ForEach 0, 131073 {
        { New-TraceHistogram sched:sched_switch -Key next_pid -Size $_ } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
    }

    It 'are changed in some way' {
        { Set-TraceHistogram * -ErrorAction Stop } | Should -Throw -ErrorId 'NothingToDo,*'
        { Set-TraceHistogram * -Pause -Resume -ErrorAction Stop } | Should -Throw -ErrorId 'ContradictoryParameters,*'
    }

    It 'make nothing with -WhatIf' {
        $before = [System.IO.Directory]::GetDirectories("$tracefs/instances")
        New-TraceHistogram sched:sched_switch -Key next_pid -WhatIf -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        New-SyntheticEvent perftrace_test -Field 'u64 a' -WhatIf -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        [System.IO.Directory]::GetDirectories("$tracefs/instances") | Should -Be $before
        "$tracefs/events/synthetic/perftrace_test" | Should -Not -Exist
    }

    It 'complete events and fields' {
        (Get-Completion 'New-TraceHistogram sched:sched_swi').CompletionText | Should -Contain sched:sched_switch
        $fields = (Get-Completion 'New-TraceHistogram sched:sched_switch -Key ').CompletionText
        $fields | Should -Contain next_comm
        $fields | Should -Contain common_stacktrace
        (Get-Completion 'New-TraceHistogram sched:sched_switch -Value next_p').CompletionText | Sort-Object | Should -Be 'next_pid', 'next_prio'
    }
}
