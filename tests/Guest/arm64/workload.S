// A workload of which every count is known beforehand: no C library, no loader, no allocation.
//
//   workload [rounds]            (default 1)
//
// A round, in this order:
//   outer -> middle -> inner   INNER_LOOPS turns of a four-instruction loop (a call chain of known depth)
//   branchy                    BRANCH_LOOPS turns with a branch that is taken every second time
//   touch_pages                maps PAGES fresh pages, stores a byte in each (a page fault each), unmaps them
//   store_watched              WATCH_STORES eight-byte stores to the symbol `watched`, one load of it
//   nap                        sleeps a millisecond (two context switches: away and back)
//
// In user mode `workload N` (N of one digit) retires 4350622 * N + 23 instructions, and takes 64 * N + 2 page faults.
// For hardware breakpoints, run.sh links it so that one_round is at 0x410000 and watched at 0x420000.
// Every function keeps a frame record (x29, x30), so that call chains by frame pointer are complete.

        .equ    INNER_LOOPS, 1000000
        .equ    BRANCH_LOOPS, 100000
        .equ    PAGES, 64
        .equ    WATCH_STORES, 100

        .equ    SYS_exit, 93
        .equ    SYS_nanosleep, 101
        .equ    SYS_munmap, 215
        .equ    SYS_mmap, 222

        .macro  function name
        .type   \name, %function
        .global \name
\name:
        .cfi_startproc
        .endm

        .macro  end name
        .cfi_endproc
        .size   \name, . - \name
        .endm

        .macro  enter
        stp     x29, x30, [sp, #-16]!
        .cfi_def_cfa_offset 16
        .cfi_offset x29, -16
        .cfi_offset x30, -8
        mov     x29, sp
        .endm

        .macro  leave
        ldp     x29, x30, [sp], #16
        .cfi_restore x29
        .cfi_restore x30
        .cfi_def_cfa_offset 0
        ret
        .endm

        .text

function one_round
        enter
        bl      outer
        bl      branchy
        bl      touch_pages
        bl      store_watched
        bl      nap
        leave
end one_round

function inner
        enter
        ldr     x0, =INNER_LOOPS
        mov     x1, #0
1:      add     x1, x1, x0
        eor     x1, x1, x0, lsl #3
        subs    x0, x0, #1
        b.ne    1b
        leave
end inner

function middle
        enter
        bl      inner
        leave
end middle

function outer
        enter
        bl      middle
        leave
end outer

function branchy
        enter
        ldr     x0, =BRANCH_LOOPS
1:      tbz     x0, #0, 2f
        add     x1, x1, #1
2:      subs    x0, x0, #1
        b.ne    1b
        leave
end branchy

function touch_pages
        enter
        mov     x0, #0                          // anywhere
        ldr     x1, =PAGES * 4096
        mov     x2, #3                          // PROT_READ | PROT_WRITE
        mov     x3, #0x22                       // MAP_PRIVATE | MAP_ANONYMOUS
        mov     x4, #-1
        mov     x5, #0
        mov     x8, #SYS_mmap
        svc     #0
        mov     x2, #PAGES
        mov     x3, x0
1:      strb    w2, [x3]
        add     x3, x3, #4096
        subs    x2, x2, #1
        b.ne    1b
        ldr     x1, =PAGES * 4096
        mov     x8, #SYS_munmap
        svc     #0
        leave
end touch_pages

function store_watched
        enter
        adrp    x0, watched
        add     x0, x0, :lo12:watched
        mov     x1, #WATCH_STORES
1:      str     x1, [x0]
        subs    x1, x1, #1
        b.ne    1b
        ldr     x1, [x0]
        leave
end store_watched

function nap
        enter
        adrp    x0, millisecond
        add     x0, x0, :lo12:millisecond
        mov     x1, #0
        mov     x8, #SYS_nanosleep
        svc     #0
        leave
end nap

function _start
        .cfi_undefined x30                      // the outermost frame
        mov     x29, #0
        mov     x30, #0
        mov     x19, #1
        ldr     x0, [sp]                        // argc
        cmp     x0, #2
        b.lt    3f
        ldr     x1, [sp, #16]                   // argv[1], decimal
        mov     x19, #0
        mov     x3, #10
1:      ldrb    w2, [x1], #1
        sub     w2, w2, #'0'
        cmp     w2, #9
        b.hi    2f
        madd    x19, x19, x3, x2
        b       1b
2:      cbz     x19, 4f
3:      bl      one_round
        subs    x19, x19, #1
        b.ne    3b
4:      mov     x0, #0
        mov     x8, #SYS_exit
        svc     #0
end _start

        .ltorg

        .section .rodata
        .balign 8
millisecond:
        .xword  0, 1000000

        .bss
        .balign 8
        .global watched
        .type   watched, %object
        .size   watched, 8
watched:
        .skip   8
