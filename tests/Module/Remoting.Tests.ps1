BeforeDiscovery {
    # A server of the test's own, for this user alone, on the loopback address.
    $sshd = Get-Command sshd, /usr/sbin/sshd -CommandType Application -ErrorAction Ignore
    $hasServer = $sshd -and (Get-Command ssh -CommandType Application -ErrorAction Ignore) -and (Get-Command ssh-keygen -CommandType Application -ErrorAction Ignore)
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $manifest = Join-Path (Get-RepositoryRoot) PerfTrace.psd1
}

Describe 'A session over SSH' -Skip:(-not $hasServer) {
    BeforeAll {
        $folder = Join-Path ([System.IO.Path]::GetTempPath()) "perftrace-ssh-$PID"
        $null = New-Item $folder -ItemType Directory
        chmod 700 $folder
        ssh-keygen -q -t ed25519 -N '' -f "$folder/host"
        ssh-keygen -q -t ed25519 -N '' -f "$folder/user"
        Copy-Item "$folder/user.pub" "$folder/authorized"
        chmod 600 "$folder/authorized"
        # A port that is free now.
        $listener = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
        $listener.Start()
        $port = $listener.LocalEndpoint.Port
        $listener.Stop()
        Set-Content "$folder/config" @(
            "Port $port", 'ListenAddress 127.0.0.1', "HostKey $folder/host", "PidFile $folder/pid", "AuthorizedKeysFile $folder/authorized"
            'PasswordAuthentication no', 'KbdInteractiveAuthentication no', 'UsePAM no', 'StrictModes no', 'PermitRootLogin yes'
            "Subsystem powershell $([Environment]::ProcessPath) -sshs -NoLogo -NoProfile")
        # Where the server puts those who are not logged in yet; the system's own service makes it when it starts.
        if ((id -u) -eq '0') { $null = New-Item /run/sshd -ItemType Directory -Force }
        $path = (Get-Command sshd, /usr/sbin/sshd -CommandType Application -ErrorAction Ignore | Select-Object -First 1).Source
        $server = Start-Process $path -ArgumentList '-D', '-e', '-f', "$folder/config" -PassThru -RedirectStandardError "$folder/log"
        $isUp = Wait-Condition -Seconds 20 { (Get-Content "$folder/log" -ErrorAction Ignore) -match 'listening' }
        if (-not $isUp) { throw "sshd did not start: $(Get-Content "$folder/log" -Raw)" }
        $session = New-PSSession -HostName 127.0.0.1 -Port $port -UserName ([Environment]::UserName) -KeyFilePath "$folder/user" -Options @{ StrictHostKeyChecking = 'no'; UserKnownHostsFile = '/dev/null'; LogLevel = 'ERROR' }
        Invoke-Command $session { Import-Module $using:manifest }
    }

    AfterAll {
        if ($session) { Remove-PSSession $session }
        if ($server) { Stop-Process -Id $server.Id }
        Remove-Item $folder -Recurse -Force
    }

    It 'gives counters whose properties are there' {
        $counters = Invoke-Command $session { Get-PerfCounter -Event page-faults, task-clock true } # without the two hyphens, which PowerShell itself does not take in a remote script block
        $counters[0].PSTypeNames[0] | Should -Be Deserialized.PerfTrace.Perf.PerfCounter
        $counters[0].PSComputerName | Should -Be 127.0.0.1
        $counters[0].Value | Should -BeGreaterThan 10
        "$($counters[0].Status)" | Should -Be Counted
        $counters[1].TimeEnabled | Should -BeOfType timespan
        $counters | Out-String -Width 140 | Should -Match 'Value\s+Unit\s+Event\s+Amount'
    }

    It 'gives events, entries and rows of reports' {
        $event = Invoke-Command $session { Watch-Tracepoint sched:sched_process_exec -MaxEvents 1 -Command true }
        $event.EventName | Should -Be sched:sched_process_exec
        $event.filename | Should -Match 'true$'
        $entries = Invoke-Command $session { Invoke-BpfTrace 'BEGIN { @x["a", 1] = 5; @h = hist(10); exit(); }' }
        ($entries | Where-Object Map -EQ '@x').Value | Should -Be 5
        $entries | Out-String -Width 140 | Should -Match '@x'
    }

    It 'shows what a command prints, which is no message of the session' {
        $shown = & { Invoke-Command $session { Measure-KernelEvent syscalls:sys_enter_read -Count -Command cat, /etc/hostname } } 6>&1
        $measured = $shown | Where-Object { $_.PSTypeNames -like '*KernelEventMeasurement' }
        $measured.Count | Should -BeGreaterThan 0
        # It reads nothing of the session either.
        Invoke-Command $session { Get-PerfCounter -Event page-faults cat } | Should -Not -BeNullOrEmpty
        (Invoke-Command $session { 1 + 1 }) | Should -Be 2
    }

    It 'gives errors with their id and their remedy' {
        $problem = Invoke-Command $session { Get-PerfEvent no-such-event } 2>&1
        $problem.FullyQualifiedErrorId | Should -BeLike 'EventNotFound,*'
    }

    It 'ends what runs within 100 ms when it is stopped: <Line>' -ForEach @(
        @{ Line = 'Watch-Tracepoint sched:sched_switch -Where { $_.prev_pid -ge 0 }' }
        @{ Line = 'Get-PerfCounter -Event cs -AllCpu -Interval 0.05' }
        @{ Line = 'Watch-PerfSample -AllCpu -Event cpu-clock -Frequency 99' }
        @{ Line = 'Invoke-BpfTrace "interval:ms:20 { print(1); }"' }
    ) {
        $times = foreach ($i in 1..4) {
            $job = Invoke-Command $session ([scriptblock]::Create($Line)) -AsJob
            Wait-Condition -Seconds 20 { $job.ChildJobs[0].Output.Count -gt 0 } | Should -BeTrue
            (Measure-Command { Stop-Job $job }).TotalMilliseconds
            $job.State | Should -Be Stopped
            Remove-Job $job -Force
        }
        if ($env:PERFTRACE_STOP_FIGURES) { Add-Content $env:PERFTRACE_STOP_FIGURES "over SSH, $Line`: $($times.ForEach{ $_.ToString('0') }) ms" }
        Get-Median $times | Should -BeLessOrEqual 100 -Because "ms: $times"
        Invoke-Command $session { @(Get-PerfTraceResource).Count } | Should -Be 0
        Invoke-Command $session { @([System.IO.Directory]::GetFiles('/proc/self/fd').Where{ [System.IO.File]::ResolveLinkTarget($_, $false).FullName -match 'perf_event|bpf' }).Count } | Should -Be 0
    }
}
