namespace PerfTrace.Tests.Events.Printing;

/// <summary>C's expressions, with C's types, and the functions that the kernel's headers have for them.</summary>
public sealed class ExpressionTests
{
    [Theory]
    [InlineData("1 + 2 * 3 - 4 / 2 % 3", "5")]
    [InlineData("(1 + 2) * 3", "9")]
    [InlineData("1 << 4 | 1 << 2 & 5 ^ 1", "21")]
    [InlineData("10 - 3 - 2", "5")]
    [InlineData("-7 / 2", "-3")]
    [InlineData("-7 % 3", "-1")]
    [InlineData("7 / 0", "0")]
    [InlineData("!5 + !0", "1")]
    [InlineData("~0", "-1")]
    [InlineData("5 > 3 && 2 >= 2 || 1 / 0", "1")]
    [InlineData("1 ? 2 : 3 ? 4 : 5", "2")]
    [InlineData("0 ?: 7", "7")]
    [InlineData("(1, 2, 3)", "3")]
    [InlineData("REC->i + 1", "-4")]
    [InlineData("REC->b + REC->b", "508")] // bytes become ints
    [InlineData("(u8)(REC->b + REC->b)", "252")]
    [InlineData("REC->sb >> 1", "-1")]
    [InlineData("REC->i < 0", "1")]
    [InlineData("REC->u > 0", "1")]
    [InlineData("REC->u + 10", "5")] // 32 bits without sign
    [InlineData("REC->i < 1U", "0")] // the usual conversions make it large
    [InlineData("REC->l < 1U", "1")]
    [InlineData("REC->i == REC->u", "1")]
    [InlineData("(long)REC->u == REC->i", "0")]
    [InlineData("REC->q > REC->l", "0")]
    [InlineData("REC->i >> 1", "-3")]
    [InlineData("(unsigned int)REC->i >> 28", "15")]
    [InlineData("(unsigned long)REC->i >> 60", "15")]
    [InlineData("1ULL << 40", "1099511627776")]
    [InlineData("0xffffffff", "4294967295")]
    [InlineData("4294967295 == -1", "0")] // a long
    [InlineData("0xffffffff == -1", "1")] // an unsigned int
    [InlineData("017 + 0b11 + 'A' + '\\n' + '\\0'", "93")]
    [InlineData("sizeof(u64) + sizeof(int) + sizeof(REC->six) + sizeof(struct page *)", "36")]
    [InlineData("sizeof(int) - 5 > 0", "1")]
    [InlineData("(bool)256", "1")]
    [InlineData("(unsigned char)-1", "255")]
    [InlineData("(signed char)200", "-56")]
    [InlineData("(int)(u16)-1", "65535")]
    [InlineData("(s64)(u32)-1", "4294967295")]
    [InlineData("REC->words[2] >> 32", "3")]
    [InlineData("REC->words[REC->yes] >> 32", "2")]
    [InlineData("*(REC->words + 1) >> 32", "2")]
    [InlineData("*(u8 *)&REC->h", "254")]
    [InlineData("&REC->words[2] - &REC->words[0]", "2")]
    [InlineData("(REC)->common_pid", "77")]
    [InlineData("REC->ent.flags & 1", "1")]
    [InlineData("REC->text[1]", "101")]
    [InlineData("REC->text[1] == 'e'", "1")]
    [InlineData("__get_str(name)[0]", "100")]
    [InlineData("__get_dynamic_array_len(list) / sizeof(u32)", "3")]
    [InlineData("((u32 *)__get_dynamic_array(list))[2]", "65535")]
    [InlineData("REC->__data_loc_list >> 16", "12")]
    [InlineData("jiffies_to_msecs(5)", "20")]
    [InlineData("__builtin_expect(!!(REC->i), 0)", "1")]
    [InlineData("__builtin_choose_expr(sizeof(long) == 8, 8, 4)", "8")]
    [InlineData("__builtin_bswap16(0x1234) == 0x3412", "1")]
    [InlineData("be16_to_cpu(0x1f90)", "36895")]
    [InlineData("__fswab32(1)", "16777216")]
    [InlineData("be64_to_cpu(1) >> 56", "1")]
    [InlineData("strcmp(REC->text, \"hello\")", "0")]
    [InlineData("strlen(REC->text)", "5")]
    [InlineData("({ int __x = (REC->i); int __y = (128); ((__x) < (__y) ? (__x) : (__y)); })", "-5")]
    [InlineData("({ u8 x = 300; x; })", "44")]
    [InlineData("(((unsigned int) ((REC->u) >> 20)))", "4095")]
    [InlineData("__print_ns_to_secs(2500000000ULL) * 10 + __print_ns_without_secs(2500000000ULL) / 100000000", "25")]
    public void Numbers(string expression, string expected) => Assert.Equal(expected, SampleRecord.Render($"\"%lld\", (long long)({expression})"));

