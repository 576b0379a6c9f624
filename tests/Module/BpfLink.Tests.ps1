BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $root = Get-RepositoryRoot
    $object = Import-BpfObject "$root/bpf/exitsnoop.bpf.o" -Program on_exit
    $program = $object.Programs[0]

    # A session of its own that attaches a program and tells of its link, then does what it is told.
    function Start-Session([string] $Then) {
        $text = "Import-Module '$root/PerfTrace.psd1'; `$o = Import-BpfObject '$root/bpf/exitsnoop.bpf.o' -Program on_exit; " +
            "`$l = `$o.Programs | New-BpfLink -RawTracepoint sched_process_exit; [Console]::Out.WriteLine(`$l.Id); $Then; Start-Sleep 60"
        $info = [System.Diagnostics.ProcessStartInfo]::new((Get-Process -Id $PID).Path, [string[]]@('-NoProfile', '-Command', $text))
        $info.RedirectStandardOutput = $true
        [System.Diagnostics.Process]::Start($info)
    }

    function Test-Link([uint] $Id) {
        $null -ne (Get-BpfLink -Id $Id -ErrorAction Ignore)
    }
}

AfterAll {
    if ($object) { $object.Dispose() }
}

Describe 'New-BpfLink, Remove-BpfLink' {
    It 'attach and take off, by object and by id' {
        $link = $program | New-BpfLink -RawTracepoint sched_process_exit
        $link.IsOwned | Should -BeTrue
        "$($link.Type) $($link.Target)" | Should -Be 'RawTracepoint sched_process_exit'
        Test-Link $link.Id | Should -BeTrue
        $link | Remove-BpfLink
        Wait-Condition { -not (Test-Link $link.Id) } | Should -BeTrue

        $link = New-BpfLink $program.Id -RawTracepoint sched_process_exit
        Remove-BpfLink $link.Id
        Wait-Condition { -not (Test-Link $link.Id) } | Should -BeTrue
    }

    It 'know from an object file where a program goes' {
        $link = $program | New-BpfLink
        $link.Target | Should -Be 'sched_process_exit'
        $link | Remove-BpfLink
    }

    It 'go with -First, and leave nothing with -WhatIf' {
        $null = $program | New-BpfLink -RawTracepoint sched_process_exit -WhatIf
        @($program | Get-BpfLink).Count | Should -Be 0
        $link = $program | New-BpfLink -RawTracepoint sched_process_exit, sched_process_fork | Select-Object -First 1
        @($program | Get-BpfLink).Id | Should -Contain $link.Id
        $program | Get-BpfLink | Remove-BpfLink
        Wait-Condition { @($program | Get-BpfLink).Count -eq 0 } | Should -BeTrue
    }

    It 'say what is wrong: <Id>' -ForEach @(
        @{ Parameters = @{ RawTracepoint = 'sched_process_exitt' }; Id = 'TracepointNotFound' }
        @{ Parameters = @{ Tracepoint = 'sched:sched_switch' }; Id = 'InvalidBpfHook' }
        @{ Parameters = @{ Interface = 'lo' }; Id = 'InvalidBpfHook' }
    ) {
        $null = $program | New-BpfLink @Parameters -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].FullyQualifiedErrorId | Should -Be "$Id,PerfTrace.Commands.NewBpfLinkCommand"
    }

    It 'complete the names of programs' {
        (TabExpansion2 "New-BpfLink on_e" -cursorColumn 16).CompletionMatches.CompletionText | Should -Contain 'on_exit'
    }
}

Describe 'Update-BpfLink' {
    It 'says that a tracepoint keeps its program' {
        $link = $program | New-BpfLink -RawTracepoint sched_process_exit
        try {
            Update-BpfLink $link $program -ErrorVariable problems -ErrorAction SilentlyContinue
            $problems[0].ErrorDetails.RecommendedAction | Should -BeLike '*make a new link*'
        }
        finally {
            $link | Remove-BpfLink
        }
    }
}

Describe 'A link' {
    It 'goes with Remove-Module' {
        $session = Start-Session 'Remove-Module PerfTrace; [Console]::Out.WriteLine("removed")'
        try {
            $id = [uint] $session.StandardOutput.ReadLine()
            $session.StandardOutput.ReadLine() | Should -Be 'removed'
            Wait-Condition { -not (Test-Link $id) } -Seconds 10 | Should -BeTrue
        }
        finally {
            $session.Kill()
        }
    }

    It 'goes with a session that is killed' {
        $session = Start-Session '$null'
        try {
            $id = [uint] $session.StandardOutput.ReadLine()
            Test-Link $id | Should -BeTrue
        }
        finally {
            $session.Kill()
        }
        Wait-Condition { -not (Test-Link $id) } -Seconds 10 | Should -BeTrue
    }
}

