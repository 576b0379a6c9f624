<#
.SYNOPSIS
Builds, tests, documents and packages PerfTrace.

.DESCRIPTION
Tasks, run in the order in which they are named:

Build    dotnet build in the Release configuration; leaves the module's files in bin/.
Test     ./test.sh: builds and runs every suite.
Bpf      compiles the BPF programs of bpf/ anew. Needs clang and llvm-strip.
Help     makes en-US/ (the MAML help and the about_ topics) from docs/en-US/. Needs Microsoft.PowerShell.PlatyPS 1.0 or later.
Package  builds and writes out/PerfTrace/<version>/, the folder that the PowerShell Gallery takes, and out/repository/ with the .nupkg
         where Microsoft.PowerShell.PSResourceGet is there.
Clean    removes what the tasks have written: artifacts/, bin/ and out/.

.PARAMETER Task
One task or several.

.PARAMETER Configuration
The configuration to build: Release or Debug.

.EXAMPLE
./build.ps1

Builds the module into bin/.

.EXAMPLE
./build.ps1 -Task Help, Package

Makes the help anew and packages the module.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Bpf', 'Help', 'Package', 'Clean')]
    [string[]] $Task = 'Build',

    [ValidateSet('Release', 'Debug')]
    [string] $Configuration = 'Release'
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$root = $PSScriptRoot

function Invoke-Program {
    <# .SYNOPSIS Runs a program and throws when it fails. #>
    param([string] $Path, [string[]] $Argument)
    & $Path @Argument
    if ($LASTEXITCODE -ne 0) {
        throw "$Path $($Argument -join ' ') ended with status $LASTEXITCODE."
    }
}

function Invoke-Build {
    <# .SYNOPSIS The task Build: a project, or without one all of them. #>
    param([string] $Configuration, [string] $Project = 'PerfTrace.slnx')
    if (-not (Get-Command dotnet -CommandType Application -ErrorAction Ignore)) {
        throw "The task Build needs the .NET SDK 10: 'dotnet' was not found (https://dotnet.microsoft.com/download)."
    }
    Invoke-Program dotnet 'build', (Join-Path $root $Project), '-c', $Configuration, '--nologo', '-v', 'quiet'
}

function Invoke-Test {
    <# .SYNOPSIS The task Test. #>
    Invoke-Program (Join-Path $root 'test.sh')
}

function Invoke-Bpf {
    <# .SYNOPSIS The task Bpf. #>
    Invoke-Program (Join-Path $root 'bpf/build.sh')
}

function ConvertTo-PlainText {
    <#
    .SYNOPSIS
    Markdown text as paragraphs without marks: lines joined, the items of a list one to a line.
    #>
    param([string] $Markdown)
    foreach ($block in $Markdown.Replace("`r", '').Trim() -split '\n\s*\n') {
        $text = $block -replace '(?m)[ \t]*\n[ \t]*(?!- )', ' ' -replace '\[([^\]]+)\]\((https?:[^)]+)\)', '$1 ($2)' -replace '\[([^\]]+)\]\([^)]+\)', '$1'
        $text.Replace('`', '').Trim()
    }
}

function Set-Paragraph {
    <# .SYNOPSIS Replaces what is in an element of the help by paragraphs of text. #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'Changes an object in memory.')]
    param([System.Xml.XmlElement] $Element, [string[]] $Paragraph)
    $Element.IsEmpty = $true
    foreach ($text in $Paragraph) {
        $para = $Element.AppendChild($Element.OwnerDocument.CreateElement('maml', 'para', 'http://schemas.microsoft.com/maml/2004/10'))
        $para.InnerText = $text
    }
}

