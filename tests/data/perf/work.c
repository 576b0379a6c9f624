// The program of the recordings: no library, so that all that it runs is here.
typedef unsigned long word;

static volatile word sink;

static inline long call(long number, long a, long b, long c)
{
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
}

__attribute__((noinline)) static word leaf(word n) { word s = n; for (word i = 0; i < n; i++) s = s * 31 + (i ^ s >> 3); return s; }
__attribute__((noinline)) static word down(int depth, word n) { return depth == 0 ? leaf(n) : down(depth - 1, n) + 1; }
__attribute__((noinline)) static word middle(word n) { return down(5, n) + leaf(n / 2); }
__attribute__((noinline)) static void ask(void) { for (int i = 0; i < 3; i++) sink += (word)call(110 /* getppid */, 0, 0, 0); call(24 /* sched_yield */, 0, 0, 0); }
__attribute__((noinline)) static word touch(void)
{
    static volatile char pages[16 << 12];
    for (unsigned i = 0; i < sizeof pages; i += 1 << 12) pages[i] = 1;
    return (word)pages[1 << 12];
}

__attribute__((noinline)) static int run(void)
{
    sink += touch();
    for (int i = 0; i < 24; i++) { sink += middle(600000); if (i % 6 == 0) ask(); }
    return 0;
}

__attribute__((naked, noreturn)) void _start(void)
{
    __asm__("xor %ebp, %ebp; call begin; hlt");
}

__attribute__((used, noreturn)) void begin(void) { run(); for (;;) call(231 /* exit_group */, 0, 0, 0); }
