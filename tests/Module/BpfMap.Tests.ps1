BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $made = [System.Collections.Generic.List[object]]::new()

    # A map that goes when the tests of this file have run.
    function New-TestMap {
        $map = New-BpfMap @args
        $map | ForEach-Object { $made.Add($_) }
        $map
    }
}

AfterAll {
    $made | ForEach-Object Dispose
}

Describe 'New-BpfMap' {
    It 'makes one that the object owns' {
        $map = New-TestMap hash pester_new -KeySize 4 -ValueSize 16 -MaximumEntries 10
        $map.PSTypeNames[0] | Should -Be PerfTrace.Bpf.BpfMap
        $map.Name, $map.Type, $map.KeySize, $map.ValueSize, $map.MaximumEntries | Should -Be @('pester_new', 'Hash', 4, 16, 10)
        $map.IsOwned | Should -BeTrue
        $map.Process.ProcessId | Should -Contain $PID
        $map | Out-String -Width 120 | Should -Match 'Id\s+Type\s+Name\s+Key\s+Value\s+MaxEntries\s+Memory\s+Frozen\s+Flags'
        $map.Dispose()
        $map.IsOwned | Should -BeFalse
        Get-BpfMap -Id $map.Id -ErrorVariable problems -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problems[0].FullyQualifiedErrorId | Should -Be 'BpfObjectGone,PerfTrace.Commands.GetBpfMapCommand'
    }

    It 'knows what a <Type> needs' -ForEach @(
        @{ Type = 'array'; Key = 4; Value = 8; Entries = 1 }
        @{ Type = 'percpu_hash'; Key = 8; Value = 8; Entries = 1024 }
        @{ Type = 'lpm_trie'; Key = 8; Value = 8; Entries = 1024 }
        @{ Type = 'queue'; Key = 0; Value = 8; Entries = 1024 }
        @{ Type = 'ringbuf'; Key = 0; Value = 0; Entries = 262144 }
        @{ Type = 'stack_trace'; Key = 4; Value = 1016; Entries = 16384 }
        @{ Type = 'sockmap'; Key = 4; Value = 8; Entries = 64 }
        @{ Type = 'task_storage'; Key = 4; Value = 8; Entries = 0 }
    ) {
        $map = New-TestMap $Type
        $map.KeySize, $map.ValueSize, $map.MaximumEntries | Should -Be @($Key, $Value, $Entries)
    }

    It 'takes the names of .NET, and names from the pipeline' {
        $maps = 'pester_a', 'pester_b' | New-BpfMap PerCpuArray -MaximumEntries 2
        $maps | ForEach-Object { $made.Add($_) }
        $maps.Name | Should -Be @('pester_a', 'pester_b')
        "$($maps[0].Type)" | Should -Be PerCpuArray
        $like = $maps[0] | New-BpfMap array
        $made.Add($like)
        $like.Name, $like.MaximumEntries | Should -Be @('pester_a', 2)
    }

    It 'goes on after a name that can not be' {
        $maps = 'pester ok?', 'pester_good' | New-BpfMap array -ErrorVariable problems -ErrorAction SilentlyContinue
        $made.Add($maps)
        $maps.Name | Should -Be pester_good
        $problems[0].FullyQualifiedErrorId | Should -Be 'InvalidMap,PerfTrace.Commands.NewBpfMapCommand'
        $problems[0].Exception.Message | Should -Not -Match 'Parameter'
    }

    It 'says what is wrong with <Line>' -ForEach @(
        @{ Line = 'New-BpfMap hash x -KeySize 0'; Id = 'KernelError'; Advice = 'at least 1' }
        @{ Line = 'New-BpfMap array x -KeySize 8'; Id = 'KernelError'; Advice = '4 bytes' }
        @{ Line = 'New-BpfMap ringbuf x -MaximumEntries 5000'; Id = 'KernelError'; Advice = 'power of two' }
        @{ Line = 'New-BpfMap hash x -NumaNode 999'; Id = 'KernelError'; Advice = 'no memory node 999' }
        @{ Line = 'New-BpfMap hash x -Pin /tmp/pester-no-bpffs'; Id = 'AccessDenied'; Advice = '/sys/fs/bpf' }
        @{ Line = 'New-BpfMap hash_of_maps x'; Id = 'InvalidMap'; Advice = 'inner map' }
        @{ Line = 'New-BpfMap hash_of_maps x -InnerMap pester_no_such'; Id = 'BpfObjectNotFound'; Advice = 'pester_no_such' }
    ) {
        & ([scriptblock]::Create($Line)) 2>&1 | ForEach-Object { $problem = $_ }
        $problem.FullyQualifiedErrorId | Should -Be "$Id,PerfTrace.Commands.NewBpfMapCommand"
        "$($problem.Exception.Message) $($problem.ErrorDetails.RecommendedAction)" | Should -Match $Advice
    }

    It 'leaves none that could not be pinned' {
        New-BpfMap hash pester_unpinned -Pin /tmp/pester-no-bpffs -ErrorAction SilentlyContinue
        Get-BpfMap pester_unpin* | Should -BeNullOrEmpty
    }

    It 'does nothing with -WhatIf' {
        New-BpfMap hash pester_what -WhatIf | Should -BeNullOrEmpty
        Get-BpfMap pester_what* | Should -BeNullOrEmpty
    }

    It 'completes types' {
        (Get-Completion 'New-BpfMap percpu_').CompletionText | Sort-Object | Should -Be @('percpu_array', 'percpu_cgroup_storage', 'percpu_hash')
        (Get-Completion 'New-BpfMap hash x -Flags NoPre').CompletionText | Should -Be NoPreallocation
    }

    It 'is gone when the module is removed, and when the process ends' {
        $root = Get-RepositoryRoot
        $lines = Invoke-NewShell "Import-Module $root/PerfTrace.psd1; `$m = New-BpfMap array pester_left; `$m.IsOwned; Remove-Module PerfTrace; `$m.IsOwned; Import-Module $root/PerfTrace.psd1; @(Get-BpfMap pester_left*).Count"
        $lines | Should -Be @('True', 'False', '0')
        $id = Invoke-NewShell "Import-Module $root/PerfTrace.psd1; (New-BpfMap array pester_left).Id"
        Wait-Condition { -not (Get-BpfMap pester_left* | Where-Object Id -EQ $id) } -Seconds 5 | Should -BeTrue
    }

    It 'is gone after SIGKILL' {
        $root = Get-RepositoryRoot
        $script = "Import-Module $root/PerfTrace.psd1; (New-BpfMap array pester_killed).Id | Set-Content $TestDrive/id; Start-Sleep 60"
        $shell = Start-Process -FilePath (Get-Process -Id $PID).Path -ArgumentList '-NoProfile', '-NonInteractive', '-Command', "`"$script`"" -PassThru
        Wait-Condition { (Test-Path $TestDrive/id) -and (Get-Content $TestDrive/id) } -Seconds 30 | Should -BeTrue
        $map = Get-BpfMap pester_killed
        $map.Process.ProcessId | Should -Be $shell.Id
        kill -KILL $shell.Id
        $shell.WaitForExit(10000) | Should -BeTrue
        Wait-Condition { -not (Get-BpfMap pester_killed*) } -Seconds 5 | Should -BeTrue
    }

    It 'leaves no descriptor' {
        $null = (New-BpfMap hash pester_count).Dispose()
        $before = Get-DescriptorCount
        1..20 | ForEach-Object {
            $map = New-BpfMap hash pester_count
            Set-BpfMapEntry $map 1 1
            $null = Get-BpfMapEntry $map
            $null = Get-BpfMap pester_count
            $map.Dispose()
        }
        Get-DescriptorCount | Should -BeLessOrEqual $before
    }
}

Describe 'Get-BpfMap' {
    BeforeAll {
        $one = New-TestMap hash pester_get_one
        $two = New-TestMap percpu_array pester_get_two
    }

    It 'finds by name, wildcard, id and pipeline' {
        (Get-BpfMap pester_get_one).Id | Should -Be $one.Id
        (Get-BpfMap pester_get_*).Id | Should -Be @($one.Id, $two.Id)
        (Get-BpfMap -Id $two.Id, $one.Id).Name | Should -Be @('pester_get_two', 'pester_get_one')
        ('pester_get_one', $two.Id | Get-BpfMap).Name | Should -Be @('pester_get_one', 'pester_get_two')
        (Get-BpfMap pester_get_*)[0].IsOwned | Should -BeFalse
    }

    It 'finds by name in any case, and by the very name first' {
        $null = New-TestMap hash PesterCase
        (Get-BpfMap pestercase).Name | Should -BeExactly PesterCase
        $null = New-TestMap hash pestercase
        (Get-BpfMap pestercase).Name | Should -BeExactly pestercase
        @(Get-BpfMap PESTERCASE).Count | Should -Be 2
    }

    It 'chooses by type, in either spelling' {
        (Get-BpfMap pester_get_* -Type percpu_array).Id | Should -Be $two.Id
        (Get-BpfMap pester_get_* -Type PerCpuArray, Queue).Id | Should -Be $two.Id
        { Get-BpfMap -Type nonsense } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,*'
    }

    It 'names the nearest, and goes on' {
        $found = Get-BpfMap pester_get_oen, pester_get_two -ErrorVariable problems -ErrorAction SilentlyContinue
        $found.Id | Should -Be $two.Id
        $problems[0].FullyQualifiedErrorId | Should -Be 'BpfObjectNotFound,PerfTrace.Commands.GetBpfMapCommand'
        $problems[0].Exception.Message | Should -Match pester_get_one
        Get-BpfMap pester_none* | Should -BeNullOrEmpty
    }

    It 'completes names and types' {
        (Get-Completion 'Get-BpfMap pester_get_').CompletionText | Should -Be @('pester_get_one', 'pester_get_two')
        (Get-Completion 'Get-BpfMap -Type lpm').CompletionText | Should -Be lpm_trie
    }

    It 'says the same as the kernel' {
        $map = Get-BpfMap -Id $one.Id
        $info = Get-ChildItem "/proc/$PID/fdinfo" | Get-Content -ErrorAction Ignore -Raw | Where-Object { $_ -match "(?m)^map_id:\s+$($one.Id)$" } | Select-Object -First 1
        $info | Should -Match "(?m)^memlock:\s+$($map.MemoryBytes)$"
        $info | Should -Match "(?m)^max_entries:\s+$($map.MaximumEntries)$"
    }
}

Describe 'Lock-BpfMap' {
    It 'freezes for good' {
        $map = New-TestMap array pester_lock
        Set-BpfMapEntry $map 0 1
        (Lock-BpfMap $map -PassThru).IsFrozen | Should -BeTrue
        Set-BpfMapEntry $map 0 2 -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].FullyQualifiedErrorId | Should -Be 'AccessDenied,PerfTrace.Commands.SetBpfMapEntryCommand'
        $problems[0].ErrorDetails.RecommendedAction | Should -Match 'frozen'
        (Get-BpfMapEntry $map).Value | Should -Be 1
        Lock-BpfMap $map -ErrorVariable again -ErrorAction SilentlyContinue
        $again[0].ErrorDetails.RecommendedAction | Should -Match 'already'
    }

    It 'takes maps from the pipeline, and does nothing with -WhatIf' {
        $maps = New-TestMap array pester_lock_a
        $maps | Lock-BpfMap -WhatIf
        (Get-BpfMap pester_lock_a).IsFrozen | Should -BeFalse
        Get-BpfMap pester_lock_a | Lock-BpfMap
        (Get-BpfMap pester_lock_a).IsFrozen | Should -BeTrue
    }
}
