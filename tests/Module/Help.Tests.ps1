BeforeDiscovery {
    $root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path
    $cmdlets = (Import-PowerShellDataFile (Join-Path $root 'PerfTrace.psd1')).CmdletsToExport | ForEach-Object { @{ Name = $_ } }
    $parameters = foreach ($page in Get-ChildItem (Join-Path $root 'docs/en-US') -Filter '*-*.md' | Where-Object Name -NotLike 'about_*') {
        foreach ($match in [regex]::Matches([System.IO.File]::ReadAllText($page.FullName), '(?m)^### -(\w+)\s*$')) {
            @{ Name = $page.BaseName; Parameter = $match.Groups[1].Value }
        }
    }
    $examples = foreach ($page in Get-ChildItem (Join-Path $root 'docs/en-US') -Filter *.md) {
        $number = 0
        foreach ($match in [regex]::Matches([System.IO.File]::ReadAllText($page.FullName), '(?ms)^```powershell\n(.*?)\n```(\s*```output\n(.*?)\n?```)?')) {
            $number++
            @{ Page = $page.BaseName; Number = $number; Code = $match.Groups[1].Value; Shown = $match.Groups[3].Value }
        }
    }
    $topics = Get-ChildItem (Join-Path $root 'docs/en-US') -Filter about_*.md | ForEach-Object { @{ Topic = $_.BaseName } }
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
    $root = Get-RepositoryRoot
    $common = [System.Management.Automation.Cmdlet]::CommonParameters + [System.Management.Automation.Cmdlet]::OptionalCommonParameters

    # Text with neither marks nor line breaks, to compare a page with the help that was made from it.
    function Get-Words([string] $Text) {
        ($Text -replace '`' -replace '\[([^\]]+)\]\([^)]+\)', '$1' -replace "\u200b" -replace '\s+', ' ').Trim()
    }

    # The text of a page below one heading, to the next one.
    function Get-Section([string] $Name, [string] $Heading) {
        $page = [System.IO.File]::ReadAllText((Join-Path $root "docs/en-US/$Name.md"))
        if ($page -notmatch "(?ms)^#{2,3} $([regex]::Escape($Heading))\s*`$(.*?)(?=^#{2,3} |^``````yaml|\z)") {
            throw "The page of $Name has no $Heading."
        }
        $Matches[1]
    }

    function Get-Text($Paragraphs) {
        Get-Words (($Paragraphs | ForEach-Object Text) -join ' ')
    }

    # The headings of tables and the names before the colons of lists: what in an output stays the same when the figures do not.
    function Get-Shape([string] $Text) {
        $lines = @($Text -split '\r?\n' | ForEach-Object TrimEnd)
        for ($i = 0; $i -lt $lines.Count; $i++) {
            if ($lines[$i] -match '^[\s-]*-{2}[\s-]*$' -and $i -gt 0) { $lines[$i - 1].Trim() -replace '\s+', ' ' }
            if ($lines[$i] -cmatch '^\s*([A-Za-z_]\w*)\s+: ') { $Matches[1] }
        }
    }

    # What an object loses on its way through CSV, JSON and the serialization of Export-Clixml, jobs and remote sessions.
    function Get-RoundTripLoss($Object) {
        $names = $Object.PSObject.Properties.Name
        $type = $Object.GetType().FullName
        $csv = $Object | ConvertTo-Csv | ConvertFrom-Csv
        $json = $Object | ConvertTo-Json -Depth 4 -WarningAction Ignore | ConvertFrom-Json
        $xml = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($Object, 2))
        foreach ($way in @{ CSV = $csv; JSON = $json; Clixml = $xml }.GetEnumerator()) {
            $missing = $names | Where-Object { $_ -notin $way.Value.PSObject.Properties.Name }
            if ($missing) { "$($way.Key) of $type has no $($missing -join ', ')" }
        }
        if ($xml.PSTypeNames[0] -ne "Deserialized.$type") { "Clixml of $type is $($xml.PSTypeNames[0])" }
        foreach ($name in $names) {
            $value = $Object.$name
            if ($value -is [string] -or $value -is [long] -or $value -is [int] -or $value -is [uint] -or $value -is [bool] -or $value -is [timespan] -or $value -is [double]) {
                if ($xml.$name -ne $value) { "Clixml of ${type}: $name is '$($xml.$name)', not '$value'" }
                if ("$($csv.$name)" -ne $value.ToString()) { "CSV of ${type}: $name is '$($csv.$name)', not '$value'" }
            }
        }
        # What shows it live shows it when it has come back.
        $shown = $xml | Out-String -Width 4096
        if (-not $shown.Trim()) { "$type shows nothing when it has come back" }
    }

    # A message without what differs from one run to the next.
    function Get-Pattern([string] $Message) {
        $Message -replace '\d+', 'N' -replace '\s+', ' '
    }
}

