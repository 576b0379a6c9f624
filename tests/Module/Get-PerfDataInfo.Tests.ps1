BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $folder = Join-Path ([System.IO.Path]::GetTempPath()) "perftrace-$([guid]::NewGuid().ToString('N'))"
    $null = New-Item -ItemType Directory $folder
    perf record -q -e page-faults -c 1 -o "$folder/a.data" -- true
    perf record -q -e 'cpu-clock,page-faults' -o "$folder/b.data" -- true
}

AfterAll {
    Remove-Item -Recurse -Force $folder
}

Describe 'Get-PerfDataInfo' {
    It 'tells of files by wildcard and by the pipeline' {
        (Get-PerfDataInfo "$folder/*.data").Path | Should -Be "$folder/a.data", "$folder/b.data"
        (Get-ChildItem $folder -Filter *.data | Get-PerfDataInfo).Path | Should -Be "$folder/a.data", "$folder/b.data"
    }

    It 'finds perf.data in the current directory' {
        Copy-Item "$folder/a.data" "$folder/perf.data"
        Push-Location $folder
        try {
            (Get-PerfDataInfo).Events.Name | Should -Be 'page-faults'
        }
        finally {
            Pop-Location
            Remove-Item "$folder/perf.data"
        }
    }

    It 'shows a list, and events as a table' {
        $info = Get-PerfDataInfo "$folder/b.data"
        $info | Out-String | Should -Match '(?s)Path +: .*b\.data.*Events +: \{cpu-clock, page-faults\}'
        $info.Events[1].Name | Should -Be page-faults
        $info.Events | Out-String | Should -Match 'Name +Samples +Period +Frequency +SampleFields'
    }

    It 'exports what can be read again' {
        $json = Get-PerfDataInfo "$folder/a.data" | ConvertTo-Json -Depth 4 | ConvertFrom-Json
        $json.Events[0].Name | Should -Be 'page-faults'
        $json.Samples | Should -BeGreaterThan 0
    }

    It 'names the place where a file is damaged' {
        [System.IO.File]::WriteAllBytes("$folder/cut", [System.IO.File]::ReadAllBytes("$folder/a.data")[0..2000])
        $info = Get-PerfDataInfo "$folder/cut" -ErrorVariable problems -ErrorAction SilentlyContinue
        $info.IsComplete | Should -BeFalse
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'InvalidPerfData,*'
        $problems[0].Exception.Message | Should -Match 'offset \d+'
    }

    It 'names a file that is none, however short it is' {
        foreach ($text in 'hello', 'PERF', '') {
            Set-Content "$folder/none" $text -NoNewline
            $null = Get-PerfDataInfo "$folder/none" -ErrorVariable problems -ErrorAction SilentlyContinue
            $problems[0].Exception.Message | Should -BeLike "'$folder/none': $(@{ hello = '*PERFILE2*'; PERF = '*too early*'; '' = '*is empty*' }[$text])"
        }
    }

    It 'refuses what is none' {
        { Get-PerfDataInfo /etc/passwd -ErrorAction Stop } | Should -Throw '*PERFILE2*' -ErrorId 'InvalidPerfData,PerfTrace.Commands.GetPerfDataInfoCommand'
    }
}
