# The assemblies live in a load context of their own, so that the libraries they bring never clash with those of the shell
# or of another module. Only the small loader is in the shell's own context.

$bin = Join-Path $PSScriptRoot 'bin'
if (-not (Test-Path (Join-Path $bin 'PerfTrace.dll'))) {
    throw "PerfTrace is not built: there is no $bin/PerfTrace.dll. In a checkout run: dotnet build -c Release"
}
if (-not $IsLinux) {
    throw 'PerfTrace works on Linux alone: it speaks to the Linux kernel.'
}

$loader = 'PerfTrace.Loader.ModuleLoadContext' -as [type]
if (-not $loader) {
    $loader = [System.Reflection.Assembly]::LoadFrom((Join-Path $bin 'PerfTrace.Loader.dll')).GetType('PerfTrace.Loader.ModuleLoadContext', $true)
}
$assembly = $loader::LoadModule($bin)
Import-Module -Assembly $assembly -ErrorAction Stop
Export-ModuleMember -Cmdlet *

$resources = $assembly.GetType('PerfTrace.Commands.ModuleResources', $true)
$ExecutionContext.SessionState.Module.OnRemove = { $resources::ReleaseAll() }.GetNewClosure()