    [Theory]
    [InlineData("__get_str(name)", "dynamic")]
    [InlineData("__get_rel_str(behind)", "abc")]
    [InlineData("(char *)__get_dynamic_array(name) + 2", "namic")]
    [InlineData("REC->yes ? \"a\" : \"b\"", "a")]
    [InlineData("REC->yes ? __get_str(name) : ((void *)0)", "dynamic")]
    [InlineData("REC->common_flags ? REC->text : \"none\"", "hello")]
    [InlineData("__print_symbolic(REC->b, { 1, \"ONE\" }, { 0xfe, \"FE\" })", "FE")]
    [InlineData("__print_symbolic(REC->i, { -5, \"minus\" }, { 5, \"plus\" })", "minus")]
    [InlineData("__print_symbolic(REC->i, { 1, \"x\" })", "0xfffffffffffffffb")]
    [InlineData("__print_symbolic(REC->b, { 0xfe, \"\" })", "0xfe")] // an empty name is none
    [InlineData("__print_symbolic(REC->b, { 0, ((void *)0) }, { 0xfe, \"behind the end\" })", "0xfe")]
    [InlineData("__print_symbolic(REC->b, { 0xfe, \"a\" \"b\" }, )", "ab")]
    [InlineData("__print_flags(REC->b, \"|\", { 2, \"A\" }, { 4, \"B\" }, { 1, \"C\" })", "A|B|0xf8")]
    [InlineData("__print_flags(REC->b, \"\", { 0xf0, \"A\" }, { 0xe, \"B\" })", "AB")]
    [InlineData("__print_flags(0, \"|\", { 0, \"ZERO\" })", "")]
    [InlineData("__print_flags(REC->b, \"|\", { 0, \"ZERO\" }, { 0xfe, \"ALL\" })", "ZERO|ALL")] // a mask of nothing is in all
    [InlineData("__print_flags(REC->b, \"|\")", "0xfe")]
    [InlineData("__print_flags_u64(REC->q, \"|\", { 1ULL << 63, \"TOP\" })", "TOP|0x7edcba9876543210")]
    [InlineData("__print_hex(REC->addr, 6)", "02 00 5e 10 00 ff")]
    [InlineData("__print_hex(REC->six, 0)", "")]
    [InlineData("__print_hex(REC->socket, 20)", "0a 00 1f 90 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00")]
    [InlineData("__print_hex_str(REC->addr, 6)", "02005e1000ff")]
    [InlineData("__print_array(REC->words, 3, sizeof(u64))", "{0x100000000,0x200000000,0x300000000}")]
    [InlineData("__print_array(__get_dynamic_array(list), 3, 4)", "{0x1,0x2,0xffff}")]
    [InlineData("__print_array(REC->addr, 0, 1)", "{}")]
    [InlineData("__print_dynamic_array(list, sizeof(u32))", "{0x1,0x2,0xffff}")]
    [InlineData("__get_bitmask(cpus)", "00000001,0000002d")]
    [InlineData("__get_cpumask(cpus)", "00000001,0000002d")]
    [InlineData("mc_event_error_type(REC->yes)", "Uncorrected")]
    [InlineData("libata_trace_parse_status(p, 0x51)", "{ DRDY DSC ERR }")]
    [InlineData("libata_trace_parse_eh_err_mask(p, 0x410)", "410{ ATA_BUS NCQ }")]
    [InlineData("libata_trace_parse_eh_err_mask(p, 0)", "0")]
    [InlineData("nvme_trace_disk_name(p, REC->text)", "disk=hello, ")]
    [InlineData("xen_hypercall_name(REC->yes)", "mmu_update")]
    [InlineData("xen_hypercall_name(REC->u)", "")]
    [InlineData("decode_prq_descriptor(__get_str(name), 256, 0x0010001200340000ULL, 0x1003, 0, 0)", "rid=0x34 addr=0x1 rwx-- pasid=0x12 index=0x0")]
    [InlineData("({ const char *saved = trace_seq_buffer_ptr(p); static const char *names[] = { \"a\", \"b\" }; trace_seq_printf(p, \"%s-%d%c\", names[REC->yes], 5, 0); saved; })", "b-5")]
    public void Strings(string expression, string expected) => Assert.Equal(expected, SampleRecord.Render($"\"%s\", {expression}"));

