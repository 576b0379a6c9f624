BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $ring = New-BpfMap ringbuf pester_ring -MaximumEntries 65536
    $perf = New-BpfMap perf_event_array pester_perf -KeySize 4 -ValueSize 4 -MaximumEntries 64
}

AfterAll {
    $ring, $perf | ForEach-Object Dispose
}

Describe 'Watch-BpfRingBuffer and Watch-BpfPerfBuffer' {
    It 'end with their time and leave a summary' {
        Watch-BpfRingBuffer $ring -Duration 0.2 -SummaryVariable first | Should -BeNullOrEmpty
        $first.Records, $first.Lost, $first.BufferSize | Should -Be @(0, 0, 65536)
        $first.Elapsed.TotalSeconds | Should -BeGreaterThan 0.19
        Get-BpfMap pester_perf | Watch-BpfPerfBuffer -Duration 0.1 -BufferSize 64KB -SummaryVariable second | Should -BeNullOrEmpty
        $second.Records, $second.Lost, $second.BufferSize | Should -Be @(0, 0, 65536)
    }

    It 'writes <Id> for <Line>' -ForEach @(
        @{ Line = 'Watch-BpfRingBuffer pester_perf'; Id = 'NotABuffer' }
        @{ Line = 'Watch-BpfPerfBuffer pester_ring'; Id = 'NotABuffer' }
        @{ Line = 'Watch-BpfRingBuffer pester_nosuch'; Id = 'BpfObjectNotFound' }
        @{ Line = 'Watch-BpfRingBuffer pester_ring -Type pester_nosuch'; Id = 'TypeNotFound' }
        @{ Line = 'Watch-BpfRingBuffer pester_ring -LostMap pester_ring'; Id = 'NotACounter' }
    ) {
        $null = Invoke-Expression "$Line -ErrorVariable problems -ErrorAction SilentlyContinue"
        $problems.Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -BeLike "$Id,*"
    }

    It 'stop within 100 ms: <Line>' -ForEach @(@{ Line = 'Watch-BpfRingBuffer pester_ring' }, @{ Line = 'Watch-BpfPerfBuffer pester_perf' }) {
        $stops = foreach ($i in 1..3) { Measure-Stop $Line }
        Get-Median $stops.Milliseconds | Should -BeLessThan 100
    }

    It 'leave no descriptor open' {
        Watch-BpfRingBuffer $ring -Duration 0.05
        Watch-BpfPerfBuffer $perf -Duration 0.05
        $before = Get-DescriptorCount
        foreach ($i in 1..5) {
            Watch-BpfRingBuffer $ring -Duration 0.02
            Watch-BpfPerfBuffer $perf -Duration 0.02
        }
        Get-DescriptorCount | Should -BeLessOrEqual $before
    }
}
