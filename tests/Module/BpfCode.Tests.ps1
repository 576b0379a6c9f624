BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $object = Import-BpfObject (Join-Path (Get-RepositoryRoot) 'bpf/exitsnoop.bpf.o') -Program on_exit
    $program = $object.Programs[0]
}

AfterAll {
    if ($object) { $object.Dispose() }
}

Describe 'Get-BpfInstruction' {
    It 'writes what bpftool writes' {
        $expected = (bpftool prog dump xlated id $program.Id) -join "`n"
        (Get-BpfInstruction $program -AsText).TrimEnd() -replace '&\(void __percpu \*\)\((r\d+)\)', '$1' | Should -Be $expected.TrimEnd()
    }

    It 'takes programs by object, id, name, tag and pipeline' {
        $count = @(Get-BpfInstruction $program).Count
        $count | Should -BeGreaterThan 20
        @($program | Get-BpfInstruction).Count | Should -Be $count
        @(Get-BpfInstruction $program.Id).Count | Should -Be $count
        @(Get-BpfInstruction $program.Tag).Count | Should -BeGreaterOrEqual $count
        @(Get-BpfProgram -Id $program.Id | Get-BpfInstruction | Select-Object -First 3).Count | Should -Be 3
    }

    It 'knows helpers, maps and source lines' {
        $all = Get-BpfInstruction $program
        $all.MapId | Where-Object { $_ } | Sort-Object -Unique | ForEach-Object { $_ | Should -BeIn $program.MapId }
        ($all | Where-Object Helper).Helper | Should -Contain 'bpf_probe_read_kernel'
        ($all | Where-Object SourceFile)[0].SourceFile | Should -BeLike '*exitsnoop.bpf.c'
    }

    It 'lists machine code' {
        if (-not $program.IsJited) { Set-ItResult -Skipped -Because 'programs are interpreted here' ; return }
        $all = Get-BpfInstruction $program -Jited
        ($all.Bytes.Count | Measure-Object -Sum).Sum | Should -BeGreaterThan 100
        ($all | Select-Object -First 1).Function | Should -BeLike 'bpf_prog_*'
    }

    It 'tells of a program that is not there, and goes on' {
        $found = @(Get-BpfInstruction 4000000000, $program.Id -ErrorVariable problems -ErrorAction SilentlyContinue)
        $problems.FullyQualifiedErrorId | Should -Be 'BpfObjectGone,PerfTrace.Commands.GetBpfInstructionCommand'
        $found.Count | Should -BeGreaterThan 20
    }
}

Describe 'Test-BpfProgram' {
    It 'runs a raw tracepoint program with arguments' {
        $run = $program | Test-BpfProgram -Context (, [byte] 0 * 96) -Repeat 3
        $run.Repeat | Should -Be 3
        $run.ProgramId | Should -Be $program.Id
        $run.AverageNanoseconds | Should -BeNullOrEmpty
    }

    It 'tells what a context is that is too long' {
        $null = $program | Test-BpfProgram -Context (, [byte] 0 * 4096) -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].FullyQualifiedErrorId | Should -Be 'InvalidTestInput,PerfTrace.Commands.TestBpfProgramCommand'
        $problems[0].ErrorDetails.RecommendedAction | Should -BeLike '*8 bytes each*4096 bytes were given*'
    }

    It 'tells that a perf_event program can not be run' {
        $other = Import-BpfObject (Join-Path (Get-RepositoryRoot) 'bpf/profile.bpf.o') -Program on_sample
        try {
            $null = Test-BpfProgram $other.Programs[0] -ErrorVariable problems -ErrorAction SilentlyContinue
            $problems[0].FullyQualifiedErrorId | Should -BeLike 'NotSupported,*'
            $problems[0].CategoryInfo.Category | Should -Be NotImplemented
        }
        finally {
            $other.Dispose()
        }
    }
}

Describe 'Measure-BpfProgram' {
    It 'counts the runs of a program that is attached' {
        $link = $program | New-BpfLink -RawTracepoint sched_process_exit
        try {
            $job = Start-ThreadJob { 1..20 | ForEach-Object { /bin/true } }
            $measured = $program | Measure-BpfProgram -Duration 1
            $null = $job | Receive-Job -Wait -AutoRemoveJob
            $measured.RunCount | Should -BeGreaterThan 0
            $measured.AverageNanoseconds | Should -BeGreaterThan 0
            $measured.Elapsed.TotalSeconds | Should -BeGreaterThan 0.9
        }
        finally {
            $link | Remove-BpfLink
        }
    }

    It 'stops with its pipeline' {
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript("Import-Module '$(Get-RepositoryRoot)/PerfTrace.psd1'; Measure-BpfProgram")
            $running = $shell.BeginInvoke()
            Start-Sleep -Milliseconds 1500
            $clock.Restart()
            $shell.Stop()
            $clock.ElapsedMilliseconds | Should -BeLessThan 1500
            $running.IsCompleted | Should -BeTrue
        }
        finally {
            $shell.Dispose()
        }
    }
}
