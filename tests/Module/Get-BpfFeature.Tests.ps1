BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

Describe 'Get-BpfFeature' {
    It 'tries kinds of programs and maps' {
        (Get-BpfFeature xdp -Kind ProgramType).IsAvailable | Should -BeTrue
        (Get-BpfFeature ringbuf -Kind MapType).IsAvailable | Should -BeTrue
        Get-BpfFeature -Kind MapType, Limit | ForEach-Object Kind | Select-Object -Unique | Should -Be @('MapType', 'Limit')
    }

    It 'knows helpers by kind of program' {
        (Get-BpfFeature bpf_xdp_adjust_head -ProgramType xdp, socket_filter | Where-Object IsAvailable).ProgramType | Should -Be xdp
    }

    It 'names the nearest of what is none, and goes on' {
        $found = Get-BpfFeature hsah, array, nosuch* -Kind MapType -ErrorVariable problems -ErrorAction SilentlyContinue
        $found.Name | Should -Be array
        $problems.Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -Be 'FeatureNotFound,PerfTrace.Commands.GetBpfFeatureCommand'
        $problems[0].Exception.Message | Should -BeLike "*feature 'hsah'*Similar: hash*"
        $null = Get-BpfFeature -ProgramType xpd -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems.Count | Should -Be 1
        $problems[0].Exception.Message | Should -BeLike "*type of programs 'xpd'*Similar: xdp*"
    }

    It 'reads settings as they are' {
        (Get-BpfFeature kernel.unprivileged_bpf_disabled -Kind Sysctl).Value | Should -Be ([long](Get-Content /proc/sys/kernel/unprivileged_bpf_disabled))
    }

    It 'takes a few seconds for all and stops within 100 ms' {
        (Measure-Command { Get-BpfFeature }).TotalSeconds | Should -BeLessThan 15
        $stops = foreach ($i in 1..3) { Measure-Stop 'while ($true) { Get-BpfFeature }' }
        Get-Median $stops.Milliseconds | Should -BeLessThan 100
    }
}
