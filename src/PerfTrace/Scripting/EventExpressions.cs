using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Language;
using PerfTrace.Events.Filtering;

namespace PerfTrace.Commands;

/// <summary>What all script blocks about events have in common: <c>$_</c> is the event, parts without it are values of the caller's.</summary>
internal static class EventExpressions
{
    /// <summary>The expression that a script block consists of; null: it is more than one expression.</summary>
    public static ExpressionAst? Of(ScriptBlockAst tree) =>
        tree is { ParamBlock: null, BeginBlock: null, ProcessBlock: null, EndBlock.Statements: [PipelineAst { PipelineElements: [CommandExpressionAst { Expression: { } expression, Redirections.Count: 0 }] }] }
            ? expression : null;

    /// <summary>The expression within parentheses.</summary>
    public static ExpressionAst? Inner(ExpressionAst expression) =>
        expression is ParenExpressionAst { Pipeline: PipelineAst { PipelineElements: [CommandExpressionAst { Expression: { } inner }] } } ? inner : null;

    public static bool RefersToEvent(ExpressionAst expression) => expression.Find(static a => IsEvent(a), searchNestedScriptBlocks: true) is not null;

    /// <summary>The name of a property of the event itself; null: it is something else.</summary>
    public static string? Property(MemberExpressionAst member) =>
        member is not InvokeMemberExpressionAst && !member.Static && IsEvent(member.Expression) && member.Member is StringConstantExpressionAst name ? name.Value : null;

    /// <summary>A part that does something, so that its value may be another one each time.</summary>
    public static Ast? ActivePart(ExpressionAst expression) =>
        expression.Find(static a => a is CommandAst or InvokeMemberExpressionAst or AssignmentStatementAst or ScriptBlockExpressionAst, searchNestedScriptBlocks: true);

    public static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    public static (ComparisonOperator Operator, bool IsCaseSensitive)? OperatorOf(TokenKind kind) => kind switch
    {
        TokenKind.Ieq => (ComparisonOperator.Equal, false),
        TokenKind.Ceq => (ComparisonOperator.Equal, true),
        TokenKind.Ine => (ComparisonOperator.NotEqual, false),
        TokenKind.Cne => (ComparisonOperator.NotEqual, true),
        TokenKind.Ilt or TokenKind.Clt => (ComparisonOperator.Less, false),
        TokenKind.Ile or TokenKind.Cle => (ComparisonOperator.LessOrEqual, false),
        TokenKind.Igt or TokenKind.Cgt => (ComparisonOperator.Greater, false),
        TokenKind.Ige or TokenKind.Cge => (ComparisonOperator.GreaterOrEqual, false),
        _ => null,
    };

    /// <summary>The value of an expression in the caller's scope: the variables are its own.</summary>
    public static object? Evaluate(PSCmdlet cmdlet, string text)
    {
        Collection<PSObject> values = cmdlet.InvokeCommand.InvokeScript(useLocalScope: false, ScriptBlock.Create(text), null, null);
        return values.Count switch
        {
            0 => null,
            1 => values[0]?.BaseObject,
            _ => values.Select(static v => v?.BaseObject).ToArray(),
        };
    }

    private static bool IsEvent(Ast ast) => ast is VariableExpressionAst variable
        && (string.Equals(variable.VariablePath.UserPath, "_", StringComparison.Ordinal) || string.Equals(variable.VariablePath.UserPath, "PSItem", StringComparison.OrdinalIgnoreCase));
}
