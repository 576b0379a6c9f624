@{
    RootModule           = 'PerfTrace.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '8c4b7a52-2f0e-4c55-9c7e-3b1d0a6f5e21'
    Author               = 'The PerfTrace authors'
    CompanyName          = 'The PerfTrace authors'
    Copyright            = '(c) The PerfTrace authors. MIT license.'
    Description          = 'Linux tracing and performance counters as PowerShell objects: perf_event_open, tracefs and BPF without perf, bpftrace, bpftool or trace-cmd.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')

    FormatsToProcess     = @(
        'bin/Events.Format.ps1xml'
        'bin/Histograms.Format.ps1xml'
        'bin/Perf.Format.ps1xml'
        'bin/Probes.Format.ps1xml'
        'bin/Profiles.Format.ps1xml'
        'bin/Reading.Format.ps1xml'
        'bin/TraceControl.Format.ps1xml'
        'bin/Tracing.Format.ps1xml'
    )
    FunctionsToExport    = @()
    CmdletsToExport      = @(
        'Add-TracepointTrigger'
        'Clear-TraceBuffer'
        'ConvertFrom-FoldedStack'
        'ConvertTo-FoldedStack'
        'Disable-Tracepoint'
        'Enable-Tracepoint'
        'Export-FlameGraph'
        'Get-KProbe'
        'Get-KernelFunction'
        'Get-KernelStackMaximum'
        'Get-PerfCounter'
        'Get-PerfDataInfo'
        'Get-PerfEvent'
        'Get-PerfRecord'
        'Get-PerfReport'
        'Get-PerfSample'
        'Get-PerfTraceResource'
        'Get-SyntheticEvent'
        'Get-TraceBuffer'
        'Get-TraceBufferStatistics'
        'Get-TraceHistogram'
        'Get-TraceInstance'
        'Get-Tracepoint'
        'Get-Tracer'
        'Get-UProbe'
        'Get-UsdtProbe'
        'New-KProbe'
        'New-SyntheticEvent'
        'New-TraceHistogram'
        'New-TraceInstance'
        'New-UProbe'
        'Register-TracepointEvent'
        'Remove-KProbe'
        'Remove-PerfTraceResource'
        'Remove-SyntheticEvent'
        'Remove-TraceHistogram'
        'Remove-TraceInstance'
        'Remove-TracepointTrigger'
        'Remove-UProbe'
        'Save-TraceSnapshot'
        'Set-TraceBuffer'
        'Set-TraceHistogram'
        'Set-TracepointFilter'
        'Start-PerfRecord'
        'Stop-PerfRecord'
        'Wait-PerfRecord'
        'Watch-FunctionTrace'
        'Watch-Tracepoint'
        'Watch-PerfSample'
        'Watch-TracePipe'
        'Write-TraceMarker'
    )
    VariablesToExport    = @()
    AliasesToExport      = @()

    PrivateData          = @{
        PSData = @{
            Tags         = @('Linux', 'PSEdition_Core', 'perf', 'tracing', 'performance', 'profiling', 'bpf', 'tracefs')
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'See CHANGELOG.md.'
            Prerelease   = 'preview1'
        }
    }
}
