using System.Globalization;
using System.Text;

namespace PerfTrace.BpfTrace;

/// <summary>Writes a tree as a script, in one form whatever the form it was written in: what is read of it is the same tree.</summary>
internal sealed partial class ScriptPrinter
{
    private const int IndentWidth = 4;

    private readonly StringBuilder text = new();
    private int indent;

    private ScriptPrinter()
    {
    }

    public static string Print(ScriptTree tree)
    {
        var printer = new ScriptPrinter();
        printer.Write(tree);
        return printer.text.ToString();
    }

    public static string Print(Expression expression)
    {
        var printer = new ScriptPrinter();
        printer.Write(expression);
        return printer.text.ToString();
    }

    public static string Print(TypeSyntax type)
    {
        var printer = new ScriptPrinter();
        printer.Write(type);
        return printer.text.ToString();
    }

    private void Write(ScriptTree tree)
    {
        foreach (CDefinition definition in tree.Definitions)
        {
            Write(definition);
            Line();
        }
        if (tree.Config is { } config)
        {
            text.Append("config = {");
            indent++;
            foreach (ConfigSetting setting in config.Settings)
            {
                Line();
                text.Append(setting.Key).Append(" = ");
                Write(setting.Value);
                text.Append(';');
            }
            indent--;
            Line();
            text.Append('}');
            Line();
        }
        foreach (ImportDirective import in tree.Imports)
        {
            text.Append("import ").Append(StringText.Encode(Encoding.UTF8.GetBytes(import.Path))).Append(';');
            Line();
        }
        foreach (MapDeclaration map in tree.Maps)
        {
            text.Append(CultureInfo.InvariantCulture, $"let {map.Name} = {map.Kind}({map.Capacity});");
            Line();
        }
        foreach (MacroDefinition macro in tree.Macros)
        {
            text.Append("macro ").Append(macro.Name);
            WriteList("(", macro.Parameters, ") ");
            WriteBlock(macro.Body, isBody: false);
            Line();
        }
        foreach (FunctionDefinition function in tree.Functions)
            Write(function);
        foreach (Probe probe in tree.Probes)
            Write(probe);
    }

    private void Write(FunctionDefinition function)
    {
        text.Append("fn ").Append(function.Name).Append('(');
        for (int i = 0; i < function.Parameters.Count; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(function.Parameters[i].Variable.Name).Append(": ");
            Write(function.Parameters[i].DeclaredType);
        }
        text.Append("): ");
        Write(function.ReturnType);
        text.Append(' ');
        WriteBlock(function.Body, isBody: true);
        Line();
    }

    private void Write(Probe probe)
    {
        string separator = "";
        // A pattern of providers stands for several attach points of one text.
        foreach (string raw in probe.AttachPoints.Select(static p => p.Raw).Distinct())
        {
            text.Append(separator).Append(raw);
            separator = ",\n";
        }
        if (probe.Predicate is { } predicate)
        {
            text.Append(" /");
            // A brace behind a slash ends the predicate.
            bool isInBrackets = HoldsBlock(predicate);
            text.Append(isInBrackets ? "(" : "");
            Write(predicate);
            text.Append(isInBrackets ? ")" : "").Append('/');
        }
        text.Append(' ');
        WriteBlock(probe.Body, isBody: true);
        Line();
    }

    private static bool HoldsBlock(Expression expression) => expression switch
    {
        BlockExpression => true,
        BinaryExpression binary => HoldsBlock(binary.Left) || HoldsBlock(binary.Right),
        UnaryExpression unary => HoldsBlock(unary.Operand),
        CastExpression cast => HoldsBlock(cast.Operand),
        IfExpression choice => HoldsBlock(choice.Condition) || choice.Then is { } then && HoldsBlock(then) || choice.Else is { } other && HoldsBlock(other),
        _ => false,
    };

    // A block that can not have a value has none, whatever stands last; in another one a semicolon says that it is none.
    private void WriteBlock(BlockExpression block, bool isBody)
    {
        if (block.Statements.Count == 0 && block.Value is null)
        {
            text.Append("{ }");
            return;
        }
        text.Append('{');
        indent++;
        for (int i = 0; i < block.Statements.Count; i++)
        {
            Line();
            Write(block.Statements[i], !isBody && block.Value is null && i == block.Statements.Count - 1);
        }
        if (block.Value is { } value)
        {
            Line();
            Write(value);
        }
        indent--;
        Line();
        text.Append('}');
    }

    private void Write(Statement statement, bool needsEnd)
    {
        switch (statement)
        {
            case ExpressionStatement { Expression: BlockExpression block }:
                WriteBlock(block, isBody: true);
                text.Append(needsEnd ? ";" : "");
                return;
            case ExpressionStatement { Expression: IfExpression choice } when IsBlockChoice(choice):
                WriteIf(choice, isStatement: true);
                text.Append(needsEnd ? ";" : "");
                return;
            case ExpressionStatement { Expression: var expression }:
                Write(expression);
                break;
            case AssignStatement assign:
                Write(assign.Target);
                text.Append(' ').Append(assign.Operator is { } operation ? OperatorText.Of(operation) : "").Append("= ");
                Write(assign.Value);
                break;
            case LetStatement let:
                text.Append("let ").Append(let.Variable.Name);
                if (let.DeclaredType is { } type)
                {
                    text.Append(": ");
                    Write(type);
                }
                if (let.Value is { } value)
                {
                    text.Append(" = ");
                    Write(value);
                }
                break;
            case DiscardStatement discard:
                text.Append("_ = ");
                Write(discard.Expression);
                break;
            case JumpStatement jump:
                text.Append(jump.Kind switch { JumpKind.Break => "break", JumpKind.Continue => "continue", _ => "return" });
                if (jump.Value is { } result)
                {
                    text.Append(' ');
                    Write(result);
                }
                break;
            default:
                WriteLoop(statement);
                return;
        }
        text.Append(';');
    }

    private void WriteLoop(Statement statement)
    {
        switch (statement)
        {
            case WhileStatement loop:
                text.Append("while (");
                Write(loop.Condition);
                text.Append(") ");
                WriteBlock(loop.Body, isBody: true);
                break;
            case UnrollStatement unroll:
                text.Append("unroll (");
                Write(unroll.Count);
                text.Append(") ");
                WriteBlock(unroll.Body, isBody: true);
                break;
            case ForMapStatement loop:
                text.Append(CultureInfo.InvariantCulture, $"for ({loop.Variable.Name} : {loop.Map.Name}) ");
                WriteBlock(loop.Body, isBody: true);
                break;
            case ForRangeStatement loop:
                text.Append(CultureInfo.InvariantCulture, $"for ({loop.Variable.Name} : ");
                WriteOperand(loop.From, UnaryLevel);
                text.Append("..");
                WriteOperand(loop.To, UnaryLevel);
                text.Append(") ");
                WriteBlock(loop.Body, isBody: true);
                break;
        }
    }

    private void Line() => text.Append('\n').Append(' ', indent * IndentWidth);
}
