// SPDX-License-Identifier: MIT
// Where the time goes: stacks counted in the kernel each time a perf event fires.
#include "stacks.h"

// Samples of the idle threads too.
const volatile u8 with_idle = 0;

SEC("perf_event")
int on_sample(void *context)
{
    u64 id = get_current_pid_tgid();
    if ((!id && !with_idle) || !is_wanted(get_current_task(), id >> 32))
        return 0;
    struct stack_key key = {};
    key.process_id = id >> 32;
    key.thread_id = (u32)id;
    get_current_comm(key.command, sizeof(key.command));
    note_stacks(&key, context);
    count_stack(&key, 1);
    return 0;
}
