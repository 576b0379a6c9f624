BeforeAll {
    Import-Module (Join-Path $PSScriptRoot 'Support/ModuleTests.psm1') -Force
    Import-PerfTrace
}

Describe 'Get-BtfType' {
    It 'finds a struct with its members' {
        $type = Get-BtfType task_struct
        $type.Kind | Should -Be Struct
        $type.Members | Where-Object Name -EQ comm | ForEach-Object TypeName | Should -Be 'char[16]'
        ($type.Members | Where-Object Name -EQ comm).Type.Length | Should -Be 16
        (Get-BtfType -Id $type.Id).Name | Should -Be task_struct
    }

    It 'writes C' {
        Get-BtfType 'struct list_head' -AsC | Should -Be "struct list_head {`n`tstruct list_head *next;`n`tstruct list_head *prev;`n};"
    }

    It 'takes wildcards, kinds and names from the pipeline' {
        ('pid_t', 'gid_t' | Get-BtfType -Kind Typedef).Name | Should -Be @('pid_t', 'gid_t')
        Get-BtfType bpf_map_* -Kind Enum | ForEach-Object Kind | Select-Object -Unique | Should -Be Enum
    }

    It 'knows what enumerations and functions are made of' {
        (Get-BtfType 'enum bpf_map_type').Enumerators | Where-Object Name -EQ BPF_MAP_TYPE_RINGBUF | ForEach-Object Value | Should -Be 27
        (Get-BtfType vfs_read -Kind Function).Parameters.Name | Should -Be @('file', 'buf', 'count', 'pos')
    }

    It 'writes <Id> for <Line>' -ForEach @(
        @{ Line = 'Get-BtfType task_strcut'; Id = 'TypeNotFound'; Category = 'ObjectNotFound'; Message = '*Did you mean task_struct*' }
        @{ Line = 'Get-BtfType -Path /etc/hostname'; Id = 'InvalidBtf'; Category = 'InvalidData'; Message = '*' }
        @{ Line = 'Get-BtfType -Path /no/such'; Id = 'FileNotFound'; Category = 'ObjectNotFound'; Message = "*no file '/no/such'*" }
        @{ Line = 'Get-BtfType -Path /tmp'; Id = 'TypeNotFound'; Category = 'ObjectNotFound'; Message = '/tmp is a folder*' }
        @{ Line = 'Get-BtfType -Module perftrace_nosuch'; Id = 'TypeNotFound'; Category = 'ObjectNotFound'; Message = '*not loaded*' }
        @{ Line = 'Get-BtfType -BtfId 4000000000'; Id = 'TypeNotFound'; Category = 'ObjectNotFound'; Message = '*4000000000*' }
    ) {
        $null = Invoke-Expression "$Line -ErrorVariable problems -ErrorAction SilentlyContinue"
        $problems.Count | Should -Be 1
        $problems[0].FullyQualifiedErrorId | Should -Be "$Id,PerfTrace.Commands.GetBtfTypeCommand"
        $problems[0].CategoryInfo.Category | Should -Be $Category
        $problems[0].Exception.Message | Should -BeLike $Message
    }

    It 'completes names' {
        (Get-Completion 'Get-BtfType task_str').CompletionText | Should -Contain task_struct
    }

    It 'stops within 100 ms' {
        $stops = foreach ($i in 1..3) { Measure-Stop 'while ($true) { Get-BtfType }' }
        Get-Median $stops.Milliseconds | Should -BeLessThan 100
    }
}