Describe 'Help of <Name>' -ForEach $cmdlets {
    BeforeAll {
        $help = Get-Help $Name -Full
        $command = Get-Command $Name
    }

    It 'is there, complete' {
        $help.Synopsis | Should -Not -Match "$Name \[" -Because 'Get-Help shows the syntax when it finds no help'
        (Get-Text $help.Description).Length | Should -BeGreaterThan 100
        (Get-Text $help.alertSet.alert) | Should -Match 'Kernel interface:'
        (Get-Text $help.alertSet.alert) | Should -Match 'Privileges:'
        $help.inputTypes.inputType | Should -Not -BeNullOrEmpty
        @($help.returnValues.returnValue).Count | Should -Be $command.OutputType.Count
        @($help.relatedLinks.navigationLink).Count | Should -BeGreaterThan 0
    }

    It 'describes every parameter' {
        foreach ($parameter in $command.Parameters.Keys | Where-Object { $_ -notin $common }) {
            $described = $help.parameters.parameter | Where-Object name -EQ $parameter
            (Get-Text $described.description).Length | Should -BeGreaterThan 40 -Because "-$parameter needs a description"
        }
    }

    It 'tells positions, aliases and pipeline input as the cmdlet has them' {
        foreach ($described in $help.parameters.parameter) {
            $parameter = $command.Parameters[$described.name]
            $attributes = @($parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.ParameterAttribute] })
            $described.aliases | Should -Be $(if ($parameter.Aliases) { $parameter.Aliases -join ', ' } else { 'none' }) -Because $described.name
            ($described.pipelineInput -like 'True*') | Should -Be (@($attributes | Where-Object { $_.ValueFromPipeline -or $_.ValueFromPipelineByPropertyName }).Count -gt 0) -Because $described.name
            $wildcards = @($parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.SupportsWildcardsAttribute] }).Count -gt 0
            $described.globbing | Should -Be "$wildcards" -Because $described.name
        }
    }

    It 'describes every property of what comes out' {
        $text = $help.returnValues.returnValue | ForEach-Object { Get-Text $_.description }
        $assembly = $command.ImplementingType.Assembly
        foreach ($type in $command.OutputType) {
            foreach ($property in $type.Type.GetProperties()) {
                $text -join ' ' | Should -MatchExactly "\b$($property.Name)\b" -Because "$($type.Name) has it"
            }
        }
        $assembly | Should -Not -BeNullOrEmpty
    }

    It 'has at least five examples, each with code and output' {
        @($help.examples.example).Count | Should -BeGreaterOrEqual 5
        foreach ($example in $help.examples.example) {
            $example.code | Should -Not -BeNullOrEmpty
            $example.code | Should -Not -Match '```'
            Get-Text $example.remarks | Should -Not -BeNullOrEmpty -Because "$($example.title) needs its output"
        }
    }

    It 'is made from the page as it is now' {
        $hint = 'run ./build.ps1 -Task Help'
        Get-Words $help.Synopsis | Should -Be (Get-Words (Get-Section $Name SYNOPSIS)) -Because $hint
        Get-Text $help.Description | Should -Be (Get-Words (Get-Section $Name DESCRIPTION)) -Because $hint
        Get-Text $help.alertSet.alert | Should -Be (Get-Words (Get-Section $Name NOTES)) -Because $hint
        foreach ($described in $help.parameters.parameter) {
            Get-Text $described.description | Should -Be (Get-Words (Get-Section $Name "-$($described.name)")) -Because $hint
        }
        foreach ($value in $help.returnValues.returnValue) {
            Get-Text $value.description | Should -Be (Get-Words (Get-Section $Name $value.type.name)) -Because $hint
        }
        $page = [System.IO.File]::ReadAllText((Join-Path $root "docs/en-US/$Name.md"))
        $codes = [regex]::Matches($page, '(?ms)^```powershell\n(.*?)\n```') | ForEach-Object { $_.Groups[1].Value }
        $help.examples.example.code | ForEach-Object { Get-Words $_ } | Should -Be ($codes | ForEach-Object { Get-Words $_ }) -Because $hint
    }

    It 'is what Get-Help -Examples and -Parameter show' {
        $text = Get-Help $Name -Examples | Out-String -Width 120
        $text | Should -Match 'Example 1: '
        $text | Should -Match "(?m)^\s*$Name .*`$"
        foreach ($parameter in $command.Parameters.Keys | Where-Object { $_ -notin $common }) {
            Get-Help $Name -Parameter $parameter | Out-String | Should -Match "-$parameter\b"
        }
    }
}

