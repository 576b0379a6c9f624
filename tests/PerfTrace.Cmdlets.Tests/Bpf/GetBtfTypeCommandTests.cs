using System.Management.Automation;
using PerfTrace.Host;
using PerfTrace.Kernel;

namespace PerfTrace.Tests.Bpf;

[Collection(CmdletCollection.Name)]
public sealed class GetBtfTypeCommandTests : CmdletFixture
{
    [Fact]
    public void A_type_of_the_kernel_by_name_and_by_number()
    {
        BtfType type = Single<BtfType>("Get-BtfType task_struct");

        Assert.Equal((BtfKind.Struct, "task_struct"), (type.Kind, type.Name));
        Assert.Same(type, Single<BtfType>($"Get-BtfType -Id {type.Id}"));
        Assert.Same(type, Single<BtfType>("Get-BtfType 'struct task_struct'"));
        Assert.Equal("void", Single<BtfType>("Get-BtfType -Id 0").Name);
        Assert.StartsWith("struct task_struct {\n", Single<string>("Get-BtfType task_struct -AsC"), StringComparison.Ordinal);
        Assert.Equal("typedef __kernel_pid_t pid_t;", Single<string>("Get-BtfType pid_t -AsC"));
    }

    [Fact]
    public void Wildcards_and_kinds_choose()
    {
        Assert.All(Run("Get-BtfType sched_* -Kind Struct,Enum").Objects, static o =>
        {
            BtfType type = Assert.IsType<BtfType>(o);
            Assert.True(type.Kind is BtfKind.Struct or BtfKind.Enum);
            Assert.StartsWith("sched_", type.Name, StringComparison.Ordinal);
        });
        Assert.NotEmpty(Run("Get-BtfType sched_* -Kind Struct").Objects);
        Assert.Empty(Run("Get-BtfType perftrace_nothing*").Objects);
        Assert.Equal(BtfTypes.Kernel.Count(static t => t.Kind == BtfKind.Float), Run("Get-BtfType -Kind Float").Objects.Count);
    }

    [Fact]
    public void Types_of_files_and_modules()
    {
        Assert.Equal("task_struct", Single<BtfType>("Get-BtfType task_struct -Path /sys/kernel/btf/vmlinux").Name);
        Assert.Equal("file", Single<BtfType>("Get-BtfType 'struct file' -Module vmlinux").Name);
        foreach (string module in BtfTypes.ModuleNames().Take(2))
            Assert.NotEmpty(Run($"Get-BtfType -Module {module} -Kind Function").Objects);
        Fail("Get-BtfType -Path /etc/hostname", "InvalidBtf", ErrorCategory.InvalidData);
        Fail("Get-BtfType -Path /bin/true", "TypeNotFound", ErrorCategory.ObjectNotFound);
        Fail("Get-BtfType -Path /nosuch/file", "FileNotFound", ErrorCategory.ObjectNotFound);
        Fail("Get-BtfType -Module perftrace_nosuch", "TypeNotFound", ErrorCategory.ObjectNotFound);
    }

    [Fact]
    public void Type_information_that_is_loaded()
    {
        Assert.Equal("file", Single<BtfType>("Get-BtfType 'struct file' -BtfId 1").Name);
        Fail("Get-BtfType -BtfId 4000000000", "TypeNotFound", ErrorCategory.ObjectNotFound);
        Fail("Get-BtfType -ProgramId 4000000000", "TypeNotFound", ErrorCategory.ObjectNotFound);
    }

    [Fact]
    public void What_is_not_there_is_told_and_the_rest_comes()
    {
        HostResult result = Host.Run("Get-BtfType task_strcut,task_struct");

        Assert.Contains("task_struct", Assert.Single(result.Errors).Exception.Message, StringComparison.Ordinal);
        Assert.Single(result.Objects);
        Assert.Contains("there is a Struct", Fail("Get-BtfType 'union task_struct'", "TypeNotFound", ErrorCategory.ObjectNotFound).Exception.Message, StringComparison.Ordinal);
        Fail("Get-BtfType -Id 4000000000", "TypeNotFound", ErrorCategory.ObjectNotFound);
    }

    [Fact]
    public void A_stop_ends_the_list()
    {
        Host.ObjectWritten = _ => Host.Stop();

        HostResult result = Host.Run("Get-BtfType");

        Assert.Equal(130, result.ExitCode);
        Assert.InRange(result.Objects.Count, 1, 5);
    }
}
