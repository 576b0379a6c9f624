<#
.SYNOPSIS
Makes the pictures of the README: a session in a terminal and a flame graph, both from what the module does here and now.

.DESCRIPTION
The session is typed, key by key, into a real PowerShell in a terminal of its own (tmux); what its screen shows at the end becomes an SVG. The flame graph is Export-FlameGraph's own file.
Needs tmux, root, and the module built (bin/).

.EXAMPLE
./docs/images/New-Picture.ps1

Writes session.svg and flamegraph.svg beside this script.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [int] $Width = 118,
    [int] $Height = 60
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path
$manifest = Join-Path $root 'PerfTrace.psd1'

# A terminal's first 16 colours, on a dark ground.
$palette = '#1e1e2e', '#f38ba8', '#a6e3a1', '#f9e2af', '#89b4fa', '#cba6f7', '#94e2d5', '#cdd6f4', '#7f849c', '#f38ba8', '#a6e3a1', '#f9e2af', '#89b4fa', '#cba6f7', '#94e2d5', '#ffffff'

function ConvertTo-Span {
    <# .SYNOPSIS A line with the terminal's escape sequences (console_codes(4), ECMA-48 SGR) as tspan elements. #>
    param([string] $Line, [double] $CharacterWidth)
    $colour = $null
    $bold = $false
    $column = 0
    foreach ($part in [regex]::Matches($Line, "`e\[([\d;]*)m|[^`e]+")) {
        if ($part.Groups[1].Success) {
            $codes = [int[]]@($part.Groups[1].Value -split ';' | ForEach-Object { if ($_) { $_ } else { 0 } })
            for ($i = 0; $i -lt $codes.Count; $i++) {
                switch ($codes[$i]) {
                    0 { $colour = $null; $bold = $false }
                    1 { $bold = $true }
                    22 { $bold = $false }
                    39 { $colour = $null }
                    38 { if ($codes[$i + 1] -eq 5) { $colour = $palette[[Math]::Min($codes[$i + 2], 15)] }; $i += 2 }
                    { $_ -in 30..37 } { $colour = $palette[$_ - 30] }
                    { $_ -in 90..97 } { $colour = $palette[$_ - 82] }
                }
            }
            continue
        }
        $text = $part.Value
        if ($text.Trim()) {
            $attributes = (' x="{0:0.#}"' -f (12 + $column * $CharacterWidth)) + $(if ($colour) { " fill=`"$colour`"" }) + $(if ($bold) { ' font-weight="bold"' })
            "<tspan$attributes>$([System.Security.SecurityElement]::Escape($text).Replace(" ", "`u{a0}"))</tspan>"
        }
        $column += $text.Length
    }
}

function ConvertTo-Svg {
    <# .SYNOPSIS The lines of a terminal as a picture. #>
    param([string[]] $Line, [int] $Columns)
    $characterWidth = 7.8
    $lineHeight = 17
    $height = $Line.Count * $lineHeight + 24
    $width = [int]($Columns * $characterWidth + 24)
    "<svg xmlns=`"http://www.w3.org/2000/svg`" width=`"$width`" height=`"$height`" viewBox=`"0 0 $width $height`" role=`"img`">"
    "<rect width=`"$width`" height=`"$height`" rx=`"8`" fill=`"$($palette[0])`"/>"
    "<g font-family=`"ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace`" font-size=`"13`" fill=`"$($palette[7])`" xml:space=`"preserve`">"
    for ($i = 0; $i -lt $Line.Count; $i++) {
        $spans = -join (ConvertTo-Span $Line[$i] $characterWidth)
        if ($spans) { "<text y=`"$(12 + ($i + 1) * $lineHeight - 4)`">$spans</text>" }
    }
    '</g>'
    '</svg>'
}

function New-SessionPicture {
    <# .SYNOPSIS Types lines into a shell and draws its screen. #>
    [CmdletBinding(SupportsShouldProcess)]
    param([string[]] $Command, [string] $Path, [int] $Columns, [int] $Rows)
    if (-not $PSCmdlet.ShouldProcess($Path, 'Draw a session')) { return }
    $socket = "perftrace-picture-$PID"
    $startup = [System.IO.Path]::GetTempFileName() + '.ps1'
    Set-Content $startup @(
        'function prompt { "PS> " }'
        "Import-Module '$manifest'"
        'Set-PSReadLineOption -PredictionSource None -HistorySaveStyle SaveNothing')
    tmux -L $socket -f /dev/null new-session -d -s main -x $Columns -y $Rows "$([Environment]::ProcessPath) -NoProfile -NoLogo -NoExit -File $startup"
    try {
        $screen = { (tmux -L $socket capture-pane -p -t main) -join "`n" }
        $wait = {
            param([int] $Prompts)
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            while ([regex]::Matches((& $screen), '(?m)^PS>').Count -lt $Prompts) {
                if ($clock.Elapsed.TotalSeconds -gt 30) { throw "The shell did not come back: $(& $screen)" }
                Start-Sleep -Milliseconds 100
            }
        }
        & $wait 1
        $prompts = 1
        foreach ($line in $Command) {
            tmux -L $socket send-keys -t main -l $line
            tmux -L $socket send-keys -t main Enter
            & $wait (++$prompts)
        }
        $lines = @(tmux -L $socket capture-pane -e -p -t main)
        # Without the last prompt, which waits for more.
        $last = $lines.Count - 1
        while ($last -ge 0 -and ($lines[$last] -replace "`e\[[\d;]*m").Trim() -in '', 'PS>') { $last-- }
        ConvertTo-Svg $lines[0..$last] $Columns | Set-Content $Path
    }
    finally {
        tmux -L $socket kill-server
        Remove-Item $startup
    }
}

New-SessionPicture -Path (Join-Path $PSScriptRoot 'session.svg') -Columns $Width -Rows $Height -Command @(
    'Get-PerfCounter -Event task-clock, page-faults, cs -- sh -c "gzip -c /bin/bash >/dev/null"'
    'Watch-Tracepoint sched:sched_process_exec -MaxEvents 2 -- sh -c "ls >/dev/null" | Select-Object CommandName, filename, pid'
    'Measure-KernelEvent syscalls:sys_exit_read -Where { $_.ret -gt 0 } -GroupBy CommandName -Sum ret -Command cp, /bin/bash, /dev/null'
    'Invoke-BpfTrace ''tracepoint:syscalls:sys_exit_read /pid == cpid/ { @bytes = hist(args.ret); }'' -Command ls, /etc/hostname | Select-Object -Last 1')

if ($PSCmdlet.ShouldProcess('flamegraph.svg', 'Record and draw')) {
    Import-Module $manifest
    Watch-PerfSample -Event cpu-clock -Frequency 999 -CallStack Dwarf -- bash -c 'for i in {1..100}; do x=$(ls -l /usr/bin | sort -k 5 | head -3); done' |
        Export-FlameGraph -Path (Join-Path $PSScriptRoot 'flamegraph.svg') -Title 'bash, ls and sort, recorded and drawn by PerfTrace' -MinWidth 3
}
