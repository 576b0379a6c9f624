using System.Buffers.Binary;
using PerfTrace.Events;
using PerfTrace.Events.Printing;
using PerfTrace.Kernel;

namespace PerfTrace.Tests.Events.Printing;

public sealed class SymbolicFieldTests
{
    private static PrintFormat Running(string system, string name) => PrintFormat.Compile(EventFormatParser.Parse(system,
        KernelFile.ReadText($"{TraceFileSystem.Require(SystemPaths.Default)}/events/{system}/{name}/format")));

    [Theory]
    [InlineData(0L, "R")]
    [InlineData(1L, "S")]
    [InlineData(2L, "D")]
    [InlineData(0x80L, "I")]
    [InlineData(3L, "S|D")]
    [InlineData(0x100L, "R+")]
    public void The_state_of_sched_switch_has_its_letter(long state, string expected)
    {
        SymbolicField field = Assert.Single(Running("sched", "sched_switch").SymbolicFields);
        byte[] record = new byte[64];
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(field.Field.Offset), state);

        Assert.Equal("prev_state", field.Name);
        Assert.Equal(expected, field.Evaluate(record, PrintEnvironment.Empty));
        Assert.Contains((2UL, "D"), field.Names);
    }

    [Theory]
    [InlineData("\"%s\", __print_symbolic(REC->b, { 1, \"A\" })", "b")]
    [InlineData("\"%s\", __print_flags(REC->b & 15, \"|\", { 1, \"A\" })", "b")]
    [InlineData("\"%s%s\", REC->b ? __print_flags(REC->b, \"|\", { 1, \"A\" }) : \"none\", REC->b ? \"+\" : \"\"", "b")]
    [InlineData("\"%s %s\", __print_symbolic(REC->b, { 1, \"A\" }), __print_symbolic(REC->h, { 1, \"A\" })", "b h")]
    [InlineData("\"%s\", REC->yes ? __print_symbolic(REC->b, { 1, \"A\" }) : \"\"", "")] // two fields decide
    [InlineData("\"%s\", REC->text", "")]
    [InlineData("\"%d\", REC->b", "")]
    [InlineData("\"%s\", __print_symbolic(2, { 2, \"A\" })", "")]
    [InlineData("nonsense", "")]
    public void Fields_with_named_values_are_found(string format, string names) =>
        Assert.Equal(names, string.Join(' ', PrintFormat.Compile(SampleRecord.Format(format)).SymbolicFields.Select(static f => f.Name)));

    [Fact]
    public void The_running_kernel_has_many() =>
        Assert.InRange(PrintFormatCoverageTests.RunningFormats().Sum(static f => PrintFormat.Compile(f).SymbolicFields.Count), 100, 10_000);

    [Fact]
    public void Pieces_and_their_arguments_can_be_seen()
    {
        PieceList pieces = PrintFormat.Compile(SampleRecord.Format("\"a=%d b=%-8s%%\", REC->i, REC->text")).Pieces!;

        Assert.Collection(pieces.Pieces,
            static p => Assert.Equal("a=", Assert.IsType<LiteralPiece>(p).Text),
            static p => Assert.Equal("i", Assert.IsType<FieldValue>(Assert.IsType<ConversionPiece>(p).Argument).Field.Name),
            static p => Assert.Equal(" b=", Assert.IsType<LiteralPiece>(p).Text),
            static p => Assert.Equal(8, Assert.IsType<ConversionPiece>(p).Conversion.Width),
            static p => Assert.Equal("%", Assert.IsType<LiteralPiece>(p).Text));
    }

    [Theory]
    [InlineData("\"%p\", REC->pointer", true)]
    [InlineData("\"%pK\", REC->pointer", true)]
    [InlineData("\"%px %pS\", REC->pointer, REC->pointer", false)]
    public void Secret_addresses_are_told(string format, bool isHashed) =>
        Assert.Equal(isHashed, PrintFormat.Compile(SampleRecord.Format(format)).HasHashedAddress);
}