function Repair-Parameter {
    <#
    .SYNOPSIS
    Writes into a parameter of the help what PlatyPS 1.0 leaves out of it: aliases, pipeline input, wildcards and the default.
    #>
    param([System.Xml.XmlElement] $Element, [object] $Parameter, [System.Xml.XmlNamespaceManager] $Names)
    $byValue = @($Parameter.ParameterSets | Where-Object ValueFromPipeline).Count -gt 0
    $byName = @($Parameter.ParameterSets | Where-Object ValueFromPipelineByPropertyName).Count -gt 0
    $ways = @(if ($byValue) { 'ByValue' }; if ($byName) { 'ByPropertyName' })
    $Element.SetAttribute('pipelineInput', $(if ($ways) { "True ($($ways -join ', '))" } else { 'False' }))
    $Element.SetAttribute('globbing', "$($Parameter.SupportsWildcards)".ToLowerInvariant())
    $Element.SetAttribute('aliases', $(if ($Parameter.Aliases) { $Parameter.Aliases -join ', ' } else { 'none' }))
    # [Nullable[TimeSpan]] is a TimeSpan for who reads the help.
    foreach ($name in $Element.SelectNodes('dev:type/maml:name | command:parameterValue', $Names)) {
        $name.InnerText = $name.InnerText -replace '^System\.Nullable`1\[(.+)\]$', '$1'
    }
    foreach ($old in @($Element.SelectNodes('dev:defaultValue', $Names))) {
        $null = $Element.RemoveChild($old)
    }
    $default = $Element.AppendChild($Element.OwnerDocument.CreateElement('dev', 'defaultValue', $Names.LookupNamespace('dev')))
    $default.InnerText = if ($Parameter.DefaultValue) { $Parameter.DefaultValue } else { 'None' }
}

function Repair-Example {
    <#
    .SYNOPSIS
    Splits an example into what it shows, the command and its output: PlatyPS 1.0 leaves all three in one text, with the fences.
    #>
    param([System.Xml.XmlElement] $Element, [string] $Remarks, [System.Xml.XmlNamespaceManager] $Names)
    if ($Remarks.Replace("`r", '') -notmatch '(?s)^(?<text>.*?)```powershell\n(?<code>.*?)\n```\s*(```output\n(?<output>.*?)\n```\s*)?$') {
        throw "An example is not of the form text, powershell block, output block: $Remarks"
    }
    $found = $Matches
    # The text goes behind the command: Get-Help would write the command right behind the text, on the same line. The next example's title
    # is kept apart by a paragraph with nothing to see in it (a space of no width; an empty one is left out).
    Set-Paragraph $Element.SelectSingleNode('maml:introduction', $Names) @()
    $Element.SelectSingleNode('dev:code', $Names).InnerText = $found.code
    $paragraphs = @(ConvertTo-PlainText $found.text; $found['output']; "`u{200b}") | Where-Object { $_ }
    Set-Paragraph $Element.SelectSingleNode('dev:remarks', $Names) $paragraphs
}

function Repair-Maml {
    <# .SYNOPSIS Makes the help that PlatyPS writes readable at a prompt, from the pages that it was made from. #>
    param([string] $Path, [object[]] $Page)
    $document = [xml]::new()
    $document.Load($Path)
    $names = [System.Xml.XmlNamespaceManager]::new($document.NameTable)
    $names.AddNamespace('maml', 'http://schemas.microsoft.com/maml/2004/10')
    $names.AddNamespace('command', 'http://schemas.microsoft.com/maml/dev/command/2004/10')
    $names.AddNamespace('dev', 'http://schemas.microsoft.com/maml/dev/2004/10')
    foreach ($help in $Page) {
        $command = $document.SelectSingleNode("//command:command[command:details/command:name = '$($help.Title)']", $names)
        Set-Paragraph $command.SelectSingleNode('command:details/maml:description', $names) (ConvertTo-PlainText $help.Synopsis)
        Set-Paragraph $command.SelectSingleNode('maml:description', $names) (ConvertTo-PlainText $help.Description)
        foreach ($parameter in $help.Parameters) {
            foreach ($element in $command.SelectNodes(".//command:parameter[maml:name = '$($parameter.Name)']", $names)) {
                Repair-Parameter -Element $element -Parameter $parameter -Names $names
            }
            $element = $command.SelectSingleNode("command:parameters/command:parameter[maml:name = '$($parameter.Name)']/maml:description", $names)
            Set-Paragraph $element (ConvertTo-PlainText $parameter.Description)
        }
        foreach ($element in $command.SelectNodes('command:inputTypes/*/maml:description | command:returnValues/*/maml:description | maml:alertSet/maml:alert', $names)) {
            Set-Paragraph $element (ConvertTo-PlainText $element.InnerText)
        }
        $examples = $command.SelectNodes('command:examples/command:example', $names)
        for ($i = 0; $i -lt $examples.Count; $i++) {
            Repair-Example -Element $examples[$i] -Remarks $help.Examples[$i].Remarks -Names $names
        }
        # Links to other pages are commands and topics here; there is no online version yet.
        foreach ($link in @($command.SelectNodes('command:relatedLinks/maml:navigationLink', $names))) {
            $uri = $link.SelectSingleNode('maml:uri', $names)
            if (-not $uri.InnerText) {
                $null = $link.ParentNode.RemoveChild($link)
            }
            elseif ($uri.InnerText -notlike '*:*') {
                $uri.IsEmpty = $true
            }
        }
    }
    $settings = [System.Xml.XmlWriterSettings]@{ Indent = $true; NewLineChars = "`n"; Encoding = [System.Text.UTF8Encoding]::new($false) }
    $writer = [System.Xml.XmlWriter]::Create($Path, $settings)
    try {
        $document.Save($writer)
    }
    finally {
        $writer.Dispose()
    }
    [System.IO.File]::AppendAllText($Path, "`n")
}