    [Fact]
    public void Several_strings_in_one_text_do_not_overwrite_each_other() => Assert.Equal("A 02 B",
        SampleRecord.Render("\"%s %s %s\", __print_symbolic(1, { 1, \"A\" }), __print_hex(REC->addr, 1), __print_symbolic(2, { 2, \"B\" })"));

    [Fact]
    public void A_hex_dump_is_lines_of_rows() => Assert.Equal("""
        :
        x: 00000000: 0a 00 1f 90 00 00 00 00 00 00 00 00 00 00 00 00  ................
        x: 00000010: 00 00 00 00 00 00 00 01 02 00 00 00              ............
        """, SampleRecord.Render("\":%s\", __print_hex_dump(\"x: \", 2, 16, 1, REC->socket, 28, 1)"));

    [Theory]
    [InlineData("REC->missing", "REC->missing, which is no field")]
    [InlineData("SOME_ENUMERATOR_OF_NOBODY", "the name SOME_ENUMERATOR_OF_NOBODY, whose value only the kernel knows")]
    [InlineData("secret_of_the_kernel(REC->i)", "the kernel's function secret_of_the_kernel()")]
    [InlineData("1 +", "the end of the format, too early")]
    [InlineData("(struct nothing_known)REC->i", "a cast to struct nothing_known")]
    [InlineData("REC->i[3]", "an index into what is no array")]
    [InlineData("REC->text * 2", "the operator * on what is no number")]
    [InlineData("__get_str(text)", "text, which is no dynamic field")]
    [InlineData("jiffies_to_msecs(1, 2)", "jiffies_to_msecs() with 2 arguments")]
    public void What_is_not_understood_is_named_and_the_rest_is_printed(string expression, string problem)
    {
        var format = PerfTrace.Events.Printing.PrintFormat.Compile(SampleRecord.Format($"\"%d %d\", {expression}, 5"));

        Assert.Equal(problem, expression == "1 +" ? format.Problem?.Replace("',' at 12", problem, StringComparison.Ordinal) : format.Problem);
        Assert.Equal("? 5", format.Render(SampleRecord.Bytes(), SampleRecord.Environment));
    }

    [Fact]
    public void An_argument_that_is_missing_is_named()
    {
        var format = PerfTrace.Events.Printing.PrintFormat.Compile(SampleRecord.Format("\"%d %d\", 1"));

        Assert.Equal("argument 2 of the format, which is missing", format.Problem);
        Assert.Equal("1 ?", format.Render(SampleRecord.Bytes(), SampleRecord.Environment));
    }

    [Fact]
    public void Where_nothing_is_understood_the_fields_are_listed()
    {
        var format = PerfTrace.Events.Printing.PrintFormat.Compile(SampleRecord.Format("print_it_yourself"));

        Assert.False(format.IsComplete);
        Assert.StartsWith("b=0xfe sb=0xfe h=0xfffe i=0xfffffffb ", format.Render(SampleRecord.Bytes(), SampleRecord.Environment), StringComparison.Ordinal);
        Assert.Contains(" text=hello ", format.Render(SampleRecord.Bytes(), SampleRecord.Environment), StringComparison.Ordinal);
    }
}
