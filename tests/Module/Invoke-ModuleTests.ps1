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

# A file that can not be read, or a block whose set-up fails, has no failed test of its own.
$broken = $result.FailedContainersCount + $result.FailedBlocksCount
$failed = $result.FailedCount + $(if ($result.FailedCount -eq 0) { $broken } else { 0 })
if ($result.TotalCount -eq 0) {
    Write-Output 'No test was found.'
    $failed++
}
Write-Output "$($result.PassedCount) passed, $failed failed, $($result.SkippedCount + $result.NotRunCount) skipped"
exit $(if ($failed -gt 0) { 1 } else { 0 })
