<#
.SYNOPSIS
Runs the Pester suite of the module in a real PowerShell.

.DESCRIPTION
Imports PerfTrace.psd1 from the root of this checkout (it must have been built) and runs tests/Module/*.Tests.ps1.
The last line is "N passed, N failed, N skipped"; the exit status is 0 when nothing failed, 1 otherwise.

.PARAMETER Path
Test files to run instead of all.

.PARAMETER Name
Runs only tests whose full name matches one of these wildcards.

.PARAMETER Output
How much Pester tells: None, Normal, Detailed or Diagnostic.

.EXAMPLE
pwsh -NoProfile -File tests/Module/Invoke-ModuleTests.ps1
#>
[CmdletBinding()]
param(
    [string[]] $Path = $PSScriptRoot,

    [string[]] $Name,

    [ValidateSet('None', 'Normal', 'Detailed', 'Diagnostic')]
    [string] $Output = 'Normal'
)

# Texts, dates and numbers are compared: one culture, no colours.
[cultureinfo]::CurrentCulture = [cultureinfo]::CurrentUICulture = [cultureinfo]::GetCultureInfo('en-US')
$env:LANG = 'en_US.UTF-8'
$env:LC_ALL = $null
$PSStyle.OutputRendering = 'PlainText'
$ProgressPreference = 'SilentlyContinue'

Import-Module Pester -MinimumVersion 5.5 -MaximumVersion 5.99 -ErrorAction Stop
$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = $Output
$configuration.Output.RenderMode = 'Plaintext'
if ($Name) {
    $configuration.Filter.FullName = $Name
}
$result = Invoke-Pester -Configuration $configuration

# As tests/run-xunit.sh does: a few that fail are run once more when all others are through, and what fails then has failed.
$again = $null
if ($result.FailedCount -in 1..5 -and -not $result.FailedContainersCount -and -not $result.FailedBlocksCount) {
    $places = $result.Failed | ForEach-Object { "$($_.ScriptBlock.File):$($_.StartLine)" } | Select-Object -Unique
    Write-Output "=== ONCE MORE: $places"
    $configuration.Run.Path = @($result.Failed | ForEach-Object { $_.ScriptBlock.File } | Select-Object -Unique)
    $configuration.Filter.FullName = @()
    $configuration.Filter.Line = @($places)
    $again = Invoke-Pester -Configuration $configuration
    if ($again.PassedCount + $again.FailedCount -lt $result.FailedCount) {
        # Not all of them were run again (the file has changed meanwhile, say): the first run counts.
        $again = $null
    }
    elseif ($again.FailedCount -lt $result.FailedCount) {
        Write-Output "=== $($result.FailedCount - $again.FailedCount) FAILED AT FIRST AND PASSED THEN"
    }
}

# A file that can not be read, or a block whose set-up fails, has no failed test of its own.
$broken = $result.FailedContainersCount + $result.FailedBlocksCount
$failed = $result.FailedCount + $(if ($result.FailedCount -eq 0) { $broken } else { 0 })
$passed = $result.PassedCount
if ($again -and $again.TotalCount -gt 0) {
    $broken = $again.FailedContainersCount + $again.FailedBlocksCount
    $passed += [math]::Max(0, $result.FailedCount - $again.FailedCount - $broken)
    $failed = $again.FailedCount + $broken
}
if ($result.TotalCount -eq 0) {
    Write-Output 'No test was found.'
    $failed++
}
Write-Output "$passed passed, $failed failed, $($result.SkippedCount + $result.NotRunCount) skipped"
exit $(if ($failed -gt 0) { 1 } else { 0 })
