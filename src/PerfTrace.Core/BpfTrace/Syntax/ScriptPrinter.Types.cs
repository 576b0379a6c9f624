using System.Globalization;

namespace PerfTrace.BpfTrace;

internal sealed partial class ScriptPrinter
{
    private void Write(TypeSyntax type)
    {
        switch (type)
        {
            case NamedTypeSyntax named:
                text.Append(named.Name);
                break;
            case TaggedTypeSyntax tagged:
                text.Append(OperatorText.Of(tagged.Tag)).Append(' ').Append(tagged.Name);
                break;
            case PointerTypeSyntax pointer:
                Write(pointer.Element);
                text.Append('*');
                break;
            case ArrayTypeSyntax array:
                Write(array.Element);
                text.Append(CultureInfo.InvariantCulture, $"[{array.Length}]");
                break;
            case TypeofSyntax of:
                text.Append("typeof(");
                WriteTypeOperand(of);
                text.Append(')');
                break;
            case DefinedTypeSyntax defined:
                WriteTagged(defined.Definition);
                break;
        }
    }

    // Of sizeof and the like: an expression that could be read as a type stands in parentheses.
    private void WriteTypeOperand(TypeSyntax operand)
    {
        if (operand is not TypeofSyntax { Operand: var expression })
        {
            Write(operand);
            return;
        }
        bool isTypeLike = IsTypeLike(expression);
        text.Append(isTypeLike ? "(" : "");
        Write(expression);
        text.Append(isTypeLike ? ")" : "");
    }

    private static bool IsTypeLike(Expression expression)
    {
        while (expression is IndexExpression { Index: IntegerLiteral } index)
            expression = index.Target;
        return expression is IdentifierExpression;
    }

    private void Write(CDefinition definition)
    {
        switch (definition)
        {
            case CTypedef typedef:
                text.Append("typedef ");
                WriteDeclared(typedef.Type, typedef.Name);
                WriteAttributes(isPacked: false, typedef.Alignment);
                text.Append(';');
                break;
            case CDefine { Value: null } define:
                text.Append("#define ").Append(define.Name);
                break;
            case CDefine define:
                text.Append("#define ").Append(define.Name).Append(' ');
                int start = text.Length;
                Write(define.Value!);
                text.Replace("\n", " \\\n", start, text.Length - start);
                break;
            default:
                WriteTagged(definition);
                text.Append(';');
                break;
        }
    }

    private void WriteTagged(CDefinition definition)
    {
        if (definition is CEnumDefinition values)
        {
            WriteHead("enum", values.Name);
            foreach ((string name, long value) in values.Members)
            {
                Line();
                text.Append(CultureInfo.InvariantCulture, $"{name} = {value},");
            }
        }
        else if (definition is CStructDefinition fields)
        {
            WriteHead(OperatorText.Of(fields.Tag), fields.Name);
            foreach (CField field in fields.Fields)
            {
                Line();
                WriteDeclared(field.Type, field.Name);
                if (field.Bits is { } bits)
                    text.Append(CultureInfo.InvariantCulture, $" : {bits}");
                WriteAttributes(field.Attributes.IsPacked, field.Attributes.Alignment);
                text.Append(';');
            }
        }
        indent--;
        Line();
        text.Append('}');
        if (definition is CStructDefinition record)
            WriteAttributes(record.IsPacked, record.Alignment);
    }

    private void WriteAttributes(bool isPacked, int? alignment)
    {
        if (isPacked)
            text.Append(" __attribute__((packed))");
        if (alignment is { } bytes)
            text.Append(CultureInfo.InvariantCulture, $" __attribute__((aligned({bytes})))");
    }

    private void WriteHead(string word, string? name)
    {
        text.Append(word).Append(name is null ? "" : " ").Append(name).Append(" {");
        indent++;
    }

    // C writes pointers and arrays around the name, from the inside out.
    private void WriteDeclared(TypeSyntax type, string? name)
    {
        string declarator = name ?? "";
        bool wasPointer = false;
        while (true)
        {
            if (type is PointerTypeSyntax pointer)
            {
                declarator = "*" + declarator;
                type = pointer.Element;
                wasPointer = true;
            }
            else if (type is ArrayTypeSyntax array)
            {
                declarator = string.Create(CultureInfo.InvariantCulture, $"{(wasPointer ? $"({declarator})" : declarator)}[{array.Length}]");
                type = array.Element;
                wasPointer = false;
            }
            else
            {
                break;
            }
        }
        Write(type);
        text.Append(declarator.Length == 0 ? "" : " ").Append(declarator);
    }
}
