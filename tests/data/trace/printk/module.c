#include <linux/module.h>
#include <linux/kernel.h>
static int __init tp_init(void){
 u8 mac[6]={0,0x11,0x22,0x33,0x44,0x55};
 int i=-1; char c='A'; short h=-2; signed char hh=-3; 
 trace_printk("plain %s\n", "");
 trace_printk("%d%% %u %x %lx %llu\n", i, (unsigned)i, 255, 0x123456789abcdefUL, 18446744073709551615ULL);
 trace_printk("%s|%d|%10s|%-10s|%.2s|\n", "abc", 5, "right", "left", "cut");
 trace_printk("%s|%lld|%c%c|%hhd|%hd|%d\n", "abcde", 5LL, c, c+1, hh, h, 7);
 trace_printk("%*d|%-*d|%.*s|%05d|%#x|%+d\n", 5, 42, 4, 7, 2, "abcdef", 42, 255, 3);
 trace_printk("%px %pS %ps %d\n", (void*)0x10, tp_init, (void*)schedule, 3);
 trace_printk("%pM %d %pI4 %d\n", mac, 3, "\x7f\0\0\1", 4);
 trace_printk("%pB %d\n", (void*)schedule, 4);
 trace_printk("%zu %td %s\n", sizeof(i), (ptrdiff_t)-9, (char*)NULL);
 trace_printk("a constant\n");
 trace_puts("put\n");
 __trace_printk(_THIS_IP_, "dynamic %d\n", i);
 return 0;
}
static void __exit tp_exit(void){}
module_init(tp_init);module_exit(tp_exit);MODULE_LICENSE("GPL");
