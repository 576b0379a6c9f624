BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $tracefs = ((Get-Content /proc/self/mountinfo) -match ' - tracefs ' | Select-Object -First 1).Split(' ')[4]
    # Libraries that pwsh itself has loaded are on every machine.
    $maps = Get-Content /proc/self/maps | ForEach-Object { $_.Split(' ')[-1] } | Sort-Object -Unique
    $libc = $maps | Where-Object { $_ -match '/libc(\.so|-2)' } | Select-Object -First 1
    $libstdcxx = $maps | Where-Object { $_ -match '/libstdc\+\+\.so' } | Select-Object -First 1
    $bash = (Get-Command bash -CommandType Application | Select-Object -First 1).Source
    function Get-OwnProbe { Get-UProbe "perftrace_$($PID)_*:*" }
}

Describe 'Probes in programs and libraries' {
    AfterEach {
        Get-OwnProbe | Remove-UProbe -Force
    }

    Context 'New-UProbe' {
        It 'makes an ordinary event' {
            $probe = New-UProbe "${libc}:getppid" -Argument 'sp=%sp:x64'
            $probe.PSTypeNames[0] | Should -Be PerfTrace.Tracing.UProbe
            $probe.Event | Should -Match "^perftrace_${PID}_\d+_probes:getppid$"
            $probe.Symbol | Should -Be getppid
            ($probe | Get-Tracepoint).Fields.Name | Should -Contain sp
            Get-Content "$tracefs/uprobe_events" | Should -Contain $probe.Definition
        }

        It 'counts hits' {
            $probe = New-UProbe "${libc}:getppid"
            $probe.Hits | Should -Be 0
            Set-Content "$tracefs/events/$($probe.Group)/$($probe.Name)/enable" 1
            & $bash -c ': $PPID' # bash asks for it when it starts
            Set-Content "$tracefs/events/$($probe.Group)/$($probe.Name)/enable" 0
            $probe.Hits | Should -BeGreaterThan 0
            (Get-UProbe $probe.Event).Hits | Should -BeGreaterOrEqual $probe.Hits
        }

        It 'says what programs are attached to in its stead' {
            $probe = New-UProbe "${libc}:getppid"
            { Measure-KernelEvent $probe.Event -Duration 1 } | Should -Throw '*uprobe:path:function*'
            { Invoke-BpfTrace "tracepoint:$($probe.Event) { @ = count(); }" -Duration 1 } | Should -Throw '*uprobe:path:function*'
        }

        It 'takes a program of PATH, and a path from the current location' {
            $function = (Get-Completion "New-UProbe ${bash}:").ListItemText[0] -replace '^.*:'
            (New-UProbe "bash:$function").Path | Should -Be $bash
            Push-Location (Split-Path $bash)
            try { (New-UProbe "./bash:$function" -Return).Path | Should -Be $bash }
            finally { Pop-Location }
        }

        It 'takes a library by its name' {
            foreach ($name in 'libc', 'libc.so.6') { (New-UProbe "${name}:getppid").Symbol | Should -Be getppid }
            { New-UProbe libnosuchthing:main -ErrorAction Stop } | Should -Throw '*no library of that name*' -ErrorId 'FileNotFound,*'
            { New-UProbe no-such-thing:main -ErrorAction Stop } | Should -Throw '*no program of that name in PATH*' -ErrorId 'FileNotFound,*'
        }

        It 'names what is wrong: <Id>' -ForEach @(
            @{ Place = ':getpppid'; Id = 'SymbolNotFound'; Like = '*Did you mean*getppid*' }
            @{ Place = ':0x0'; Id = 'InvalidProbePlace'; Like = '*not in the code*' }
            @{ Place = ''; Id = 'InvalidProbe'; Like = '*path:function*' }
            @{ Place = ':getppid'; Name = "a`nb"; Id = 'InvalidName'; Like = '*letters*' }
            @{ Place = ':getppid'; Argument = "a`nb"; Id = 'InvalidProbe'; Like = '*line breaks*' }
            @{ Place = ':getppid'; Argument = 'x=%nosuch'; Id = 'InvalidTraceCommand'; Like = '*Invalid register*^*' }
        ) {
            $parameters = @{ Location = "$libc$Place" }
            if ($Name) { $parameters.Name = $Name }
            if ($Argument) { $parameters.Argument = $Argument }
            New-UProbe @parameters -ErrorVariable problems -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
            $problems[0].FullyQualifiedErrorId | Should -Be "$Id,PerfTrace.Commands.NewUProbeCommand"
            $problems[0].Exception.Message | Should -BeLike $Like
            Get-OwnProbe | Should -BeNullOrEmpty
        }

        It 'tells what double quotes do to an argument' {
            $arg1 = $null
            $null = New-UProbe "${libc}:getppid" -Argument "x=+0($arg1):string" -ErrorAction SilentlyContinue -WarningVariable warnings -WarningAction SilentlyContinue
            $warnings | Should -BeLike '*single quotes*'
        }

        It 'asks, and does nothing with -WhatIf' {
            New-UProbe "${libc}:getppid" -WhatIf | Should -BeNullOrEmpty
            Get-OwnProbe | Should -BeNullOrEmpty
        }

        It 'says with -Verbose what is written to the kernel' {
            $said = New-UProbe "${libc}:getppid" -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
            $said.Message -like "*/dynamic_events: p:perftrace_${PID}_*/getppid ${libc}:0x*" | Should -Not -BeNullOrEmpty
        }

        It 'completes the functions of the file within a second' {
            (Get-Completion "New-UProbe ${libc}:getpp").CompletionText | Should -Contain "${libc}:getppid"
            (Measure-Command { Get-Completion "New-UProbe ${libc}:get" }).TotalSeconds | Should -BeLessThan 1
        }

        It 'makes USDT probes from the pipeline' {
            $probe = Get-UsdtProbe $libstdcxx throw | Select-Object -First 1 | New-UProbe
            $probe.Name | Should -Be libstdcxx_throw
            $probe.Arguments.Count | Should -BeGreaterThan 0
        }
    }

    Context 'A session''s probes' {
        It 'go when it ends, unless they are persistent' {
            $name = "test_$PID"
            $module = Join-Path $PSScriptRoot '../../PerfTrace.psd1'
            try {
                $output = Invoke-NewShell "Import-Module '$module'; (New-UProbe '${libc}:getppid').Event; (New-UProbe '${libc}:getppid' -Persistent -Name $name).Event"
                $output[1] | Should -Be "perftrace:$name"
                $now = (Get-UProbe).Event
                $now | Should -Not -Contain $output[0]
                $now | Should -Contain "perftrace:$name"
            }
            finally {
                Remove-UProbe "perftrace:$name" -ErrorAction Ignore
            }
        }

        It 'go with Remove-Module, also while their events are enabled' {
            $module = Join-Path $PSScriptRoot '../../PerfTrace.psd1'
            $output = Invoke-NewShell "Import-Module '$module'; `$p = New-UProbe '${libc}:getppid'; Set-Content $tracefs/events/`$(`$p.Group)/`$(`$p.Name)/enable 1; Remove-Module PerfTrace; Test-Path $tracefs/events/`$(`$p.Group)"
            $output | Should -Be 'False'
        }
    }

    Context 'Get-UProbe' {
        It 'takes wildcards, names and objects' {
            $null = New-UProbe "${libc}:getppid", "${libc}:getpid"
            (Get-UProbe "perftrace_$($PID)_*:getp*").Name | Should -Be @('getppid', 'getpid')
            (Get-UProbe getppid).Name | Should -Be getppid
            (Get-UProbe getppid | Get-UProbe).Name | Should -Be getppid
            Get-UProbe no-such* | Should -BeNullOrEmpty
            (Get-Completion 'Get-UProbe perftrace_').ListItemText | Should -Contain (Get-UProbe getppid).Event
        }

        It 'writes ProbeNotFound with the nearest names' {
            $null = New-UProbe "${libc}:getppid"
            $null = Get-UProbe getpppid -ErrorVariable problems -ErrorAction SilentlyContinue
            $problems[0].FullyQualifiedErrorId | Should -Be 'ProbeNotFound,PerfTrace.Commands.GetUProbeCommand'
            $problems[0].Exception.Message | Should -BeLike '*getppid*'
        }

        It 'shows a table' {
            $null = New-UProbe "${libc}:getppid"
            Get-UProbe getppid | Out-String -Width 160 | Should -Match 'Event\s+Location\s+Return\s+Hits\s+Arguments'
        }
    }

    Context 'Remove-UProbe' {
        It 'removes what is piped to it' {
            New-UProbe "${libc}:getppid" | Remove-UProbe
            Get-OwnProbe | Should -BeNullOrEmpty
        }

        It 'refuses a probe in use, and tells where it is' {
            $probe = New-UProbe "${libc}:getppid"
            Set-Content "$tracefs/events/$($probe.Group)/$($probe.Name)/enable" 1
            $probe | Remove-UProbe -ErrorVariable problems -ErrorAction SilentlyContinue
            $problems[0].FullyQualifiedErrorId | Should -Be 'ProbeBusy,PerfTrace.Commands.RemoveUProbeCommand'
            $problems[0].Exception.Message | Should -BeLike '*enabled in the top-level buffer*'
            $probe | Remove-UProbe -Force
            Get-OwnProbe | Should -BeNullOrEmpty
        }
    }
}
