# The assemblies live in a load context of their own, so that the libraries they bring never clash with those of the shell
# or of another module. Only the small loader is in the shell's own context.
#
# Import-Module PerfTrace -ArgumentList perf also makes a function perf, which takes perf's own command lines.
param([string[]] $Function)

$bin = Join-Path $PSScriptRoot 'bin'
if (-not (Test-Path (Join-Path $bin 'PerfTrace.dll'))) {
    throw "PerfTrace is not built: there is no $bin/PerfTrace.dll. In a checkout run: dotnet build -c Release"
}
if (-not $IsLinux) {
    throw 'PerfTrace works on Linux alone: it speaks to the Linux kernel.'
}

foreach ($name in $Function) {
    if ($name -ne 'perf') { throw "PerfTrace has no function '$name' to make; with -ArgumentList perf it makes one that takes perf's command lines." }
}

$loader = 'PerfTrace.Loader.ModuleLoadContext' -as [type]
if (-not $loader) {
    $loader = [System.Reflection.Assembly]::LoadFrom((Join-Path $bin 'PerfTrace.Loader.dll')).GetType('PerfTrace.Loader.ModuleLoadContext', $true)
}
$assembly = $loader::LoadModule($bin)
$inner = Import-Module -Assembly $assembly -PassThru -ErrorAction Stop
Export-ModuleMember -Cmdlet *
# Import-Module -Force finds the assembly's module in its cache and gives its cmdlets to nobody (https://github.com/PowerShell/PowerShell/issues/20710).
$given = $ExecutionContext.SessionState.Module.ExportedCmdlets
$add = [psmoduleinfo].GetMethod('AddExportedCmdlet', [System.Reflection.BindingFlags]'Instance, NonPublic')
foreach ($cmdlet in $inner.ExportedCmdlets.Values) {
    if ($add -and -not $given.ContainsKey($cmdlet.Name)) { $null = $add.Invoke($ExecutionContext.SessionState.Module, @(, $cmdlet)) }
}

# What the function perf does. Its body is not bound to the module, so that the preferences of the caller hold in it. It has no parameters of its own, which would take options of perf's, and so
# can not set $?: as a program does, it leaves its status in $LASTEXITCODE.
function Invoke-PerfLine {
    $type = (Get-Command -Name PerfTrace\Get-PerfCounter).ImplementingType.Assembly.GetType('PerfTrace.Commands.PerfLine', $true)
    try {
        $line = $type::Parse($args)
    }
    catch {
        $global:LASTEXITCODE = 129 # as perf's own, of a line that it does not understand
        $cause = $_.Exception.GetBaseException()
        Write-Error -Exception $cause -ErrorId $cause.ErrorRecord.FullyQualifiedErrorId -Category $cause.ErrorRecord.CategoryInfo.Category -TargetObject $cause.Target -CategoryActivity perf
        return
    }
    $common = @{ ErrorVariable = 'problems' }
    if ($line.IsVerbose) { $common.Verbose = $true }
    Write-Verbose "$line" -Verbose:($line.IsVerbose -or $VerbosePreference -eq 'Continue')
    $parameters = $line.Parameters
    try {
        if ($null -ne $line.Separator) {
            & "PerfTrace\$($line.Cmdlet)" @parameters @common | ForEach-Object { $line.ToText($_) }
        }
        elseif ($line.SortBy) {
            & "PerfTrace\$($line.Cmdlet)" @parameters @common | Sort-Object -Property $line.SortBy -Descending
        }
        else {
            & "PerfTrace\$($line.Cmdlet)" @parameters @common
        }
    }
    finally {
        $global:LASTEXITCODE = [int]($problems.Count -gt 0)
    }
}

$perf = $null
if ($Function -contains 'perf') {
    $perf = (Get-Item -Path function:Invoke-PerfLine).ScriptBlock.Ast.Body.GetScriptBlock()
    $null = New-Item -Path function:global:perf -Value $perf -Force
}

$assembly.GetType('PerfTrace.Commands.SessionHost', $true)::Use($Host)
$resources = $assembly.GetType('PerfTrace.Commands.ModuleResources', $true)
$ExecutionContext.SessionState.Module.OnRemove = {
    $resources::ReleaseAll()
    if ($perf -and (Get-Item -Path function:perf -ErrorAction Ignore).ScriptBlock -eq $perf) {
        Remove-Item -Path function:perf
    }
}.GetNewClosure()
