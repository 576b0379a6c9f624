namespace PerfTrace.Events.Printing;

/// <summary>
/// System calls, which the kernel does not print by their print fmt: print_syscall_enter() and print_syscall_exit() of
/// kernel/trace/trace_syscalls.c.
/// </summary>
internal static class SystemCallText
{
    private const string EnterPrefix = "sys_enter_", ExitPrefix = "sys_exit_";

    // Smaller numbers are printed in decimal, and others with 0x.
    private static readonly Version PrefixedSince = new(6, 18);
    private const ulong DecimalBelow = 10;

    public static EventText? Find(EventFormat format) =>
        format.Fields.Count == 0 || format.Fields[0].Name is not ("__syscall_nr" or "nr") ? null
        : format.Name.StartsWith(EnterPrefix, StringComparison.Ordinal) ? new Enter(format)
        : format.Name.StartsWith(ExitPrefix, StringComparison.Ordinal) && format.Fields.Any(static f => f.Name == "ret") ? new Exit(format)
        : null;

    private sealed class Enter : EventText
    {
        private readonly string _name;
        private readonly List<(EventField Field, EventField? Content, bool IsText)> _arguments = [];

        public Enter(EventFormat format)
        {
            _name = "sys_" + format.Name[EnterPrefix.Length..];
            foreach (EventField field in format.Fields.Skip(1))
            {
                if (field.TypeName.StartsWith("__data_loc", StringComparison.Ordinal))
                    continue;
                // What a pointer pointed to (Linux 6.19).
                EventField? content = format.Fields.FirstOrDefault(f => f.Name == $"__{field.Name}_val");
                _arguments.Add((field, content, format.PrintFormat.Contains($"__get_str(__{field.Name}_val)", StringComparison.Ordinal)));
            }
        }

        public override bool HasNameBefore => false;

        public override void Write(ref EvaluationContext context, ByteText output)
        {
            output.Add(_name);
            output.Add('(');
            for (int i = 0; i < _arguments.Count; i++)
            {
                (EventField field, EventField? content, bool isText) = _arguments[i];
                if (i > 0)
                    output.Add(", "u8);
                output.Add(field.Name);
                output.Add(": "u8);
                ulong value = context.Load(EvaluationContext.InRecord(field.Offset), sizeof(ulong));
                if (context.Environment.KernelVersion < PrefixedSince)
                {
                    output.AddHex(value);
                }
                else if (value < DecimalBelow)
                {
                    output.AddDecimal(value);
                }
                else
                {
                    output.Add("0x"u8);
                    output.AddHex(value);
                }
                if (content is not null)
                    WriteContent(ref context, i, content, isText, output);
            }
            output.Add(')');
        }

        private void WriteContent(ref EvaluationContext context, int argument, EventField content, bool isText, ByteText output)
        {
            int length = (int)new DynamicField(content, CType.Int, true).Evaluate(ref context).Bits;
            ReadOnlySpan<byte> bytes = context.From(new DynamicField(content, CType.Text, false).Evaluate(ref context), length);
            if (isText)
            {
                int end = bytes.IndexOf((byte)0);
                output.Add(" \""u8);
                output.Add(end < 0 ? bytes : bytes[..end]);
                output.Add('"');
                return;
            }
            output.Add(" ("u8);
            PointerFormatter.WriteHex(bytes, 'C', output);
            // The argument behind the pointer is the size of what it points to.
            if (argument + 1 < _arguments.Count
                && length < (int)context.Load(EvaluationContext.InRecord(_arguments[argument + 1].Field.Offset), sizeof(ulong)))
            {
                output.Add(", ..."u8);
            }
            output.Add(')');
        }
    }

    private sealed class Exit(EventFormat format) : EventText
    {
        private readonly string _name = "sys_" + format.Name[ExitPrefix.Length..];
        private readonly EventField _result = format.Fields.First(static f => f.Name == "ret");

        public override bool HasNameBefore => false;

        public override void Write(ref EvaluationContext context, ByteText output)
        {
            output.Add(_name);
            output.Add(" -> 0x"u8);
            output.AddHex(context.Load(EvaluationContext.InRecord(_result.Offset), sizeof(ulong)));
        }
    }
}
