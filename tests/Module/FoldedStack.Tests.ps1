BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

Describe 'ConvertFrom-FoldedStack' {
    It 'reads lines and texts of several lines' {
        'a;b 1', "c 2`nd 3`n" | ConvertFrom-FoldedStack | ForEach-Object { $_.Count } | Should -Be 1, 2, 3
    }

    It 'tells the number of a bad line' {
        'a 1', 'bad', 'b 2' | ConvertFrom-FoldedStack -ErrorVariable problems -ErrorAction SilentlyContinue | Should -HaveCount 2
        $problems[0].Exception.Message | Should -BeLike 'Line 2:*'
    }
}

Describe 'ConvertTo-FoldedStack' {
    It 'gives back what was read' {
        $lines = 'app;main;f 3', 'app;main;operator new(unsigned long) 12', 'app;main;vfs_read_[k] 4'
        $lines | ConvertFrom-FoldedStack | ConvertTo-FoldedStack -MarkKernel | Should -Be $lines
    }
}
