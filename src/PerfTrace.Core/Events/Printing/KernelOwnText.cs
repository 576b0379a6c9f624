namespace PerfTrace.Events.Printing;

/// <summary>The events of the system ftrace, which have printers of their own in kernel/trace/trace_output.c.</summary>
internal sealed class KernelOwnText : EventText
{
    private delegate void Writer(KernelOwnText self, ref EvaluationContext context, ByteText output);

    private readonly EventFormat _format;
    private readonly Writer _writer;

    private KernelOwnText(EventFormat format, Writer writer)
    {
        _format = format;
        _writer = writer;
    }

    public override bool HasNameBefore => false;

    public static KernelOwnText? Find(EventFormat format)
    {
        (Writer? writer, string[] fields) = format.Name switch
        {
            "function" => ((Writer?)WriteFunction, new[] { "ip", "parent_ip" }),
            "kernel_stack" => (WriteKernelStack, ["caller"]),
            "user_stack" => (WriteUserStack, ["caller"]),
            "print" => (WriteMarker, ["ip", "buf"]),
            "bprint" => (WritePacked, ["ip", "fmt", "buf"]),
            "bputs" => (WriteConstant, ["ip", "str"]),
            "raw_data" => (WriteRawData, ["id", "buf"]),
            "hwlat" => (WriteHardwareLatency, ["seqnum", "duration", "outer_duration", "tv_sec", "tv_nsec", "count", "nmi_count", "nmi_total_ts"]),
            "osnoise" => (WriteNoise, ["runtime", "noise", "max_sample", "hw_count", "nmi_count", "irq_count", "softirq_count", "thread_count"]),
            "timerlat" => (WriteTimerLatency, ["seqnum", "context", "timer_latency"]),
            _ => (null, []),
        };
        return writer is not null && fields.All(name => format.Fields.Any(f => f.Name == name)) ? new KernelOwnText(format, writer) : null;
    }

    public override void Write(ref EvaluationContext context, ByteText output) => _writer(this, ref context, output);

    private EventField Field(string name) => _format.Fields.First(f => f.Name == name);

    private ulong Number(ref EvaluationContext context, string name)
    {
        EventField field = Field(name);
        return CType.Widen(context.Load(EvaluationContext.InRecord(field.Offset), field.Size), field.Size, field.IsSigned);
    }

    private static void WriteFunction(KernelOwnText self, ref EvaluationContext context, ByteText output)
    {
        SymbolText.WriteInstruction(context.Environment.Symbols, self.Number(ref context, "ip"), false, output);
        if (self.Number(ref context, "parent_ip") is not 0 and var parent)
        {
            output.Add(" <-"u8);
            SymbolText.WriteInstruction(context.Environment.Symbols, parent, false, output);
        }
    }

    private static void WriteKernelStack(KernelOwnText self, ref EvaluationContext context, ByteText output)
    {
        // INT_MAX stands for ftrace's own trampolines, ULONG_MAX for the end.
        const ulong trampoline = int.MaxValue;
        output.Add("<stack trace>"u8);
        for (int at = self.Field("caller").Offset; at + sizeof(ulong) <= context.Record.Length; at += sizeof(ulong))
        {
            ulong address = context.Load(EvaluationContext.InRecord(at), sizeof(ulong));
            if (address == ulong.MaxValue)
                break;
            output.Add("\n => "u8);
            if (address == trampoline)
                output.Add("[FTRACE TRAMPOLINE]"u8);
            else
                SymbolText.WriteInstruction(context.Environment.Symbols, address, false, output);
        }
    }

    private static void WriteUserStack(KernelOwnText self, ref EvaluationContext context, ByteText output)
    {
        output.Add("<user stack trace>"u8);
        EventField callers = self.Field("caller");
        for (int i = 0; i < callers.Size / sizeof(ulong); i++)
        {
            ulong address = context.Load(EvaluationContext.InRecord(callers.Offset + i * sizeof(ulong)), sizeof(ulong));
            if (address == 0)
                break;
            output.Add("\n =>  <"u8);
            output.AddHex(address, 16);
            output.Add('>');
        }
    }

    private static void WriteMarker(KernelOwnText self, ref EvaluationContext context, ByteText output)
    {
        SymbolText.WriteInstruction(context.Environment.Symbols, self.Number(ref context, "ip"), false, output);
        output.Add(": "u8);
        ReadOnlySpan<byte> text = context.TextAt(EvaluationContext.InRecord(self.Field("buf").Offset));
        output.Add(text.EndsWith((byte)'\n') ? text[..^1] : text);
    }

    private static void WritePacked(KernelOwnText self, ref EvaluationContext context, ByteText output)
    {
        SymbolText.WriteInstruction(context.Environment.Symbols, self.Number(ref context, "ip"), false, output);
        output.Add(": "u8);
        int from = output.Length;
        if (context.Environment.Strings.TryRead(self.Number(ref context, "fmt"), out string? format))
            PackedArguments.Write(ref context, format, self.Field("buf").Offset, output);
        else
            output.Add('?');
        if (output.Length > from && output.Written[^1] == '\n')
            output.Truncate(output.Length - 1);
    }

    private static void WriteConstant(KernelOwnText self, ref EvaluationContext context, ByteText output)
    {
        SymbolText.WriteInstruction(context.Environment.Symbols, self.Number(ref context, "ip"), false, output);
        output.Add(": "u8);
        if (context.Environment.Strings.TryRead(self.Number(ref context, "str"), out string? text))
            output.Add(text.EndsWith('\n') ? text.AsSpan(0, text.Length - 1) : text);
    }

    private static void WriteRawData(KernelOwnText self, ref EvaluationContext context, ByteText output)
    {
        output.Add("# "u8);
        output.AddHex(self.Number(ref context, "id"));
        output.Add(" buf:"u8);
        foreach (byte value in context.From(EvaluationContext.InRecord(self.Field("buf").Offset)))
        {
            output.Add(' ');
            output.AddHex(value, 2);
        }
    }

    private static void WriteHardwareLatency(KernelOwnText self, ref EvaluationContext context, ByteText output)
    {
        output.Add($"#{self.Number(ref context, "seqnum"),-5} inner/outer(us): {self.Number(ref context, "duration"),4}/"
            + $"{self.Number(ref context, "outer_duration"),-5} ts:{self.Number(ref context, "tv_sec")}.{self.Number(ref context, "tv_nsec"):D9} "
            + $"count:{self.Number(ref context, "count")}");
        if (self.Number(ref context, "nmi_count") is not 0 and var interrupts)
            output.Add($" nmi-total:{self.Number(ref context, "nmi_total_ts")} nmi-count:{interrupts}");
    }

    private static void WriteNoise(KernelOwnText self, ref EvaluationContext context, ByteText output)
    {
        ulong runtime = self.Number(ref context, "runtime"), noise = self.Number(ref context, "noise");
        ulong ratio = runtime == 0 ? 0 : (runtime - noise) * 10_000_000 / runtime;
        output.Add($"{runtime} {noise,10} {ratio / 100_000,3}.{ratio % 100_000:D5} {self.Number(ref context, "max_sample"),7}");
        foreach (string name in new[] { "hw_count", "nmi_count", "irq_count", "softirq_count", "thread_count" })
            output.Add($" {self.Number(ref context, name),6}");
    }

    private static void WriteTimerLatency(KernelOwnText self, ref EvaluationContext context, ByteText output) =>
        output.Add($"#{self.Number(ref context, "seqnum"),-5} context {(self.Number(ref context, "context") != 0 ? "thread" : "irq"),6} "
            + $"timer_latency {self.Number(ref context, "timer_latency"),9} ns");
}
