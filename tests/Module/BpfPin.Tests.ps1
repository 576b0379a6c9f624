BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $folder = "/sys/fs/bpf/pester_$PID"
    $map = New-BpfMap array pester_pin
    $other = New-BpfMap hash pester_other
}

AfterAll {
    Remove-BpfPin "$folder/*"
    Remove-Item $folder -Recurse -ErrorAction Ignore
    $map, $other | ForEach-Object Dispose
}

Describe 'Pins' {
    It 'are made, listed and removed' {
        $pin = $map | New-BpfPin "$folder/deep/one"
        $pin.PSTypeNames[0] | Should -Be PerfTrace.Bpf.BpfPin
        $pin.Path, $pin.Kind, $pin.Id, $pin.Type, $pin.Name | Should -Be @("$folder/deep/one", 'Map', $map.Id, 'array', 'pester_pin')
        $pin | Out-String -Width 120 | Should -Match 'Kind\s+Id\s+Type\s+Name\s+Path'
        (Get-BpfMap -Id $map.Id).PinnedPath | Should -Be "$folder/deep/one"
        (Get-BpfPin "$folder/deep/one").Id | Should -Be $map.Id
        (Get-BpfPin $folder).Path | Should -Be "$folder/deep/one"
        (Get-BpfPin "*pester_$PID*" -Kind Map).Path | Should -Be "$folder/deep/one"
        Get-BpfPin $folder -Kind Program, Link | Should -BeNullOrEmpty
        Get-BpfPin $folder | Remove-BpfPin
        Get-BpfPin $folder | Should -BeNullOrEmpty
    }

    It 'take the names of the objects in a folder' {
        ($map, $other | New-BpfPin "$folder/").Path | Should -Be @("$folder/pester_pin", "$folder/pester_other")
        (Get-BpfPin $folder).Name | Should -Be @('pester_other', 'pester_pin') -Because 'they come by path'
        Remove-BpfPin "$folder/*"
        Get-BpfPin "$folder/*" | Should -BeNullOrEmpty
    }

    It 'lead to what is pinned' {
        $null = $map | New-BpfPin "$folder/leads"
        (Get-BpfMap -PinnedPath "$folder/leads").Id | Should -Be $map.Id
        (Get-BpfMap "$folder/leads").Id | Should -Be $map.Id
        (Get-BpfPin "$folder/leads" | Get-BpfMap).Id | Should -Be $map.Id
        (Get-BpfPin "$folder/leads" | Get-BpfMapEntry).MapId | Should -Be $map.Id
        Set-BpfMapEntry "$folder/leads" 0 5
        (Get-BpfMapEntry $map).Value | Should -Be 5
        Get-BpfProgram -PinnedPath "$folder/leads" -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].FullyQualifiedErrorId | Should -Be 'BpfObjectNotFound,PerfTrace.Commands.GetBpfProgramCommand'
        $problems[0].Exception.Message | Should -Match 'a map'
        Push-Location $folder
        try {
            (Get-BpfMap -PinnedPath leads).Id | Should -Be $map.Id
            Remove-BpfPin leads
        }
        finally {
            Pop-Location
        }
        Get-BpfPin $folder | Should -BeNullOrEmpty
    }

    It 'keep a map alive' {
        $kept = New-BpfMap hash pester_kept -Pin "$folder/kept"
        $kept.Dispose()
        (Get-BpfMap pester_kept).Id | Should -Be $kept.Id
        Remove-BpfPin "$folder/kept"
        Wait-Condition { -not (Get-BpfMap pester_kept*) } -Seconds 5 | Should -BeTrue
    }

    It 'are not made or removed with -WhatIf' {
        $map | New-BpfPin "$folder/what" -WhatIf | Should -BeNullOrEmpty
        Get-BpfPin "$folder/what*" | Should -BeNullOrEmpty
        $null = $map | New-BpfPin "$folder/what"
        Remove-BpfPin "$folder/wh*" -WhatIf
        @(Get-BpfPin "$folder/what").Count | Should -Be 1
        Remove-BpfPin "$folder/what"
    }

    It 'say what is wrong with a path' {
        $null = $map | New-BpfPin "$folder/taken"
        $other | New-BpfPin "$folder/taken" -ErrorVariable problems -ErrorAction SilentlyContinue
        $problems[0].FullyQualifiedErrorId | Should -Be 'AlreadyExists,PerfTrace.Commands.NewBpfPinCommand'
        $other | New-BpfPin "$folder/taken/below" -ErrorVariable below -ErrorAction SilentlyContinue
        $below.Count | Should -Be 1
        $other | New-BpfPin $TestDrive/file -ErrorVariable outside -ErrorAction SilentlyContinue
        $outside[0].ErrorDetails.RecommendedAction | Should -Match '/sys/fs/bpf'
        $other | New-BpfPin "$folder/with.dot" -ErrorVariable dot -ErrorAction SilentlyContinue
        $dot[0].ErrorDetails.RecommendedAction | Should -Match 'no names with a dot'
        $other | New-BpfPin "$folder/$('x' * 300)" -ErrorVariable long -ErrorAction SilentlyContinue
        $long[0].ErrorDetails.RecommendedAction | Should -Match '255 bytes'
        Remove-BpfPin "$folder/taken"
        Remove-BpfPin "$folder/taken" -ErrorVariable gone -ErrorAction SilentlyContinue
        $gone[0].ErrorDetails.Message | Should -Match 'Nothing is pinned at'
        Set-Content $TestDrive/file here
        Remove-BpfPin $TestDrive/file -ErrorVariable nothing -ErrorAction SilentlyContinue
        $nothing[0].FullyQualifiedErrorId | Should -Be 'AccessDenied,PerfTrace.Commands.RemoveBpfPinCommand'
        "$TestDrive/file" | Should -Exist
        Get-BpfPin $TestDrive -ErrorVariable folderOutside -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $folderOutside[0].FullyQualifiedErrorId | Should -Be 'AccessDenied,PerfTrace.Commands.GetBpfPinCommand'
    }

    It 'complete' {
        $null = $map | New-BpfPin "$folder/complete"
        (Get-Completion "Remove-BpfPin $folder/comp").CompletionText | Should -Be "$folder/complete"
        (Get-Completion 'Get-BpfPin -Kind Pr').CompletionText | Should -Be Program
        Remove-BpfPin "$folder/complete"
    }
}