Describe 'A link of a session: <Kind>' -ForEach @(
    @{ Kind = 'perf event'; Program = 'on_sample'; Place = { '-PerfEvent cpu-clock -Frequency 500' } }
    @{ Kind = 'uprobe'; Program = 'on_call'; Place = { "-UProbe '${thrower}:work'" } }
    @{ Kind = 'USDT probe'; Program = 'on_call'; Place = { "-Usdt (Get-UsdtProbe '$libstdcxx' libstdcxx:throw)" } }
) {
    BeforeAll {
        # Programs that count how often they run, in a map that outlives their session.
        Set-Content $TestDrive/hits.bpf.c @'
#include "kernel.h"
char LICENSE[] SEC("license") = "GPL";
struct { MAP_NUMBER(type, MAP_ARRAY); MAP_NUMBER(max_entries, 1); MAP_TYPE(key, u32); MAP_TYPE(value, u64); } hits SEC(".maps");
static int count(void)
{
    u32 key = 0;
    u64 *value = map_lookup(&hits, &key);
    if (value)
        __sync_fetch_and_add(value, 1);
    return 0;
}
SEC("perf_event") int on_sample(void *context) { return count(); }
SEC("uprobe") int on_call(void *context) { return count(); }
'@
        $clang = (Get-Command clang -CommandType Application -ErrorAction Ignore)?.Source ?? (Get-Item /usr/lib/llvm-*/bin/clang)[-1].FullName
        & $clang -target bpf -mcpu=v3 -O2 -g -I "$root/bpf" -c $TestDrive/hits.bpf.c -o $TestDrive/hits.bpf.o
        $counter = Import-BpfObject $TestDrive/hits.bpf.o
        $counted = $counter.Programs | Where-Object Name -EQ $Program
        $hits = $counter.Maps | Where-Object Name -EQ hits

        # A program whose function is called three times, and throws each time.
        $thrower = "$TestDrive/thrower"
        Set-Content "$thrower.cpp" 'extern "C" void work() { throw 1; } int main() { for (int i = 0; i < 3; i++) try { work(); } catch (int) { } }'
        g++ -O1 -o $thrower "$thrower.cpp"
        $libstdcxx = ((ldd $thrower) -match 'libstdc' -split '\s+')[3] | Resolve-Path | Get-Item | ForEach-Object { $_.ResolvedTarget ?? $_.FullName }

        function Measure-Hit {
            $before = ($hits | Get-BpfMapEntry -Key 0).Value
            & $thrower
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            while ($clock.ElapsedMilliseconds -lt 100) { $null = $clock }
            ($hits | Get-BpfMapEntry -Key 0).Value - $before
        }

        function Start-Attached([string] $Then) {
            $text = "Import-Module '$root/PerfTrace.psd1'; `$l = New-BpfLink $($counted.Id) $(& $Place); [Console]::Out.WriteLine(`$l[0].Id); `$null = [Console]::In.ReadLine(); $Then; Start-Sleep 60"
            $info = [System.Diagnostics.ProcessStartInfo]::new((Get-Process -Id $PID).Path, [string[]]@('-NoProfile', '-Command', $text))
            $info.RedirectStandardOutput = $info.RedirectStandardInput = $true
            $session = [System.Diagnostics.Process]::Start($info)
            try {
                Test-Link $session.StandardOutput.ReadLine() | Should -BeTrue
                Measure-Hit | Should -BeGreaterOrEqual 3
                $session.StandardInput.WriteLine()
            }
            catch {
                $session.Kill()
                throw
            }
            $session
        }
    }

    AfterAll {
        if ($counter) { $counter.Dispose() }
    }

    It 'goes with Remove-Module' {
        $session = Start-Attached 'Remove-Module PerfTrace; [Console]::Out.WriteLine("removed")'
        try {
            $session.StandardOutput.ReadLine() | Should -Be 'removed'
            Wait-Condition { -not (Get-BpfLink | Where-Object ProgramId -EQ $counted.Id) } -Seconds 10 | Should -BeTrue
            Wait-Condition { (Measure-Hit) -eq 0 } -Seconds 10 | Should -BeTrue
            $session.HasExited | Should -BeFalse
        }
        finally {
            $session.Kill()
        }
    }

    It 'goes with the session that is killed' {
        $session = Start-Attached '$null'
        $session.Kill()
        $session.WaitForExit()
        Wait-Condition { -not (Get-BpfLink | Where-Object ProgramId -EQ $counted.Id) } -Seconds 10 | Should -BeTrue
        Wait-Condition { (Measure-Hit) -eq 0 } -Seconds 10 | Should -BeTrue
    }
}
