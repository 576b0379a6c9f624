using System.Runtime.InteropServices;
using PerfTrace.Bpf;
using PerfTrace.Kernel;

namespace PerfTrace.Tests.Bpf.Tools;

/// <summary>The structures of C# are those of C: name by name, by the type information of the objects.</summary>
public sealed class ToolRecordTests
{
    [Theory]
    [InlineData("execsnoop", "exec_event", typeof(ToolEvents.ExecRecord))]
    [InlineData("exitsnoop", "exit_event", typeof(ToolEvents.ExitRecord))]
    [InlineData("opensnoop", "open_event", typeof(ToolEvents.OpenRecord))]
    [InlineData("tcplife", "tcp_event", typeof(ToolEvents.TcpRecord))]
    [InlineData("biosnoop", "block_event", typeof(ToolEvents.BlockRecord))]
    [InlineData("profile", "stack_key", typeof(StackToolSession.StackKey))]
    [InlineData("profile", "stack_value", typeof(StackToolSession.StackValue))]
    public void The_layout_is_that_of_the_program(string tool, string name, Type type)
    {
        using BpfObjectFile file = BpfObjectFile.Open(BpfTools.Find(tool, BpfTools.All).ReadObject(), tool);
        BtfType structure = file.Types!.Find(name, BtfKind.Struct)!;

        Assert.Equal(structure.Size, Marshal.SizeOf(type));
        Dictionary<string, long> ours = type.GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public)
            .ToDictionary(static f => f.Name, f => (long)Marshal.OffsetOf(type, f.Name));
        Assert.Equal(structure.Members.Select(m => (Pascal(m.Name), (long)m.BitOffset / 8)), ours.OrderBy(static o => o.Value).Select(static o => (o.Key, o.Value)));

        // "command" is the name of a type here.
        static string Pascal(string name) => string.Concat(name.Split('_').Select(static w => char.ToUpperInvariant(w[0]) + w[1..])) switch
        {
            "Command" => "CommandName",
            var other => other,
        };
    }

    [Fact]
    public void Every_tool_has_its_object_and_its_parameters()
    {
        Assert.Equal(BpfTools.All.Select(static t => t.Name).Order(StringComparer.Ordinal), BpfTools.All.Select(static t => t.Name));
        foreach (BpfTool tool in BpfTools.All)
        {
            Assert.NotEmpty(tool.ReadObject());
            Assert.True(tool.IsAvailable, string.Join("; ", tool.Requirements));
            Assert.EndsWith(".", tool.Description, StringComparison.Ordinal);
        }
        Assert.Contains("Is it execsnoop?", Assert.Throws<BpfToolNotFoundException>(() => BpfTools.Find("execsnop", BpfTools.All)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Flags_of_open_have_other_numbers_on_ARM64()
    {
        Assert.Equal(OpenFlags.Directory | OpenFlags.CloseOnExec, OpenFlagNumbers.Read(0x9_0000, isArm64: false));
        Assert.Equal(OpenFlags.Directory | OpenFlags.CloseOnExec | OpenFlags.Write, OpenFlagNumbers.Read(0x8_4001, isArm64: true));
        Assert.Equal(OpenFlags.NoFollow | OpenFlags.Direct | OpenFlags.LargeFile, OpenFlagNumbers.Read(0x3_8000, isArm64: true));
    }
}