function Split-Line {
    <# .SYNOPSIS Breaks a paragraph into lines; those after the first are indented further by the hang. #>
    param([string] $Text, [int] $Width, [string] $Indent, [string] $Hang = '')
    $line = $Indent
    $prefix = $Indent
    foreach ($word in $Text -split ' ') {
        if ($line.Length -gt $prefix.Length -and $line.Length + 1 + $word.Length -gt $Width) {
            $line.TrimEnd()
            $prefix = $line = "$Indent$Hang"
        }
        $line += if ($line.Length -gt $prefix.Length) { " $word" } else { $word }
    }
    $line.TrimEnd()
}

function ConvertTo-AboutTopic {
    <# .SYNOPSIS A page about_X.md as the text that Get-Help about_X shows: headings in capitals, text indented and broken at 80. #>
    param([string] $Markdown)
    $lines = [System.Collections.Generic.List[string]]::new()
    $body = $Markdown.Replace("`r", '') -replace '(?s)\A---\n.*?\n---\n', ''
    $parts = $body -split '(?ms)^```[a-z]*\n(.*?)^```\n?'
    for ($i = 0; $i -lt $parts.Count; $i++) {
        if ($i % 2) {
            foreach ($line in $parts[$i].TrimEnd("`n") -split '\n') { $lines.Add($(if ($line) { "        $line" } else { '' })) }
            $lines.Add('')
            continue
        }
        foreach ($block in $parts[$i].Trim("`n") -split '\n\s*\n') {
            if ($block -match '^# (?<title>\S+)\s*$') {
                $lines.AddRange([string[]]('TOPIC', "    $($Matches.title)", ''))
            }
            elseif ($block -match '^##+ (?<title>.+)$') {
                $lines.Add($Matches.title.ToUpperInvariant())
            }
            elseif ($block.Trim()) {
                foreach ($text in (ConvertTo-PlainText $block) -split '\n') {
                    $lines.AddRange([string[]]@(Split-Line -Text $text -Width 80 -Indent '    ' -Hang $(if ($text.StartsWith('- ')) { '  ' } else { '' })))
                }
                $lines.Add('')
            }
        }
    }
    ($lines -join "`n").TrimEnd() + "`n"
}

function Invoke-Help {
    <# .SYNOPSIS The task Help. #>
    $platyPS = Get-Module -ListAvailable Microsoft.PowerShell.PlatyPS | Sort-Object Version -Descending | Select-Object -First 1
    if (-not $platyPS -or $platyPS.Version -lt [version]'1.0') {
        throw 'The task Help needs Microsoft.PowerShell.PlatyPS 1.0 or later: Install-PSResource Microsoft.PowerShell.PlatyPS'
    }
    Import-Module $platyPS
    $source = Join-Path $root 'docs/en-US'
    $target = Join-Path $root 'en-US'
    $pages = foreach ($file in Get-ChildItem $source -Filter '*-*.md' | Where-Object Name -NotLike 'about_*' | Sort-Object Name) {
        $check = Test-MarkdownCommandHelp $file.FullName -DetailView
        if (-not $check.IsValid) {
            throw "$($file.FullName) does not follow the form of a help page: $($check.Messages -match 'FAIL' -join '; ')"
        }
        Import-MarkdownCommandHelp $file.FullName
    }
    $work = Join-Path ([System.IO.Path]::GetTempPath()) "perftrace-help-$PID"
    try {
        $null = $pages | Export-MamlCommandHelp -OutputFolder $work -Force
        $null = New-Item -ItemType Directory $target -Force
        foreach ($file in Get-ChildItem $work -Recurse -Filter '*-Help.xml') {
            Repair-Maml $file.FullName @($pages | Where-Object ExternalHelpFile -EQ $file.Name)
            Copy-Item $file.FullName $target -Force
            Write-Verbose "Wrote $(Join-Path $target $file.Name)."
        }
    }
    finally {
        Remove-Item $work -Recurse -Force -ErrorAction Ignore
    }
    foreach ($file in Get-ChildItem $source -Filter 'about_*.md') {
        $topic = ConvertTo-AboutTopic ([System.IO.File]::ReadAllText($file.FullName))
        [System.IO.File]::WriteAllText((Join-Path $target "$($file.BaseName).help.txt"), $topic)
        Write-Verbose "Wrote $($file.BaseName).help.txt."
    }
}

