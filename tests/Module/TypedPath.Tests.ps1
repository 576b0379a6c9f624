BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $folder = (New-Item -ItemType Directory (Join-Path $TestDrive 'in[2]')).FullName
    $bash = (Get-Command bash -CommandType Application | Select-Object -First 1).Source
    $maps = Get-Content /proc/self/maps | ForEach-Object { $_.Split(' ')[-1] } | Sort-Object -Unique
    $libstdcxx = $maps | Where-Object { $_ -match '/libstdc\+\+\.so' } | Select-Object -First 1
    $stacks = 'app;main;f 30', 'sh;main 25' | ConvertFrom-FoldedStack
    # What PowerShell's own completion makes of a path.
    function Get-Typed([string] $Name) { "./a b ``[1``].$Name" }
    function Get-Full([string] $Name) { "$folder/a b [1].$Name" }
}

Describe 'A path with backticks before its brackets' {
    BeforeEach { Push-Location -LiteralPath $folder }
    AfterEach { Pop-Location }

    It 'is what completion makes of it' {
        Set-Content -LiteralPath (Get-Full ps) ''
        (Get-Completion 'Invoke-BpfTrace -Path ./a').CompletionText | Should -Contain "'$(Get-Typed ps)'"
    }

    It 'is a script of Invoke-BpfTrace' {
        Set-Content -LiteralPath (Get-Full bt) 'BEGIN { printf("run\n"); exit(); }'
        Invoke-BpfTrace -Path (Get-Typed bt) | Out-String | Should -Match run
        Invoke-BpfTrace -Path './a b [1].bt' | Out-String | Should -Match run
        $null = New-PSDrive typedpath FileSystem ([WildcardPattern]::Escape($folder))
        try { Invoke-BpfTrace -Path 'typedpath:/a b `[1`].bt' | Out-String | Should -Match run }
        finally { Remove-PSDrive typedpath }
    }

    It 'is that of the name as it stands where there is one' {
        Set-Content -LiteralPath "$folder/c``[1``].bt" 'BEGIN { printf("as it stands\n"); exit(); }'
        Set-Content -LiteralPath "$folder/c[1].bt" 'BEGIN { printf("without\n"); exit(); }'
        Invoke-BpfTrace -Path './c`[1`].bt' | Out-String | Should -Match 'as it stands'
    }

    It 'is a baseline of Compare-PerfCounter, also a new one' {
        $figure = [pscustomobject]@{ Event = 'page-faults'; Value = 10; Status = 'Counted' }
        $null = $figure | Compare-PerfCounter (Get-Typed json) -Update
        Test-Path -LiteralPath (Get-Full json) | Should -BeTrue
        ($figure | Compare-PerfCounter (Get-Typed json)).Status | Should -Be Unchanged
    }

    It 'is a recording of Start-PerfRecord, and of Get-PerfRecord' {
        (Start-PerfRecord -Event page-faults -Path (Get-Typed data) -Command true).Path | Should -Be (Get-Full data)
        Test-Path -LiteralPath (Get-Full data) | Should -BeTrue
        (Get-PerfRecord -Path (Get-Typed data)).Path | Should -Be (Get-Full data)
        (Get-PerfDataInfo -Path (Get-Typed data)).Path | Should -Be (Get-Full data)
    }

    It 'is a file that Export-FlameGraph and Export-PerfProfile write' {
        ($stacks | Export-FlameGraph (Get-Typed svg) -PassThru).FullName | Should -Be (Get-Full svg)
        $stacks | Export-PerfProfile (Get-Typed speedscope.json) -Format Speedscope
        Test-Path -LiteralPath (Get-Full speedscope.json) | Should -BeTrue
    }

    It 'is a file of types' {
        Copy-Item -LiteralPath /sys/kernel/btf/vmlinux -Destination (Get-Full btf)
        (Get-BtfType task_struct -Path (Get-Typed btf)).Name | Should -Be task_struct
    }

    It 'is a program that probes are in' {
        Copy-Item -LiteralPath $libstdcxx -Destination (Get-Full so)
        (Get-UsdtProbe (Get-Typed so)).Probe | Should -Contain libstdcxx:throw
        # The kernel takes no space in the path of a probe.
        Copy-Item -LiteralPath $bash -Destination "$folder/b[1]"
        $probe = New-UProbe './b`[1`]:execute_command'
        try { $probe.Path | Should -Be "$folder/b[1]" }
        finally { $probe | Remove-UProbe -Force }
        (Get-Completion 'New-UProbe ''./b`[1`]:execute_com').CompletionText | Should -Contain "'./b``[1``]:execute_command'"
    }
}
