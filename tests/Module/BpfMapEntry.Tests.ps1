BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $made = [System.Collections.Generic.List[object]]::new()

    # A map that goes when the tests of this file have run.
    function New-TestMap {
        $map = New-BpfMap @args
        $made.Add($map)
        $map
    }
}

AfterAll {
    $made | ForEach-Object Dispose
}

Describe 'Get-BpfMapEntry and Set-BpfMapEntry' {
    It 'write and read numbers' {
        $map = New-TestMap hash pester_numbers -KeySize 4
        Set-BpfMapEntry $map 1 10
        $entry = Set-BpfMapEntry $map -Key 0x2 -Value 0xffffffffffffffff -PassThru
        $entry.PSTypeNames[0] | Should -Be PerfTrace.Bpf.BpfMapEntry
        $entry.Value | Should -Be ([ulong]::MaxValue)
        Set-BpfMapEntry $map 3 -1
        (Get-BpfMapEntry $map -Key 3).Value | Should -Be ([ulong]::MaxValue)
        (Get-BpfMapEntry pester_numbers | Sort-Object Key).Key | Should -Be @(1, 2, 3)
        (Get-BpfMapEntry $map -Key 1).MapId | Should -Be $map.Id
        Get-BpfMapEntry $map | Out-String -Width 120 | Should -Match 'Key\s+Value'
    }

    It 'write many at once' {
        $map = New-TestMap hash pester_many -KeySize 4 -ValueSize 4 -MaximumEntries 5000
        $table = @{}
        foreach ($i in 1..5000) { $table[$i] = $i * 2 }
        Set-BpfMapEntry $map -Entry $table
        $entries = @(Get-BpfMapEntry $map)
        $entries.Count | Should -Be 5000
        @($entries | Where-Object { $_.Value -ne $_.Key * 2 }).Count | Should -Be 0
        @(Get-BpfMapEntry $map | Select-Object -First 3).Count | Should -Be 3
    }

    It 'take bytes and texts, also from the pipeline' {
        $map = New-TestMap hash pester_bytes -KeySize 6 -ValueSize 8
        Set-BpfMapEntry $map eth0 hello
        Set-BpfMapEntry $map ([byte[]](1..6)) 2
        , (Get-BpfMapEntry $map -Key eth0).Key | Should -BeOfType byte[]
        [System.Text.Encoding]::ASCII.GetString((Get-BpfMapEntry $map -Key eth0).GetValueBytes()).TrimEnd([char]0) | Should -Be hello
        (Get-BpfMapEntry $map -Key ([byte[]](1..6))).Value | Should -Be 2
        @(Get-BpfMapEntry $map -Key eth0, ([byte[]](1..6))).Count | Should -Be 2
        $copy = New-TestMap hash pester_bytes2 -KeySize 6 -ValueSize 8
        Get-BpfMapEntry $map | Set-BpfMapEntry $copy
        @(Get-BpfMapEntry $copy).Count | Should -Be 2
        Get-BpfMapEntry $copy | Remove-BpfMapEntry
        Get-BpfMapEntry $copy | Should -BeNullOrEmpty
    }

    It 'give a value for each CPU, with the sum' {
        $map = New-TestMap percpu_hash pester_percpu -KeySize 4
        Set-BpfMapEntry $map 1 5
        $entry = Get-BpfMapEntry $map
        $entry.PSTypeNames[0] | Should -Be PerfTrace.Bpf.BpfPerCpuMapEntry
        $entry.Sum | Should -Be (5 * $entry.Value.Count)
        $each = 1..$entry.Value.Count
        Set-BpfMapEntry $map 1 $each
        (Get-BpfMapEntry $map).Value | Should -Be $each
        Set-BpfMapEntry $map 1 (1..($each.Count + 1)) -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].FullyQualifiedErrorId | Should -Be 'MapValue,PerfTrace.Commands.SetBpfMapEntryCommand'
    }

    It 'take prefixes as keys of a trie' {
        $map = New-TestMap lpm_trie pester_trie
        Set-BpfMapEntry $map -Entry @{ '10.0.0.0/8' = 8; '10.1.0.0/16' = 16 }
        (Get-BpfMapEntry $map -Key 10.1.2.3, 10.2.0.0).Value | Should -Be @(16, 8)
        "$((Get-BpfMapEntry $map | Sort-Object Value)[0].Key)" | Should -Be '10.0.0.0/8'
        Set-BpfMapEntry $map 10.0.0.0/33 1 -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].ErrorDetails.RecommendedAction | Should -Match 'a prefix such as'
    }

    It 'push to queues and stacks, and show what is next' {
        $queue = New-TestMap queue pester_queue
        $stack = New-TestMap stack pester_stack
        foreach ($i in 1..3) { $queue, $stack | Set-BpfMapEntry -Value $i }
        ($queue, $stack | Get-BpfMapEntry).Value | Should -Be @(1, 3)
        (Get-BpfMapEntry $queue).Key | Should -BeNullOrEmpty
        Set-BpfMapEntry $queue 1 1 -ErrorVariable problems -ErrorAction SilentlyContinue
        Get-BpfMapEntry $queue -Key 1 -ErrorVariable +problems -ErrorAction SilentlyContinue
        $problems.Count | Should -Be 2
        $problems.Exception.Message | Should -Match 'a queue has no keys'
    }

    It 'put maps into maps' {
        $inner = New-TestMap hash pester_inner
        $outer = New-TestMap hash_of_maps pester_outer -InnerMap $inner
        Set-BpfMapEntry $outer 1 $inner
        Set-BpfMapEntry $outer 2 pester_inner
        (Get-BpfMapEntry $outer).Value.Id | Should -Be @($inner.Id, $inner.Id)
        (Get-BpfMapEntry $outer -Key 1).Value | Set-BpfMapEntry -Key 5 -Value 6
        (Get-BpfMapEntry $outer -Key 2).Value | Get-BpfMapEntry | ForEach-Object Value | Should -Be 6
        Set-BpfMapEntry $outer 3 $outer -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].ErrorDetails.RecommendedAction | Should -Match 'inner map'
    }

    It 'ask a Bloom filter for a value' {
        $map = New-TestMap bloom_filter pester_bloom
        Set-BpfMapEntry $map -Value 7
        (Get-BpfMapEntry $map -Key 7).Value | Should -Be 7
        Get-BpfMapEntry $map -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].ErrorDetails.RecommendedAction | Should -Match '-Key VALUE'
    }

    It 'take a process as the key of what is stored at tasks' {
        $map = New-TestMap task_storage pester_task
        Set-BpfMapEntry $map $PID 42
        (Get-BpfMapEntry $map -Key $PID).Value | Should -Be 42
        Get-BpfMapEntry $map -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].ErrorDetails.RecommendedAction | Should -Match '-Key PROCESSID'
    }

    It 'name the frames of stacks by a process' {
        $work = Start-Process dd 'if=/dev/zero of=/dev/null bs=4k status=none' -PassThru
        $peer = Start-Process bpftrace "-e `"profile:hz:499 /pid == $($work.Id)/ { @[ustack] = count(); }`"" -PassThru -RedirectStandardOutput (Join-Path $TestDrive bpftrace.txt)
        try {
            $until = [DateTime]::UtcNow.AddSeconds(20)
            do {
                Start-Sleep -Milliseconds 200
                $map = Get-BpfMap -Type stack_trace | Where-Object { $_.Process.ProcessId -contains $peer.Id }
                $entries = @($map | Get-BpfMapEntry -ProcessId $work)
            } until ($entries.Value.Symbol -match 'read|write' -or [DateTime]::UtcNow -gt $until)
            $frames = $entries.Value
            $frames[0].PSTypeNames[0] | Should -Be PerfTrace.Symbols.StackFrame
            $frames.Symbol -match 'read|write' | Should -Not -BeNullOrEmpty
            $frames.Module -match '^libc' | Should -Not -BeNullOrEmpty
            @($map | Get-BpfMapEntry -ProcessId $work.Id).Value.Symbol -match 'read|write' | Should -Not -BeNullOrEmpty
            @($map | Get-BpfMapEntry).Value.Symbol -ne $null | Should -BeNullOrEmpty
            $map | Get-BpfMapEntry -ProcessId 999999999 -ErrorVariable problems -ErrorAction SilentlyContinue
            $problems[0].FullyQualifiedErrorId | Should -Be 'TargetGone,PerfTrace.Commands.GetBpfMapEntryCommand'
        }
        finally {
            $peer, $work | ForEach-Object Kill
        }
    }

    It 'keep to -Condition' {
        $map = New-TestMap hash pester_cond
        Set-BpfMapEntry $map 1 1 -Condition Exist -ErrorVariable missing -ErrorAction SilentlyContinue
        $missing[0].ErrorDetails.RecommendedAction | Should -Match 'no entry with this key'
        Set-BpfMapEntry $map 1 1 -Condition NoExist
        Set-BpfMapEntry $map 1 2 -Condition NoExist -ErrorVariable there -ErrorAction SilentlyContinue
        $there[0].FullyQualifiedErrorId | Should -Be 'AlreadyExists,PerfTrace.Commands.SetBpfMapEntryCommand'
        Set-BpfMapEntry $map 1 3 -Condition Exist
        (Get-BpfMapEntry $map).Value | Should -Be 3
    }

    It 'say what is wrong with <Key> = <Value>' -ForEach @(
        @{ Key = 'abcdef'; Value = 1; Pattern = 'has 6 bytes, more than 4' }
        @{ Key = 5000000000; Value = 1; Pattern = 'more than 32 bits' }
        @{ Key = 1; Value = 1.5; Pattern = 'not a whole number' }
        @{ Key = 1; Value = @(1, 2, 3); Pattern = 'has 3 bytes, not 4' }
        @{ Key = 1; Value = @{ a = 1 }; Pattern = 'no type information' }
        @{ Key = 1; Value = $null; Pattern = 'is null' }
        @{ Key = $null; Value = 1; Pattern = 'is null' }
    ) {
        $map = New-TestMap hash pester_wrong -KeySize 4 -ValueSize 4
        Set-BpfMapEntry $map $Key $Value -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].FullyQualifiedErrorId | Should -Be 'MapValue,PerfTrace.Commands.SetBpfMapEntryCommand'
        $problems[0].Exception.Message | Should -Match $Pattern
        $problems[0].ErrorDetails.RecommendedAction | Should -Match 'a number of 32 bits'
        Get-BpfMapEntry $map | Should -BeNullOrEmpty
    }

    It 'say that a map is full, and write the rest' {
        $map = New-TestMap hash pester_full -KeySize 4 -MaximumEntries 2
        Set-BpfMapEntry $map -Entry ([ordered]@{ 1 = 1; toolong = 1; 2 = 2; 3 = 3 }) -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems.TargetObject | Should -Be @('toolong', 3)
        $problems[1].FullyQualifiedErrorId | Should -Be 'MapFull,PerfTrace.Commands.SetBpfMapEntryCommand'
        $problems[1].ErrorDetails.Message | Should -Match 'is full: it holds 2 entries at most'
        (Get-BpfMapEntry $map | Sort-Object Key).Key | Should -Be @(1, 2)
    }

    It 'go on after a key or map that is not there' {
        $map = New-TestMap array pester_goon -MaximumEntries 3
        (Get-BpfMapEntry $map -Key 0, 9, 2 -ErrorVariable problems -ErrorAction SilentlyContinue).Key | Should -Be @(0, 2)
        $problems[0].FullyQualifiedErrorId | Should -Be 'MapKeyNotFound,PerfTrace.Commands.GetBpfMapEntryCommand'
        @('pester_nowhere', 'pester_goon' | Get-BpfMapEntry -ErrorVariable missing -ErrorAction SilentlyContinue).Count | Should -Be 3
        $missing[0].FullyQualifiedErrorId | Should -Be 'BpfObjectNotFound,PerfTrace.Commands.GetBpfMapEntryCommand'
        $map.Dispose()
        Get-BpfMapEntry $map -ErrorVariable gone -ErrorAction SilentlyContinue
        $gone[0].FullyQualifiedErrorId | Should -Be 'BpfObjectGone,PerfTrace.Commands.GetBpfMapEntryCommand'
    }

    It 'say what reads a <Type>' -ForEach @(
        @{ Type = 'ringbuf'; Pattern = 'Watch-BpfRingBuffer' }
        @{ Type = 'perf_event_array'; Pattern = 'Watch-BpfPerfBuffer' }
        @{ Type = 'inode_storage'; Pattern = '-Key PATH' }
    ) {
        $map = New-TestMap $Type
        Get-BpfMapEntry $map -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].FullyQualifiedErrorId | Should -Be 'NotSupported,PerfTrace.Commands.GetBpfMapEntryCommand'
        $problems[0].ErrorDetails.RecommendedAction | Should -Match $Pattern
    }

    It 'write nothing with -WhatIf' {
        $map = New-TestMap hash pester_whatif
        Set-BpfMapEntry $map 1 1 -WhatIf
        Set-BpfMapEntry $map -Entry @{ 1 = 1 } -WhatIf
        Get-BpfMapEntry $map | Should -BeNullOrEmpty
    }

    It 'complete maps and conditions' {
        $null = New-TestMap hash pester_complete
        (Get-Completion 'Get-BpfMapEntry pester_compl').CompletionText | Should -Be pester_complete
        (Get-Completion 'Set-BpfMapEntry -Map pester_compl').CompletionText | Should -Be pester_complete
        (Get-Completion 'Set-BpfMapEntry x 1 1 -Condition No').CompletionText | Should -Be NoExist
    }

    It 'stop soon' {
        $stop = Measure-Stop '$map = New-BpfMap array pester_stop -MaximumEntries 20000000; Get-BpfMapEntry $map | Out-Null' -AfterMilliseconds 1500
        $stop.WasRunning | Should -BeTrue
        $stop.Milliseconds | Should -BeLessThan 2000
        Get-BpfMap pester_stop* | ForEach-Object Process | ForEach-Object ProcessId | Should -Be $PID -Because 'the session has it still'
    }
}

Describe 'Remove-BpfMapEntry' {
    It 'removes by key and from the pipeline' {
        $map = New-TestMap hash pester_remove
        Set-BpfMapEntry $map -Entry @{ 1 = 1; 2 = 2; 3 = 3; 4 = 4 }
        Remove-BpfMapEntry $map 1, 2
        Get-BpfMapEntry $map | Where-Object Key -EQ 3 | Remove-BpfMapEntry
        (Get-BpfMapEntry $map).Key | Should -Be 4
        Get-BpfMapEntry $map | Remove-BpfMapEntry -WhatIf
        @(Get-BpfMapEntry $map).Count | Should -Be 1
    }

    It 'says what is not there, and goes on' {
        $map = New-TestMap hash pester_remove2
        Set-BpfMapEntry $map 1 1
        Remove-BpfMapEntry $map 9, 1 -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].FullyQualifiedErrorId | Should -Be 'MapKeyNotFound,PerfTrace.Commands.RemoveBpfMapEntryCommand'
        Get-BpfMapEntry $map | Should -BeNullOrEmpty
        Remove-BpfMapEntry (New-TestMap array) 0 -ErrorVariable array -ErrorAction SilentlyContinue
        $array[0].ErrorDetails.RecommendedAction | Should -Match 'Clear-BpfMap'
    }

    It 'takes the next of a queue' {
        $map = New-TestMap queue pester_pop
        foreach ($i in 1..2) { Set-BpfMapEntry $map -Value $i }
        (Remove-BpfMapEntry $map).Value | Should -Be 1
        (Get-BpfMapEntry $map | Remove-BpfMapEntry).Value | Should -Be 2
        Remove-BpfMapEntry $map -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].Exception.Message | Should -Match 'is empty'
    }
}

Describe 'Clear-BpfMap' {
    It 'clears a <Type>' -ForEach @(@{ Type = 'hash' }, @{ Type = 'lru_percpu_hash' }, @{ Type = 'queue' }) {
        $map = New-TestMap $Type pester_clear
        if ($Type -eq 'queue') { Set-BpfMapEntry $map -Value 1 } else { Set-BpfMapEntry $map 1 1 }
        $map | Clear-BpfMap -WhatIf
        @(Get-BpfMapEntry $map).Count | Should -Be 1
        $map | Clear-BpfMap
        Get-BpfMapEntry $map | Should -BeNullOrEmpty
    }

    It 'sets arrays to zero, and counts' {
        $map = New-TestMap percpu_array pester_clear2 -MaximumEntries 3
        Set-BpfMapEntry $map 2 9
        Clear-BpfMap $map -Verbose 4>&1 | ForEach-Object Message | Should -Contain "Cleared 3 entries of map $($map.Id)."
        (Get-BpfMapEntry $map).Sum | Should -Be @(0, 0, 0)
    }
}
