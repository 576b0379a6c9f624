BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $stacks = 'app;main;f 30', 'app;main;read_[k] 10' | ConvertFrom-FoldedStack
    $variables = 'DISPLAY', 'WAYLAND_DISPLAY', 'BROWSER'
    $saved = $variables | ForEach-Object { [Environment]::GetEnvironmentVariable($_) }
}

AfterAll {
    0..2 | ForEach-Object { [Environment]::SetEnvironmentVariable($variables[$_], $saved[$_]) }
}

Describe 'Show-FlameGraph' {
    It 'draws in the colours of $PSStyle' {
        $rows = $stacks | Show-FlameGraph -AsText -Columns 40
        $rows[0] | Should -Match "$([regex]::Escape($PSStyle.Background.BrightBlue)).*│read.*$([regex]::Escape($PSStyle.Reset))`$"
        $rows[-1] -replace '\e\[[\d;]*m' | Should -Be '│all: 40 samples························'
    }

    It 'draws text where there is no display' {
        $variables | ForEach-Object { [Environment]::SetEnvironmentVariable($_, $null) }
        $stacks | Show-FlameGraph | Should -HaveCount 4
    }

    It 'opens the browser where there is one' {
        [Environment]::SetEnvironmentVariable('DISPLAY', ':99')
        "#!/bin/sh`ncp ""`$1"" $TestDrive/opened.svg" | Set-Content "$TestDrive/browser"
        chmod +x "$TestDrive/browser"
        [Environment]::SetEnvironmentVariable('BROWSER', "$TestDrive/browser")
        $folder = [System.IO.Path]::GetTempPath()
        $old = New-Item (Join-Path $folder 'perftrace-flamegraph-old.svg') -Force
        $old.LastWriteTimeUtc = [DateTime]::UtcNow.AddHours(-2)
        $before = @(Get-ChildItem $folder -Filter perftrace-flamegraph-*.svg).Name
        $stacks | Show-FlameGraph | Should -BeNullOrEmpty
        for ($i = 0; $i -lt 100 -and -not (Test-Path "$TestDrive/opened.svg"); $i++) { Start-Sleep -Milliseconds 50 }
        Start-Sleep -Milliseconds 200
        ([xml](Get-Content -Raw "$TestDrive/opened.svg")).svg.title | Should -Be 'Flame graph'
        # What the browser of long ago had read has gone.
        $after = Get-ChildItem $folder -Filter perftrace-flamegraph-*.svg
        $after.Name | Should -Not -Contain 'perftrace-flamegraph-old.svg'
        $after | Where-Object Name -NotIn $before | Remove-Item
    }

    It 'draws text when the browser can not be started' {
        [Environment]::SetEnvironmentVariable('DISPLAY', ':99')
        [Environment]::SetEnvironmentVariable('BROWSER', '/no/such/browser')
        $stacks | Show-FlameGraph -WarningVariable warnings -WarningAction SilentlyContinue | Should -HaveCount 4
        $warnings | Should -BeLike '*could not be started*'
    }
}
