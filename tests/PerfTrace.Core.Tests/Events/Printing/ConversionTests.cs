namespace PerfTrace.Tests.Events.Printing;

/// <summary>Conversions as lib/vsprintf.c and Documentation/core-api/printk-formats.rst have them.</summary>
public sealed class ConversionTests
{
    [Theory]
    [InlineData("\"%d %i %u\", REC->i, REC->i, REC->i", "-5 -5 4294967291")]
    [InlineData("\"%x %X %#x %o %#o\", REC->i, REC->i, REC->b, REC->b, REC->b", "fffffffb FFFFFFFB 0xfe 376 0376")]
    [InlineData("\"%hhd %hhu %hd %hu\", REC->b, REC->i, REC->h, REC->i", "-2 251 -2 65531")]
    [InlineData("\"%ld %lu %lx %lld %llu %llx\", REC->l, REC->l, REC->l, REC->l, REC->q, REC->q",
        "-7 18446744073709551609 fffffffffffffff9 -7 18364758544493064720 fedcba9876543210")]
    [InlineData("\"%zu %zd %td %Lu %qu\", REC->b, REC->l, REC->l, REC->q", null)] // the kernel has no %q
    [InlineData("\"%zu %zd %td %Lx\", REC->b, REC->l, REC->l, REC->q", "254 -7 -7 fedcba9876543210")]
    [InlineData("\"%d %d %u\", REC->sb, REC->sh, REC->yes", "-2 -2 1")]
    [InlineData("\"%#x %#o %#d\", 0, 0, 5", "0x0 0 5")] // zero has the prefix of hexadecimal numbers, unlike in C
    [InlineData("\"[%5d] [%-5d] [%05d] [%+d] [% d] [%+05d]\", 42, 42, 42, 42, 42, 42", "[   42] [42   ] [00042] [+42] [ 42] [+0042]")]
    [InlineData("\"[%5d] [%05d] [%-5d]\", -4, -4, -4", "[   -4] [-0004] [-4   ]")]
    [InlineData("\"[%#06x] [%#8x] [%-#8x] [%08X]\", 255, 255, 255, 255", "[0x00ff] [    0xff] [0xff    ] [000000FF]")]
    [InlineData("\"[%.4d] [%8.4d] [%08.4d] [%.0d]\", 42, 42, 42, 0", "[0042] [    0042] [00000042] [0]")]
    [InlineData("\"[%*d] [%-*d] [%*d]\", 6, 42, 6, 42, -6, 42", "[    42] [42    ] [42    ]")]
    [InlineData("\"%c%c%c [%3c] [%-3c]\", 'a', REC->letter, 65, 'b', 'c'", "axA [  b] [c  ]")]
    [InlineData("\"100%% %%d %d%%\", 5", "100% %d 5%")]
    [InlineData("\"%s|%10s|%-10s|%.2s|%.*s|%*s\", REC->text, REC->text, REC->text, REC->text, 3, REC->text, 7, REC->text", "hello|     hello|hello     |he|hel|  hello")]
    [InlineData("\"%s %.3s\", REC->nothing, REC->nothing", "(null) (nu")]
    [InlineData("\"%s %s\", REC->error, (char *)5", "(efault) (efault)")]
    [InlineData("\"%s\", REC->text_pointer", "from the kernel")]
    [InlineData("\"%s\", REC->pointer", "(0xffffffff81000105)")]
    [InlineData("\"a\" \"b\" \"%d\\n\\t\\\"\\\\\\x41\\101\", 1", "ab1\n\t\"\\AA")]
    [InlineData("\"no arguments\"", "no arguments")]
    [InlineData("\"\"", "")]
    public void Numbers_and_strings(string format, string? expected)
    {
        if (expected is null)
            Assert.False(PerfTrace.Events.Printing.PrintFormat.Compile(SampleRecord.Format(format)).IsComplete);
        else
            Assert.Equal(expected, SampleRecord.Render(format));
    }