Describe 'The pages' {
    It 'name only parameters that are there: <Name> -<Parameter>' -ForEach $parameters {
        (Get-Command $Name).Parameters.Keys | Should -Contain $Parameter
    }

    It 'have one for each cmdlet and no other' {
        $pages = (Get-ChildItem (Join-Path $root 'docs/en-US') -Filter '*-*.md' | Where-Object Name -NotLike 'about_*').BaseName
        $pages | Sort-Object | Should -Be ((Get-Module PerfTrace).ExportedCmdlets.Keys | Sort-Object)
    }

    It 'have the syntax as it is: <Name>' -ForEach $cmdlets {
        $syntax = Get-Words ((Get-Section $Name SYNTAX) + ' ' + ([System.IO.File]::ReadAllText((Join-Path $root "docs/en-US/$Name.md")) -replace '(?s).*?## SYNTAX' -replace '(?s)## ALIASES.*'))
        foreach ($line in (Get-Command $Name -Syntax) -split '\r?\n' | Where-Object { $_.Trim() }) {
            $syntax | Should -Match ([regex]::Escape((Get-Words ($line -replace ' \[<CommonParameters>\]'))))
        }
    }

    It 'has left no place to fill in' {
        foreach ($page in Get-ChildItem (Join-Path $root 'docs/en-US') -Filter *.md) {
            [System.IO.File]::ReadAllText($page.FullName) | Should -Not -Match '\{\{'
        }
    }
}

Describe 'Topics' {
    It 'shows <Topic>, made from the page as it is now' -ForEach $topics {
        $text = Get-Help $Topic | Out-String -Width 200
        $text | Should -Match 'SHORT DESCRIPTION'
        $page = [System.IO.File]::ReadAllText((Join-Path $root "docs/en-US/$Topic.md")) -replace '(?m)^#+ .*$' -replace '(?m)^```.*$'
        $file = [System.IO.File]::ReadAllText((Join-Path $root "en-US/$Topic.help.txt"))
        foreach ($block in $page -split '\n\s*\n' | Where-Object { $_.Trim() }) {
            Get-Words $file | Should -Match ([regex]::Escape((Get-Words $block))) -Because 'run ./build.ps1 -Task Help'
        }
        ($file -split '\n' | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 80
    }

    It 'names only cmdlets and parameters that are there: <Topic>' -ForEach $topics {
        $own = (Get-Module PerfTrace).ExportedCmdlets.Keys
        $page = [System.IO.File]::ReadAllText((Join-Path $root "docs/en-US/$Topic.md")) -replace '(?ms)^```.*?^```'
        $problems = foreach ($match in [regex]::Matches($page, '`([^`\n]+)`')) {
            $code = $match.Groups[1].Value
            # What follows two hyphens is the command's; the static binder takes them for a parameter.
            $errors = $null
            $tree = [System.Management.Automation.Language.Parser]::ParseInput(($code -replace ' -- [^|]*'), [ref]$null, [ref]$errors)
            foreach ($command in $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)) {
                $name = $command.GetCommandName()
                if ($name -notin $own) {
                    if ($name -cmatch '^[A-Z][a-z]+-[A-Z]\w+$' -and -not (Get-Command $name -ErrorAction Ignore)) { "${code}: there is no $name" }
                    continue
                }
                $errors | ForEach-Object { "${code}: $_" }
                [System.Management.Automation.Language.StaticParameterBinder]::BindCommand($command, $true).BindingExceptions.Values |
                    ForEach-Object { "${code}: $($_.BindingException.Message)" }
            }
        }
        $problems | Should -BeNullOrEmpty
    }
}

