BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $folder = Join-Path ([System.IO.Path]::GetTempPath()) "perftrace-$([guid]::NewGuid().ToString('N'))"
    $null = New-Item -ItemType Directory $folder
    Set-Content "$folder/prog.c" @'
volatile unsigned long sink;
__attribute__((noinline)) unsigned long hot(unsigned long n) { unsigned long s = 1; while (n--) s = s * 31 / (n | 1) + 7; return s; }
int main() { for (int i = 0; i < 300; i++) sink += hot(20000 + i); return 0; }
'@
    gcc -O1 -g -o "$folder/prog" "$folder/prog.c"
    perf record -q -e cpu-clock:u -F 5000 -o "$folder/a.data" -- "$folder/prog"
}

AfterAll {
    Remove-Item -Recurse -Force $folder
}

Describe 'Get-PerfAnnotation' {
    It 'shows the instructions of a function under its name' {
        $text = Get-PerfAnnotation "$folder/a.data" -Symbol hot | Out-String -Width 140
        $text | Should -Match 'Function: hot \(prog\), \d+ samples of cpu-clock:u, [\d.]+ % of all'
        $text | Should -Match 'Percent +Address +Source +Instruction'
        $text | Should -Match '(?m)^ +\d+\.\d\d +[0-9a-f]+ prog\.c:2 +\w+'
        # Nothing where no sample is.
        $text | Should -Not -Match '(?m)^ +0\.00 '
    }

    It 'takes samples that a variable holds, with their source lines' {
        $samples = Get-PerfSample "$folder/a.data"
        $lines = $samples | Get-PerfAnnotation -Symbol hot
        ($lines | Measure-Object Samples -Sum).Sum | Should -Be @($samples | Where-Object Symbol -EQ hot).Count
        $lines.SourceLine | Sort-Object -Unique | Should -Be 2
        (Get-PerfAnnotation -InputObject $samples -Symbol hot).Count | Should -Be $lines.Count
        (Get-Item "$folder/a.data" | Get-PerfAnnotation -Symbol hot).Count | Should -Be $lines.Count
    }

    It 'takes functions from a report' {
        $row = Get-PerfReport "$folder/a.data" | Where-Object Symbol -EQ hot
        $lines = Get-PerfAnnotation "$folder/a.data" -Symbol $row.Symbol -Module $row.Module
        $lines[0].Function.Samples | Should -Be $row.Samples
        $lines[0].Function.Percent | Should -Be $row.SelfPercent
    }

    It 'ends with the pipeline, and leaves nothing open' {
        $null = Get-PerfAnnotation "$folder/a.data" | Select-Object -First 1
        $before = Get-DescriptorCount
        (Get-PerfAnnotation "$folder/a.data" | Select-Object -First 1).Offset | Should -Be 0
        Get-DescriptorCount | Should -BeLessOrEqual $before
    }

    It 'exports' {
        $row = Get-PerfAnnotation "$folder/a.data" -Symbol hot | Select-Object Address, Instruction, Percent, Source | ConvertTo-Csv | ConvertFrom-Csv | Sort-Object { [double] $_.Percent } | Select-Object -Last 1
        [double] $row.Percent | Should -BeGreaterThan 10
        (Get-PerfAnnotation "$folder/a.data" -Symbol hot | ConvertTo-Json -Depth 3 | ConvertFrom-Json)[0].Function.Symbol | Should -Be hot
    }

    It 'refuses what it can not take, and shows the rest' {
        $lines = @(5) + (Get-PerfSample "$folder/a.data") | Get-PerfAnnotation -Symbol hot -ErrorVariable problems -ErrorAction SilentlyContinue
        $lines.Count | Should -BeGreaterThan 5
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'InvalidInput,*'
        Get-PerfAnnotation "$folder/a.data" -Symbol nothing -ErrorVariable problems -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'NoSamples,*'
        { Get-PerfAnnotation "$folder/a.data" -First 0 } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
        { Get-PerfAnnotation "$folder/a.data" -Symbol '[a' } | Should -Throw
    }

    It 'names the functions whose code is gone' {
        Copy-Item "$folder/prog" "$folder/gone"
        perf record -q -B -N -e cpu-clock:u -F 2000 -o "$folder/gone.data" -- "$folder/gone"
        $samples = Get-PerfSample "$folder/gone.data"
        $null = $samples.Symbol
        Remove-Item "$folder/gone"
        $samples | Get-PerfAnnotation -Symbol hot -ErrorVariable problems -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'CodeNotFound,*'
        "$($problems[0])" | Should -BeLike 'hot (gone): The file */gone is not there*'
    }
}