function Limit-Link {
    <#
    .SYNOPSIS
    Markdown whose links lead to files of a folder; of links to others the text is left.
    #>
    param([string] $Markdown, [string] $Folder)
    foreach ($link in [regex]::Matches($Markdown, '(?<!!)\[([^\]]+)\]\((?![a-z]+:|#)([^)#\s]+)[^)]*\)')) {
        if (-not (Test-Path (Join-Path $Folder $link.Groups[2].Value))) { $Markdown = $Markdown.Replace($link.Value, $link.Groups[1].Value) }
    }
    $Markdown
}

function Invoke-Package {
    <# .SYNOPSIS The task Package. #>
    param([string] $Configuration)
    Invoke-Build -Configuration $Configuration -Project 'src/PerfTrace/PerfTrace.csproj'
    $manifest = Import-PowerShellDataFile (Join-Path $root 'PerfTrace.psd1')
    $folder = Join-Path $root "out/PerfTrace/$($manifest.ModuleVersion)"
    Remove-Item $folder -Recurse -Force -ErrorAction Ignore
    $null = New-Item -ItemType Directory (Join-Path $folder 'bin')
    foreach ($name in 'PerfTrace.psd1', 'PerfTrace.psm1', 'LICENSE', 'THIRD-PARTY.md', 'README.md', 'CHANGELOG.md', 'en-US', 'bpf') {
        Copy-Item (Join-Path $root $name) $folder -Recurse
    }
    Get-ChildItem (Join-Path $root 'bin') -File | Where-Object Extension -NE '.pdb' | Copy-Item -Destination (Join-Path $folder 'bin')
    # The pictures of the README go with it; what else it leads to is not for who only uses the module.
    $images = New-Item -ItemType Directory (Join-Path $folder 'docs/images')
    Copy-Item (Join-Path $root 'docs/images/*.svg') $images
    foreach ($page in Get-ChildItem $folder -Filter *.md) {
        [System.IO.File]::WriteAllText($page.FullName, (Limit-Link -Markdown ([System.IO.File]::ReadAllText($page.FullName)) -Folder $folder))
    }
    $null = Test-ModuleManifest (Join-Path $folder 'PerfTrace.psd1')
    Write-Output "Wrote $folder."

    if (-not (Get-Command Publish-PSResource -ErrorAction Ignore)) {
        Write-Warning 'Microsoft.PowerShell.PSResourceGet is not there: the folder was written, the .nupkg was not.'
        return
    }
    # A repository in a folder, registered only as long as it is published to.
    $repository = Join-Path $root 'out/repository'
    $name = "PerfTracePackage$PID"
    $null = New-Item -ItemType Directory $repository -Force
    Get-ChildItem $repository -Filter "PerfTrace.$($manifest.ModuleVersion)*.nupkg" | Remove-Item
    Register-PSResourceRepository -Name $name -Uri $repository -Trusted
    try {
        Publish-PSResource -Path $folder -Repository $name
    }
    finally {
        Unregister-PSResourceRepository -Name $name
    }
    Get-ChildItem $repository -Filter 'PerfTrace.*.nupkg' | ForEach-Object { Write-Output "Wrote $($_.FullName)." }
}

function Invoke-Clean {
    <# .SYNOPSIS The task Clean. #>
    foreach ($name in 'artifacts', 'bin', 'out') {
        Remove-Item (Join-Path $root $name) -Recurse -Force -ErrorAction Ignore
    }
}

foreach ($name in $Task) {
    if (-not $PSCmdlet.ShouldProcess($root, $name)) {
        continue
    }
    Write-Verbose "Task $name"
    switch ($name) {
        Build { Invoke-Build -Configuration $Configuration }
        Test { Invoke-Test }
        Bpf { Invoke-Bpf }
        Help { Invoke-Help }
        Package { Invoke-Package -Configuration $Configuration }
        Clean { Invoke-Clean }
    }
}
