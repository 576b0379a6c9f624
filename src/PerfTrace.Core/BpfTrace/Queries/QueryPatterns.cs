using System.Text;
using PerfTrace.Events.Filtering;

namespace PerfTrace.BpfTrace;

/// <summary>Matches texts with wildcards, byte by byte: what is between two <c>*</c> is looked for from left to right in a loop of its own.</summary>
/// <param name="statements">Loops are put here; what they found stands in a variable.</param>
internal sealed class QueryPatterns(List<Statement> statements)
{
    // The verifier goes through each loop for each place that the one before may have ended at.
    private const int MostSearched = 2;

    // The bit that tells a small letter of ASCII from a capital.
    private const int CaseBit = 0x20;

    private int _count;

    /// <summary>A condition that holds when a text is like a pattern.</summary>
    /// <exception cref="ScriptException">The kernel can not match it.</exception>
    public Expression Match(QueryTree tree, QueryOperand text, GlobPattern pattern)
    {
        if (pattern.Problem is { } problem)
            throw new ScriptException(tree.Span, problem);
        var segments = new List<List<GlobPattern.Piece>> { new() };
        foreach (GlobPattern.Piece piece in pattern.Pieces)
        {
            if (piece.IsRun)
                segments.Add([]);
            else
                segments[^1].AddRange(Bytes(tree, piece));
        }
        int room = ((StringType)text.Type).Capacity;
        if (segments.Sum(static s => s.Count) > room)
            return tree.Truth(false);
        Expression begin = At(tree, text.Value, segments[0], static (t, offset) => t.Number(offset));
        if (segments.Count == 1)
            return segments[0].Count < room ? tree.And(begin, End(tree, text.Value, tree.Number(segments[0].Count))) : begin;
        List<GlobPattern.Piece>[] searched = [.. segments.Skip(1).Where(static s => s.Count > 0)];
        if (searched.Length == 0)
            return begin;
        if (searched.Length > MostSearched)
            throw new ScriptException(tree.Span, $"the pattern has {searched.Length} texts behind a '*'; the kernel looks for {MostSearched} at most");
        return Search(tree, text.Value, room, begin, segments[0].Count, searched, isEnd: segments[^1].Count > 0);
    }

    private ScratchVariable Search(QueryTree tree, Expression text, int room, Expression begin, int first, List<GlobPattern.Piece>[] searched, bool isEnd)
    {
        string found = $"$found{_count}", place = $"$place{_count}";
        statements.Add(tree.Let(found, tree.Cast("uint64", tree.Number(0))));
        statements.Add(tree.Let(place, tree.Cast("uint64", tree.Number(first))));
        // From the last to the first: each is inside of what the one before found.
        Statement[] inner = [tree.Assign(tree.Variable(found), tree.Number(1))];
        for (int i = searched.Length - 1; i >= 0; i--)
        {
            bool isLast = i == searched.Length - 1;
            string step = $"$at{_count}_{i}", here = $"$here{_count}_{i}";
            List<GlobPattern.Piece> segment = searched[i];
            Expression Index(QueryTree t, int offset) => offset == 0 ? t.Variable(step) : t.Binary(t.Variable(step), BinaryOperator.Add, t.Number(offset));
            Expression matches = At(tree, text, segment, Index);
            // The loop ends where the last text still fits in.
            int last = room - segment.Count + 1;
            if (isLast && isEnd)
            {
                Expression isBehind = tree.Binary(tree.Variable(step), BinaryOperator.Equal, tree.Cast("uint64", tree.Number(room - segment.Count)));
                matches = tree.And(matches, tree.Or(isBehind, End(tree, text, Index(tree, segment.Count))));
            }
            Statement[] then = isLast
                ? [.. inner, new JumpStatement(tree.Span, JumpKind.Break)]
                : [tree.Assign(tree.Variable(place), Index(tree, segment.Count)), tree.Assign(tree.Variable(here), tree.Number(1)), new JumpStatement(tree.Span, JumpKind.Break)];
            // Not a range: the verifier has to know each place, to see that it is within the text.
            Statement[] loop =
            [
                tree.Let(step, tree.Variable(place)),
                new WhileStatement(tree.Span, tree.Binary(tree.Variable(step), BinaryOperator.Less, tree.Cast("uint64", tree.Number(last))), tree.Block(
                    tree.If(End(tree, text, tree.Variable(step)), new JumpStatement(tree.Span, JumpKind.Break)),
                    tree.If(matches, then),
                    tree.Assign(tree.Variable(step), tree.Binary(tree.Variable(step), BinaryOperator.Add, tree.Number(1))))),
            ];
            inner = isLast ? loop
                : [tree.Let(here, tree.Cast("uint64", tree.Number(0))), .. loop, tree.If(tree.Binary(tree.Variable(here), BinaryOperator.NotEqual, tree.Number(0)), inner)];
        }
        if (begin is BooleanLiteral { Value: true })
            statements.AddRange(inner);
        else
            statements.Add(tree.If(begin, inner));
        _count++;
        return tree.Variable(found);
    }

    private static Expression At(QueryTree tree, Expression text, List<GlobPattern.Piece> segment, Func<QueryTree, int, Expression> index)
    {
        Expression all = tree.Truth(true);
        for (int i = 0; i < segment.Count; i++)
            all = tree.And(all, IsOne(tree, segment[i], new IndexExpression(tree.Span, text, index(tree, i))));
        return all;
    }

    private static Expression End(QueryTree tree, Expression text, Expression index) =>
        tree.Binary(new IndexExpression(tree.Span, text, index), BinaryOperator.Equal, tree.Number(0));

    private static Expression IsOne(QueryTree tree, GlobPattern.Piece piece, Expression value)
    {
        switch (piece.Ranges)
        {
            case null:
                return tree.Binary(value, BinaryOperator.NotEqual, tree.Number(0));
            case [(var low, var high)] when low == high:
                return tree.Binary(value, BinaryOperator.Equal, tree.Number(unchecked((sbyte)low)));
            case [(var small, var same), (var capital, _)] when small == same && char.IsAsciiLetterLower(small) && capital == (small ^ CaseBit):
                return tree.Binary(tree.Binary(value, BinaryOperator.BitwiseOr, tree.Number(CaseBit)), BinaryOperator.Equal, tree.Number(small));
            case var ranges:
                Expression any = tree.Truth(false);
                foreach ((char low, char high) in ranges)
                {
                    any = tree.Or(any, tree.And(tree.Binary(value, BinaryOperator.GreaterOrEqual, tree.Number(low)), tree.Binary(value, BinaryOperator.LessOrEqual, tree.Number(high))));
                }
                return any;
        }
    }

    // A character of more than one byte is so many pieces.
    private static IEnumerable<GlobPattern.Piece> Bytes(QueryTree tree, GlobPattern.Piece piece)
    {
        if (piece.Ranges is not { } ranges || ranges.All(static r => r.High < 0x80))
            return [piece];
        if (ranges is not [(var c, var same)] || c != same || char.IsSurrogate(c))
            throw new ScriptException(tree.Span, "the kernel knows ranges of ASCII characters alone");
        // As the kernel has them: with a sign.
        return Encoding.UTF8.GetBytes(c.ToString()).Select(static b => new GlobPattern.Piece([((char)b, (char)b)]));
    }
}
