BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $maps = Get-Content /proc/self/maps | ForEach-Object { $_.Split(' ')[-1] } | Sort-Object -Unique
    $libstdcxx = $maps | Where-Object { $_ -match '/libstdc\+\+\.so' } | Select-Object -First 1
}

Describe 'Get-UsdtProbe' {
    It 'lists the probes of a file' {
        $probes = Get-UsdtProbe $libstdcxx
        $probes.Probe | Should -Contain libstdcxx:throw
        $throw = $probes | Where-Object Name -EQ throw | Select-Object -First 1
        $throw.PSTypeNames[0] | Should -Be PerfTrace.Tracing.UsdtProbe
        $throw.Location | Should -Be ('{0}:0x{1:x}' -f $libstdcxx, $throw.Offset)
        $throw.Arguments[0].FetchArgument | Should -Match '^%\w+:u(32|64)$'
    }

    It 'lists those of a process, by id and from the pipeline' {
        (Get-UsdtProbe -ProcessId $PID).Probe | Should -Contain libstdcxx:throw
        (Get-Process -Id $PID | Get-UsdtProbe -Name libstdcxx:*).Probe | Should -Contain libstdcxx:catch
    }

    It 'takes wildcards and files from the pipeline' {
        (Get-UsdtProbe $libstdcxx re*, catch).Name | Sort-Object -Unique | Should -Be @('catch', 'rethrow')
        (Get-Item $libstdcxx | Get-UsdtProbe).Probe | Should -Contain libstdcxx:throw
        Get-UsdtProbe $libstdcxx nothing | Should -BeNullOrEmpty
    }

    It 'names what is wrong and goes on' {
        $found = '/etc/passwd', '/no/such/file', $libstdcxx | Get-UsdtProbe -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems.FullyQualifiedErrorId | Should -Be @('InvalidElf,PerfTrace.Commands.GetUsdtProbeCommand', 'FileNotFound,PerfTrace.Commands.GetUsdtProbeCommand')
        $found.Probe | Should -Contain libstdcxx:throw
    }

    It 'shows a table' {
        Get-UsdtProbe $libstdcxx | Out-String -Width 160 | Should -Match 'Probe\s+Semaphore\s+Arguments\s+Location'
    }

    It 'leaks no descriptor' {
        $null = Get-UsdtProbe -ProcessId $PID
        $before = Get-DescriptorCount
        foreach ($i in 1..5) { $null = Get-UsdtProbe -ProcessId $PID }
        Get-DescriptorCount | Should -BeLessOrEqual $before
    }
}
