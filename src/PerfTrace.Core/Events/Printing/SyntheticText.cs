namespace PerfTrace.Events.Printing;

/// <summary>
/// Synthetic events: print_synth_event() of kernel/trace/trace_events_synth.c puts blanks between the fields, where the print fmt has
/// commas.
/// </summary>
internal static class SyntheticText
{
    public static PieceList Adapt(PieceList pieces) => new([.. pieces.Pieces.Select(static (piece, i) =>
        i > 0 && piece is LiteralPiece { Text: ['\u002c', ' ', .. var rest] } ? new LiteralPiece(" " + rest) : piece)]);
}