    [Theory]
    [InlineData("%p", "REC->pointer", "ffffffff81000105")]
    [InlineData("%p", "REC->nothing", "0000000000000000")]
    [InlineData("%px", "REC->b", "00000000000000fe")]
    [InlineData("%20p|", "REC->pointer", "    ffffffff81000105|")]
    [InlineData("%pS", "REC->pointer", "small+0x5/0x10")]
    [InlineData("%ps", "REC->pointer", "small")]
    [InlineData("%pB", "REC->pointer", "small+0x5/0x10")]
    [InlineData("%pB", "(void *)0xffffffff81000110", "small+0x10/0x10")] // what returns behind a function was called in it
    [InlineData("%pS", "(void *)0xffffffffc0000004", "inner+0x4/0x1000 [module]")]
    [InlineData("%ps", "(void *)0xffffffffc0000004", "inner [module]")]
    [InlineData("%pS", "REC->nothing", "0x0")]
    [InlineData("%-10ps|", "REC->pointer", "small     |")]
    [InlineData("%pM", "REC->addr", "02:00:5e:10:00:ff")]
    [InlineData("%pm", "REC->addr", "02005e1000ff")]
    [InlineData("%pMF", "REC->addr", "02-00-5e-10-00-ff")]
    [InlineData("%pMR", "REC->addr", "ff:00:10:5e:00:02")]
    [InlineData("%pI4", "REC->four", "127.0.0.1")]
    [InlineData("%pi4", "REC->four", "127.000.000.001")]
    [InlineData("%pI4l", "REC->four", "1.0.0.127")]
    [InlineData("%pI6", "REC->six", "2001:0db8:0000:0000:0000:0000:0000:0abc")]
    [InlineData("%pi6", "REC->six", "20010db8000000000000000000000abc")]
    [InlineData("%pI6c", "REC->six", "2001:db8::abc")]
    [InlineData("%pIS", "REC->socket", "0000:0000:0000:0000:0000:0000:0000:0001")]
    [InlineData("%pISc", "REC->socket", "::1")]
    [InlineData("%pISpc", "REC->socket", "[::1]:8080")]
    [InlineData("%pISpsc", "REC->socket", "[::1]:8080%2")]
    [InlineData("%pISpc", "REC->six", "(einval)")]
    [InlineData("%pUb", "REC->six", "20010db8-0000-0000-0000-000000000abc")]
    [InlineData("%pUL", "REC->six", "B80D0120-0000-0000-0000-000000000ABC")]
    [InlineData("%pU", "REC->six", "20010db8-0000-0000-0000-000000000abc")]
    [InlineData("%6ph", "REC->addr", "02 00 5e 10 00 ff")]
    [InlineData("%6phC", "REC->addr", "02:00:5e:10:00:ff")]
    [InlineData("%6phD", "REC->addr", "02-00-5e-10-00-ff")]
    [InlineData("%*phN", "3, REC->addr", "02005e")]
    [InlineData("%ph", "REC->addr", "02")]
    [InlineData("%*pb", "12, __get_dynamic_array(cpus)", "02d")]
    [InlineData("%*pb", "40, __get_dynamic_array(cpus)", "01,0000002d")]
    [InlineData("%*pbl", "40, __get_dynamic_array(cpus)", "0,2-3,5,32")]
    [InlineData("%pa", "REC->words", "0x0000000100000000")]
    [InlineData("%pNF", "REC->words", "0x0000000100000000")]
    [InlineData("%pe", "REC->error", "-ENOMEM")]
    [InlineData("%pe", "REC->pointer", "ffffffff81000105")]
    [InlineData("%pI4", "REC->nothing", "(null)")]
    [InlineData("%pI4", "REC->error", "(efault)")]
    [InlineData("%p4cc", "REC->text", "hell little-endian (0x6c6c6568)")]
    public void Pointers(string conversion, string argument, string expected) => Assert.Equal(expected, SampleRecord.Render($"\"{conversion}\", {argument}"));

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "::")]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 168, 1, 2 }, "::ffff:192.168.1.2")]
    [InlineData(new byte[] { 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0x5e, 0xfe, 10, 0, 0, 1 }, "fe80::5efe:10.0.0.1")]
    [InlineData(new byte[] { 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0 }, "1:0:2::3:0:0")] // the first of equal runs
    [InlineData(new byte[] { 0, 1, 0, 0, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7 }, "1:0:2:3:4:5:6:7")] // one zero is no run
    [InlineData(new byte[] { 0x20, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, "2001::")]
    public void Short_addresses(byte[] address, string expected)
    {
        byte[] record = SampleRecord.Bytes();
        address.CopyTo(record, 74);
        Assert.Equal(expected, PerfTrace.Events.Printing.PrintFormat.Compile(SampleRecord.Format("\"%pI6c\", REC->six")).Render(record, SampleRecord.Environment));
    }

    [Theory]
    [InlineData("%pGp", "the conversion %pGp")]
    [InlineData("%pd", "the conversion %pd")]
    [InlineData("%pV", "the conversion %pV")]
    [InlineData("%y", "the conversion %y")]
    public void What_only_the_kernel_can_print_is_named(string conversion, string problem) =>
        Assert.Equal(problem, PerfTrace.Events.Printing.PrintFormat.Compile(SampleRecord.Format($"\"{conversion}\", REC->pointer")).Problem);
}
