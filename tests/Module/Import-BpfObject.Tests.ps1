BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $file = Join-Path (Get-RepositoryRoot) bpf/exitsnoop.bpf.o
}

Describe 'Import-BpfObject' {
    It 'gives an object that owns programs and maps' {
        $object = Import-BpfObject $file -GlobalVariable @{ failed_only = 1 } -MapSize @{ events = '64KB' } -Program on_exit
        $object.PSTypeNames[0] | Should -Be PerfTrace.Bpf.BpfObject
        $object.Programs.Name | Should -Be on_exit
        ($object.Maps | Where-Object Name -EQ events).MaximumEntries | Should -Be 64KB
        $object | Format-Table | Out-String -Width 120 | Should -Match 'Name\s+Programs\s+Maps\s+Links'
        $id = $object.Programs[0].Id
        (Get-BpfProgram $id).Name | Should -Be on_exit
        $object.Dispose()
        Wait-Condition { -not (Get-BpfProgram on_exit -ErrorAction Ignore | Where-Object Id -EQ $id) } -Seconds 10 | Should -BeTrue
    }

    It 'tells what is in a file' {
        $content = Import-BpfObject $file -NoLoad -GlobalVariable @{ command_prefix = 'sh' }
        ($content.Variables | Where-Object Name -EQ command_prefix).Value | Should -Be sh
        $content.Programs.Section | Should -Contain raw_tp/sched_process_exit
    }

    It 'takes files from the pipeline, and goes on after a bad one' {
        Set-Content $TestDrive/bad.bpf.o text
        $objects = (Get-Item $TestDrive/bad.bpf.o), (Get-Item $file) | Import-BpfObject -NoLoad -ErrorVariable problems -ErrorAction SilentlyContinue
        $objects.Name | Should -Be exitsnoop
        $problems[0].FullyQualifiedErrorId | Should -Be 'InvalidBpfObject,PerfTrace.Commands.ImportBpfObjectCommand'
    }

    It 'says that a folder is none' {
        { Import-BpfObject $TestDrive -ErrorAction Stop } | Should -Throw "$($TestDrive): it is a folder*" -ErrorId 'InvalidBpfObject,*'
    }

    It 'names what is not in the file' {
        { Import-BpfObject $file -GlobalVariable @{ failedonly = 1 } -ErrorAction Stop } | Should -Throw -ErrorId 'BpfObjectNameNotFound,*'
        { Import-BpfObject $file -MapSize @{ events = 'much' } -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidMapSize,*'
        { Import-BpfObject $TestDrive/none.bpf.o -ErrorAction Stop } | Should -Throw -ErrorId 'FileNotFound,*'
    }

    It 'is attached by its sections in one line' {
        $links = Import-BpfObject $file -OutVariable object | New-BpfLink
        $links.Target | Should -Be @('sched_process_fork', 'sched_process_free', 'sched_process_exit')
        $links | Remove-BpfLink
        $object.Dispose()
    }

    It 'does nothing with -WhatIf' {
        Import-BpfObject $file -WhatIf | Should -BeNullOrEmpty
    }

    It 'is gone when the module is removed' {
        $root = Get-RepositoryRoot
        $lines = Invoke-NewShell "Import-Module $root/PerfTrace.psd1; `$o = Import-BpfObject $file; `$null = `$o.AttachAll(); `$o.Links.Count; Remove-Module PerfTrace; `$o.IsDisposed"
        $lines[-2..-1] | Should -Be @('3', 'True')
    }
}
