using System.Globalization;

namespace PerfTrace.BpfTrace;

internal sealed partial class ScriptPrinter
{
    // Above the levels of the binary operators, from 1 to 10.
    private const int UnaryLevel = 11;
    private const int PostfixLevel = 12;

    private void Write(Expression expression)
    {
        switch (expression)
        {
            case IntegerLiteral integer:
                text.Append(integer.Text ?? integer.Number.ToString(CultureInfo.InvariantCulture));
                break;
            case StringLiteral literal:
                text.Append(StringText.Encode(literal.Bytes.Span));
                break;
            case BooleanLiteral boolean:
                text.Append(boolean.Value ? "true" : "false");
                break;
            case IdentifierExpression identifier:
                text.Append(identifier.Name);
                break;
            case BuiltinExpression builtin:
                text.Append(builtin.Variable.Name);
                if (builtin.Variable.Kind is BuiltinKind.Argument or BuiltinKind.StackArgument)
                    text.Append(builtin.Index.ToString(CultureInfo.InvariantCulture));
                break;
            case ScratchVariable variable:
                text.Append(variable.Name);
                break;
            case MapExpression map:
                text.Append(map.Name);
                break;
            case PositionalParameter parameter:
                text.Append(CultureInfo.InvariantCulture, $"${parameter.Index}");
                break;
            case PositionalCount:
                text.Append("$#");
                break;
            case UnaryExpression unary:
                Write(unary);
                break;
            case BinaryExpression binary:
                int level = ScriptParser.LevelOf(binary.Operator);
                WriteOperand(binary.Left, level);
                text.Append(' ').Append(OperatorText.Of(binary.Operator)).Append(' ');
                WriteOperand(binary.Right, level + 1);
                break;
            case CastExpression cast:
                text.Append('(');
                Write(cast.Target);
                text.Append(')');
                WriteOperand(cast.Operand, UnaryLevel);
                break;
            case IfExpression choice:
                Write(choice);
                break;
            case BlockExpression block:
                WriteBlock(block, isBody: false);
                break;
            case ComptimeExpression comptime:
                text.Append("comptime ");
                WriteOperand(comptime.Operand, UnaryLevel);
                break;
            default:
                WritePostfix(expression);
                break;
        }
    }

    private void WritePostfix(Expression expression)
    {
        switch (expression)
        {
            case MapAccess { Key: TupleExpression { Elements.Count: > 1 } keys } access:
                text.Append(access.Map.Name);
                WriteList("[", keys.Elements, "]");
                break;
            case MapAccess access:
                text.Append(access.Map.Name).Append('[');
                Write(access.Key);
                text.Append(']');
                break;
            case CallExpression call:
                text.Append(call.Name);
                WriteList("(", call.Arguments, ")");
                break;
            case TypeArgument type:
                text.Append("typeof(");
                WriteTypeOperand(type.Operand);
                text.Append(')');
                break;
            case FieldAccess field:
                WriteOperand(field.Target, PostfixLevel);
                text.Append('.').Append(field.Field);
                break;
            case TupleAccess element:
                WriteOperand(element.Target, PostfixLevel);
                text.Append(CultureInfo.InvariantCulture, $".{element.Index}");
                break;
            case IndexExpression index:
                // "@x[1]" is a key, "(@x)[1]" an index.
                WriteOperand(index.Target, index.Target is MapExpression ? PostfixLevel + 1 : PostfixLevel);
                text.Append('[');
                Write(index.Index);
                text.Append(']');
                break;
            case TupleExpression { Elements: [var only] }:
                text.Append('(');
                Write(only);
                text.Append(",)");
                break;
            case TupleExpression tuple:
                WriteList("(", tuple.Elements, ")");
                break;
            case RecordExpression record:
                for (int i = 0; i < record.Elements.Count; i++)
                {
                    text.Append(i == 0 ? "(" : ", ").Append(record.Elements[i].Name).Append(" = ");
                    Write(record.Elements[i].Value);
                }
                text.Append(')');
                break;
            case SizeofExpression size:
                text.Append("sizeof(");
                WriteTypeOperand(size.Operand);
                text.Append(')');
                break;
            case TypeinfoExpression info:
                text.Append("typeinfo(");
                WriteTypeOperand(info.Operand);
                text.Append(')');
                break;
            case OffsetofExpression offset:
                text.Append("offsetof(");
                WriteTypeOperand(offset.Operand);
                text.Append(", ").AppendJoin('.', offset.Fields).Append(')');
                break;
        }
    }

    private void Write(UnaryExpression unary)
    {
        string sign = OperatorText.Of(unary.Operator);
        if (unary.Operator is UnaryOperator.PostIncrement or UnaryOperator.PostDecrement)
        {
            Write(unary.Operand);
            text.Append(sign);
            return;
        }
        // "-(-x)", as "--x" is something else.
        bool isSame = unary.Operand is UnaryExpression { Operator: UnaryOperator.Negate or UnaryOperator.PreDecrement } && unary.Operator == UnaryOperator.Negate
            || unary.Operand is IntegerLiteral { IsNegative: true };
        text.Append(sign);
        WriteOperand(unary.Operand, isSame ? PostfixLevel : UnaryLevel);
    }

    private void Write(IfExpression choice)
    {
        if (IsBlockChoice(choice))
        {
            WriteIf(choice, isStatement: false);
            return;
        }
        WriteOperand(choice.Condition, 1);
        text.Append(" ?");
        if (choice.Then is { } then)
        {
            text.Append(' ');
            WriteOperand(then, 1);
            text.Append(' ');
        }
        text.Append(": ");
        // "a ? b : c ? d : e" needs no parentheses.
        if (choice.Else is IfExpression other && !IsBlockChoice(other))
            Write(other);
        else
            WriteOperand(choice.Else!, 1);
    }

    // "if" of blocks: what a choice between values is not.
    private static bool IsBlockChoice(IfExpression choice)
    {
        while (true)
        {
            if (choice.Then is not BlockExpression)
                return false;
            if (choice.Else is not IfExpression other)
                return choice.Else is null or BlockExpression;
            choice = other;
        }
    }

    private void WriteIf(IfExpression choice, bool isStatement)
    {
        while (true)
        {
            text.Append("if (");
            Write(choice.Condition);
            text.Append(") ");
            WriteBlock((BlockExpression)choice.Then!, isStatement);
            if (choice.Else is null)
                return;
            text.Append(" else ");
            if (choice.Else is not IfExpression other)
            {
                WriteBlock((BlockExpression)choice.Else, isStatement);
                return;
            }
            choice = other;
        }
    }

    // In parentheses when it binds weaker than what it is part of.
    private void WriteOperand(Expression operand, int level)
    {
        bool isWeaker = LevelOf(operand) < level;
        text.Append(isWeaker ? "(" : "");
        Write(operand);
        text.Append(isWeaker ? ")" : "");
    }

    private static int LevelOf(Expression expression) => expression switch
    {
        IfExpression or BlockExpression => 0,
        BinaryExpression binary => ScriptParser.LevelOf(binary.Operator),
        UnaryExpression { Operator: not (UnaryOperator.PostIncrement or UnaryOperator.PostDecrement) } or CastExpression or ComptimeExpression => UnaryLevel,
        IntegerLiteral { IsNegative: true } => UnaryLevel,
        _ => PostfixLevel,
    };

    private void WriteList(string open, IReadOnlyList<Expression> list, string close)
    {
        text.Append(open);
        for (int i = 0; i < list.Count; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            Write(list[i]);
        }
        text.Append(close);
    }
}
