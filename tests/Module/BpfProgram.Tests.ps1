BeforeDiscovery {
    $hasBpftrace = [bool](Get-Command bpftrace -CommandType Application -ErrorAction Ignore) -and (id -u) -eq '0'
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

Describe 'Get-BpfProgram and Get-BpfLink' {
    It 'say what is not there: <Line>' -ForEach @(
        @{ Line = 'Get-BpfProgram pester_no_such'; Id = 'BpfObjectNotFound' }
        @{ Line = 'Get-BpfProgram -Id 4000000000'; Id = 'BpfObjectGone' }
        @{ Line = 'Get-BpfProgram -Id 0'; Id = 'BpfObjectNotFound' }
        @{ Line = 'Get-BpfProgram -1'; Id = 'BpfObjectNotFound' }
        @{ Line = 'Get-BpfMap 4294967296'; Id = 'BpfObjectNotFound' }
        @{ Line = 'Get-BpfLink 0'; Id = 'BpfObjectNotFound' }
        @{ Line = 'Get-BpfProgram -PinnedPath /sys/fs/bpf/pester_no_such'; Id = 'PinNotFound' }
        @{ Line = 'Get-BpfLink pester_no_such'; Id = 'BpfObjectNotFound' }
        @{ Line = 'Get-BpfLink -Id 4000000000'; Id = 'BpfObjectGone' }
        @{ Line = 'Get-BpfLink -PinnedPath /sys/fs/bpf/pester_no_such'; Id = 'PinNotFound' }
    ) {
        $problem = & ([scriptblock]::Create($Line)) 2>&1
        @($problem).Count | Should -Be 1
        $problem.FullyQualifiedErrorId | Should -BeLike "$Id,PerfTrace.Commands.GetBpf*Command"
        if ($Line -match ' (-1|0|4294967296)$') { $problem.Exception.Message | Should -BeLike "*$($Matches[1]): ids are numbers of 32 bits*" }
    }

    It 'read again what they gave, each by its id' {
        $one, $same = (New-BpfMap hash pester_twin), (New-BpfMap hash pester_twin)
        try {
            Lock-BpfMap $one
            $again = @($one, $same | Get-BpfMap)
            $again.Id | Should -Be @($one.Id, $same.Id)
            $again.IsFrozen | Should -Be @($true, $false)
        } finally {
            $one, $same | ForEach-Object Dispose
        }
        $problem = $one | Get-BpfMap 2>&1
        $problem.FullyQualifiedErrorId | Should -Be 'BpfObjectGone,PerfTrace.Commands.GetBpfMapCommand'
    }

    It 'find nothing by a wildcard without an error' {
        Get-BpfProgram pester_no_such* | Should -BeNullOrEmpty
        Get-BpfLink pester_no_such* | Should -BeNullOrEmpty
    }

    It 'complete types, in the words of the kernel' {
        (Get-Completion 'Get-BpfProgram -Type raw_t').CompletionText | Should -Be @('raw_tracepoint', 'raw_tracepoint_writable')
        (Get-Completion 'Get-BpfLink -Type perf').CompletionText | Should -Be perf_event
        { Get-BpfProgram -Type nonsense } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,*'
        { Get-BpfLink -Type nonsense } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,*'
        { Get-BpfProgram -Type 77 } | Should -Throw '*none of: socket_filter*' -ErrorId 'ParameterArgumentTransformationError,*'
        { Get-BpfMap -Type 77 } | Should -Throw '*none of: hash*' -ErrorId 'ParameterArgumentTransformationError,*'
        @(Get-BpfMap -Type 1).Where({ $_.Type -ne 'Hash' }) | Should -BeNullOrEmpty
    }

    It 'refuse an empty text when binding, as others do: <Line>' -ForEach @(
        @{ Line = "Get-BpfProgram ''" }, @{ Line = "Get-BpfInstruction ''" }, @{ Line = "Clear-BpfMap ''" }, @{ Line = "Remove-BpfLink ''" }
        @{ Line = "Test-BpfProgram ''" }, @{ Line = "Watch-BpfRingBuffer ''" }, @{ Line = "Update-BpfLink 1 ''" }
    ) {
        { & ([scriptblock]::Create($Line)) } | Should -Throw '*empty*' -ErrorId 'ParameterArgumentValidationError*'
    }
}

Describe 'A program of another tool' -Skip:(-not $hasBpftrace) {
    BeforeAll {
        # A program that counts into a map with the name of its variable. The tool attaches it without a link; the tests give it one.
        $tool = Start-Process bpftrace -ArgumentList '-e', '"tracepoint:sched:sched_process_exec { @pester_count = count(); }"' -PassThru -RedirectStandardOutput $TestDrive/out -RedirectStandardError $TestDrive/err
        $isThere = Wait-Condition { Get-BpfProgram -Type tracepoint | Where-Object { $_.Process.ProcessId -contains $tool.Id } } -Seconds 60
        if (-not $isThere) {
            throw "bpftrace did not start: $(Get-Content $TestDrive/err -Raw)"
        }
        $id = (Get-BpfProgram -Type tracepoint | Where-Object { $_.Process.ProcessId -contains $tool.Id }).Id
        $link = Get-BpfProgram -Id $id | New-BpfLink -Tracepoint sched:sched_process_exit
    }

    AfterAll {
        if ($tool -and -not $tool.HasExited) {
            $tool.Kill()
            $tool.WaitForExit()
        }
        if ($link) { $link.Dispose() }
    }

    It 'is found from its link, and its link from it' {
        $program = $link | Get-BpfProgram
        $program.PSTypeNames[0] | Should -Be PerfTrace.Bpf.BpfProgram
        $program.Id | Should -Be $link.ProgramId
        $program.LinkId | Should -Contain $link.Id
        ($program | Get-BpfLink).Id | Should -Contain $link.Id
        $program.Process.ProcessId | Should -Contain $tool.Id
        $program.TranslatedBytes % 8 | Should -Be 0
        $program.LoadedAt | Should -BeGreaterThan ([DateTimeOffset]::Now.AddMinutes(-2))
        (Get-BpfProgram $program.Tag).Id | Should -Contain $program.Id
        (Get-BpfProgram $program.Name -Type tracepoint).Id | Should -Contain $program.Id
        $program | Out-String -Width 140 | Should -Match 'Id\s+Type\s+Name\s+Tag\s+Bytes\s+Jited\s+LoadedAt\s+Maps'
        $link | Out-String -Width 140 | Should -Match 'Id\s+Type\s+ProgramId\s+Kind\s+Target'
        (Get-Completion "Get-BpfProgram $($program.Name.Substring(0, 4))").CompletionText | Should -Contain $program.Name
    }

    It 'leads to its maps and their entries' {
        $program = $link | Get-BpfProgram
        $maps = @($program | Get-BpfMap)
        $maps.Id | Should -Be $program.MapId
        $map = $maps | Where-Object Name -Like *pester_count*
        $map | Should -Not -BeNullOrEmpty
        /bin/true
        Wait-Condition { ($map | Get-BpfMapEntry | Measure-Object Sum -Sum).Sum -ge 1 } -Seconds 5 | Should -BeTrue
        $entries = $link | Get-BpfProgram | Get-BpfMap -Type $map.Type | Get-BpfMapEntry
        $entries.MapName | Should -Contain $map.Name
    }

    It 'can be pinned, and outlives the tool then' {
        $folder = "/sys/fs/bpf/pester_program_$PID"
        $program = $link | Get-BpfProgram
        try {
            $pins = @($program, $link | New-BpfPin "$folder/")
            "$($pins.Kind)" | Should -Be 'Program Link'
            $pins[1].Path | Should -Be "$folder/link_$($link.Id)"
            (Get-BpfPin $folder -Kind Program | Get-BpfProgram).Id | Should -Be $program.Id
            (Get-BpfLink -PinnedPath $pins[1].Path).Id | Should -Be $link.Id
            $tool.Kill()
            $tool.WaitForExit()
            $link.Dispose()
            (Get-BpfLink -Id $link.Id).ProgramId | Should -Be $program.Id
        }
        finally {
            Remove-BpfPin "$folder/*"
            Remove-Item $folder -Recurse
        }
        Wait-Condition { -not (Get-BpfLink | Where-Object Id -EQ $link.Id) } -Seconds 5 | Should -BeTrue
    }
}

Describe 'Programs of an object file' {
    BeforeAll {
        $object = Import-BpfObject (Join-Path (Get-RepositoryRoot) 'bpf/runqlat.bpf.o')
        $null = $object.AttachAll()
    }

    AfterAll {
        $object.Dispose()
    }

    It 'lead to links, maps and entries, and back' {
        $program = $object.Programs | Where-Object Name -EQ on_switch | Get-BpfProgram
        (Get-BpfProgram on_switch -Type raw_tracepoint).Id | Should -Contain $program.Id
        ($program | Get-BpfLink).Target | Should -Be sched_switch
        ($program | Get-BpfLink | Get-BpfProgram).Id | Should -Be $program.Id
        $maps = $program | Get-BpfMap
        $maps.Id | Should -Be $program.MapId
        ($program | Get-BpfMap -Type percpu_array | Get-BpfMapEntry).MapName | Should -Be lost
        ($maps | Where-Object Name -EQ runqlat.rodata | Get-BpfMapEntry).Value.PSObject.Properties.Name | Should -Contain minimum_duration
    }

    It 'have maps whose values are structs' {
        $map = $object.Maps | Where-Object Name -EQ histograms
        Set-BpfMapEntry $map 4000000 @{ slots = 1..40 }
        (Get-BpfMapEntry $map -Key 4000000).Value.slots[39] | Should -Be 40
        Set-BpfMapEntry $map 4000000 @{ nosuch = 1 } -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].Exception.Message | Should -Match 'nosuch'
        $problems[0].ErrorDetails.RecommendedAction | Should -Match 'struct histogram'
    }

    It 'are in lists that can be indexed' {
        $object.Programs[1].Id | Should -Not -Be $object.Programs[0].Id
        $object.Maps[1].Id | Should -Not -Be $object.Maps[0].Id
        ($object.Programs | Where-Object Name -EQ on_switch | Get-BpfProgram).LinkId[0] | Should -BeGreaterThan 0
    }
}