Describe 'Examples' {
    It 'run as printed: <Page> <Number>' -ForEach $examples {
        # Each in a session of its own. The transcript has what goes to no stream: the lines of -WhatIf.
        $transcript = Join-Path $TestDrive 'transcript.txt'
        $shell = [powershell]::Create()
        try {
            $null = $shell.AddScript("Import-Module '$root/PerfTrace.psd1'; Set-Location '$root'; Start-Transcript '$transcript' -UseMinimalHeader -Force").Invoke()
            $shell.Commands.Clear()
            $output = $shell.AddScript($Code).Invoke()
            if (@($shell.Streams.Error | Where-Object { $_.FullyQualifiedErrorId -like 'NotSupported,*' -or $_.FullyQualifiedErrorId -like 'FunctionTracingDenied,*' }).Count) {
                Set-ItResult -Skipped -Because "this kernel lacks it: $($shell.Streams.Error[0])"
                return
            }
            $shell.Streams.Error | ForEach-Object ToString | Should -BeNullOrEmpty -Because "example $Number of $Page shows no error"

            # Objects where the page shows more than messages, and messages where it shows such.
            $messages, $printed = ($Shown -split '\n').Where({ $_ -match '^(VERBOSE|WARNING|What if): ' }, 'Split')
            if ($printed | Where-Object { $_.Trim() }) {
                $output.Count | Should -BeGreaterThan 0 -Because "example $Number of $Page shows output"
            }
            if ($messages) {
                $shell.Commands.Clear()
                $null = $shell.AddScript('Stop-Transcript').Invoke()
            }
            $said = @($shell.Streams.Verbose | ForEach-Object { "VERBOSE: $_" }) + @($shell.Streams.Warning | ForEach-Object { "WARNING: $_" }) +
                @(if ($messages) { Get-Content $transcript | Where-Object { $_ -like 'What if: *' } }) | ForEach-Object { Get-Pattern $_ }
            foreach ($message in $messages) {
                $said | Should -Contain (Get-Pattern $message) -Because "example $Number of $Page says it"
            }
            $shape = Get-Shape ($output | Out-String -Width 4096)
            $output | Where-Object { $_ -isnot [enum] -and "$($_.PSObject.BaseObject.GetType().Namespace)" -like 'PerfTrace*' } | Group-Object { $_.GetType() } | ForEach-Object { Get-RoundTripLoss $_.Group[0] } |
                Should -BeNullOrEmpty -Because "what example $Number of $Page puts out is to survive a file, a job and a remote session"
            foreach ($heading in Get-Shape ($printed -join "`n")) {
                $shape | Should -Contain $heading -Because "example $Number of $Page shows it"
            }
        }
        finally {
            # What the example left in the session's own instance is not the next one's.
            $shell.Commands.Clear()
            $null = $shell.AddScript('Remove-Module PerfTrace').Invoke()
            $shell.Runspace.Dispose()
            $shell.Dispose()
        }
    }
}
