BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

Describe 'Register-TracepointEvent' {
    AfterEach {
        Get-EventSubscriber -SourceIdentifier perftrace-test* | Unregister-Event
        Get-Event -ErrorAction Ignore | Where-Object SourceIdentifier -Like perftrace-test* | Remove-Event
        Get-Job | Where-Object Name -Like perftrace-test* | Remove-Job -Force
    }

    It 'runs the action for each event, in order' {
        $seen = [System.Collections.Generic.List[object]]::new()
        $job = Register-TracepointEvent sched:sched_process_exec -SourceIdentifier perftrace-test -MessageData $seen -Where { $_.CommandName -in 'true', 'false' } -Action {
            $Event.MessageData.Add($Event.SourceArgs[0])
        }
        $job.Name | Should -Be perftrace-test
        foreach ($i in 1..5) { /bin/true; /bin/false }
        Wait-Condition { $seen.Count -ge 10 } 10 | Should -BeTrue
        ($seen.filename -join ' ') | Should -Be ((@('/bin/true', '/bin/false') * 5) -join ' ')
    }

    It 'sees what is done right after it returned' {
        foreach ($i in 1..10) {
            Register-TracepointEvent sched:sched_process_exec -SourceIdentifier "perftrace-test-$i" -MaxTriggerCount 1 -Where { $_.CommandName -eq 'true' }
            /bin/true
            Wait-Event "perftrace-test-$i" -Timeout 5 | Should -Not -BeNullOrEmpty -Because "it was registered before (round $i)"
        }
    }

    It 'says what is wrong with a command, and leaves no subscription' {
        Register-TracepointEvent sched:sched_process_exec -Command /no/such -SourceIdentifier perftrace-test-command -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'CommandNotFound,*'
        Get-EventSubscriber perftrace-test-command -ErrorAction Ignore | Should -BeNullOrEmpty
    }

    It 'keeps events for Get-Event and counts those that are too many' {
        Register-TracepointEvent sched:sched_process_exec -SourceIdentifier perftrace-test-queue -MaxQueued 2 -Where { $_.CommandName -eq 'true' } | Should -BeNullOrEmpty
        foreach ($i in 1..5) { /bin/true }
        Wait-Condition { @(Get-Event -SourceIdentifier perftrace-test-queue -ErrorAction Ignore).Count -eq 2 } 5 | Should -BeTrue
        $first = @(Get-Event -SourceIdentifier perftrace-test-queue)[0]
        Wait-Condition { $first.Sender.Dropped -eq 3 } 5 | Should -BeTrue
        $first.SourceArgs[0].filename | Should -Be /bin/true
    }

    It 'ends with Unregister-Event' {
        Register-TracepointEvent sched:sched_process_exec -SourceIdentifier perftrace-test-end
        /bin/true
        Wait-Condition { Get-Event -SourceIdentifier perftrace-test-end -ErrorAction Ignore } 5 | Should -BeTrue
        $subscription = @(Get-Event -SourceIdentifier perftrace-test-end)[0].Sender
        $subscription.HasEnded | Should -BeFalse
        Unregister-Event perftrace-test-end
        Wait-Condition { $subscription.HasEnded } 5 | Should -BeTrue
        $subscription.Failure | Should -BeNullOrEmpty
    }

    It 'unsubscribes after so many events' {
        $null = Register-TracepointEvent sched:sched_process_exec -SourceIdentifier perftrace-test-count -MaxTriggerCount 2 -Action { 1 }
        foreach ($i in 1..4) { /bin/true }
        Wait-Condition { -not (Get-EventSubscriber -SourceIdentifier perftrace-test-count -ErrorAction Ignore) } 5 | Should -BeTrue
    }

    It 'refuses a name that is in use' {
        Register-TracepointEvent sched:sched_process_exec -SourceIdentifier perftrace-test-twice
        { Register-TracepointEvent sched:sched_process_exec -SourceIdentifier perftrace-test-twice -ErrorAction Stop } | Should -Throw -ErrorId 'SubscriberExists,*'
    }

    It 'says what is wrong with an event' {
        $errors = $null
        Register-TracepointEvent sched:sched_swich -SourceIdentifier perftrace-test-wrong -ErrorVariable errors -ErrorAction SilentlyContinue
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'TracepointNotFound,*'
        Get-EventSubscriber -SourceIdentifier perftrace-test-wrong -ErrorAction Ignore | Should -BeNullOrEmpty
    }
}
