BeforeDiscovery {
    $hasTools = (Get-Module -ListAvailable Microsoft.PowerShell.PSResourceGet) -and (Get-Command dotnet -CommandType Application -ErrorAction Ignore)
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    $root = Get-RepositoryRoot
    $manifest = Join-Path $root PerfTrace.psd1
}

Describe 'The package' -Skip:(-not $hasTools) {
    BeforeAll {
        $said = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -File (Join-Path $root build.ps1) -Task Package 2>&1 | Out-String
        $version = (Import-PowerShellDataFile $manifest).ModuleVersion
        $folder = Join-Path $root "out/PerfTrace/$version"
    }

    It 'is a folder with all that the module needs, and nothing of its sources' {
        Join-Path $folder PerfTrace.psd1 | Should -Exist -Because $said
        foreach ($name in 'bin/PerfTrace.dll', 'bin/PerfTrace.Core.dll', 'en-US/PerfTrace.dll-Help.xml', 'en-US/about_PerfTrace.help.txt', 'bpf', 'LICENSE', 'CHANGELOG.md', 'README.md', 'THIRD-PARTY.md') {
            Join-Path $folder $name | Should -Exist
        }
        Get-ChildItem $folder -Recurse -File | Where-Object Extension -In '.cs', '.csproj', '.pdb' | Should -BeNullOrEmpty
    }

    It 'has what its pages show and lead to' {
        foreach ($page in Get-ChildItem $folder -Filter *.md) {
            foreach ($link in [regex]::Matches([System.IO.File]::ReadAllText($page.FullName), '\[[^\]]*\]\((?![a-z]+:|#)([^)#\s]+)')) {
                Join-Path $folder $link.Groups[1].Value | Should -Exist -Because "$($page.Name) leads there"
            }
        }
        [System.IO.File]::ReadAllText((Join-Path $folder README.md)) | Should -Match '!\[[^\]]+\]\(docs/images/\w+\.svg\)'
    }

    It 'is installed from a repository in a folder, and works there' {
        # A home of its own: what is installed for the user goes there.
        $own = Join-Path $TestDrive home
        $null = New-Item "$own/.local/share", "$own/.config", "$own/.cache" -ItemType Directory
        $repository = "PerfTraceTest$PID"
        $script = @"
`$ErrorActionPreference = 'Stop'
Register-PSResourceRepository -Name $repository -Uri '$(Join-Path $root out/repository)' -Trusted
try { Install-PSResource PerfTrace -Repository $repository -Prerelease -Scope CurrentUser -TrustRepository }
finally { Unregister-PSResourceRepository -Name $repository }
Import-Module PerfTrace
(Get-Module PerfTrace).ModuleBase
(Get-PerfCounter -Event page-faults -- true).Event
(Get-Help Get-PerfCounter).Synopsis
"@
        $output = env "HOME=$own" "XDG_DATA_HOME=$own/.local/share" "XDG_CONFIG_HOME=$own/.config" "XDG_CACHE_HOME=$own/.cache" ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $script 2>&1 | ForEach-Object { "$_" }
        $output[0] | Should -BeLike "$own*PerfTrace*" -Because ($output -join "`n")
        $output[1] | Should -Be page-faults
        $output[2] | Should -BeLike 'Counts*'
    }
}

Describe 'Libraries of the same name in the shell' {
    It 'do not disturb the module, which brings its own' {
        $others = Join-Path $TestDrive others
        $null = New-Item $others -ItemType Directory
        $script = Join-Path $TestDrive others.ps1
        Set-Content $script @'
param($Manifest, $Folder)
foreach ($name in 'Google.Protobuf', 'Iced') {
    $assembly = [System.Reflection.Emit.PersistedAssemblyBuilder]::new([System.Reflection.AssemblyName]::new("$name, Version=99.0.0.0"), [object].Assembly)
    $null = $assembly.DefineDynamicModule($name).DefineType('Other.Class', 'Public').CreateType()
    $assembly.Save("$Folder/$name.dll")
    $null = [System.Reflection.Assembly]::LoadFrom("$Folder/$name.dll")
}
Import-Module $Manifest
'a;b 30', 'a;c 45' | ConvertFrom-FoldedStack | Export-PerfProfile "$Folder/x.pb.gz" Pprof
(Get-Item "$Folder/x.pb.gz").Length -gt 50
($versions = [System.AppDomain]::CurrentDomain.GetAssemblies() | ForEach-Object GetName | Where-Object Name -EQ Google.Protobuf | ForEach-Object { $_.Version.Major } | Sort-Object) -join ' '
$versions.Count
'@
        $output = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -File $script $manifest $others 2>&1 | ForEach-Object { "$_" }
        $output[0] | Should -Be True -Because ($output -join "`n")
        $output[1] | Should -Match ' 99$'
        $output[2] | Should -Be 2 -Because 'the shell has its own, and the module has its own'
    }
}
