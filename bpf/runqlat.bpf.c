// SPDX-License-Identifier: MIT
// How long threads that could run wait for a CPU: from sched_wakeup, or from being pushed off the CPU, to sched_switch.
#include "histogram.h"

struct {
    MAP_NUMBER(type, MAP_HASH);
    MAP_NUMBER(max_entries, 65536);
    MAP_TYPE(key, u32);
    MAP_TYPE(value, u64);
} waiting SEC(".maps");

// A histogram for each process.
const volatile u8 by_process = 0;
// Only waits of so long (nanoseconds).
const volatile u64 minimum_duration = 0;

INLINE int begin(struct task_struct *task)
{
    u32 thread = FIELD(task, pid);
    u32 process = FIELD(task, tgid);
    // Each CPU's idle thread has the number 0.
    if (!thread || !is_wanted(task, process))
        return 0;
    u64 time = now_monotonic();
    if (map_update(&waiting, &thread, &time, UPDATE_ANY))
        count_lost();
    return 0;
}

SEC("raw_tp/sched_wakeup")
int on_wakeup(struct raw_tracepoint_args *context)
{
    return begin((void *)context->args[0]);
}

SEC("raw_tp/sched_wakeup_new")
int on_wakeup_new(struct raw_tracepoint_args *context)
{
    return begin((void *)context->args[0]);
}

SEC("raw_tp/sched_switch")
int on_switch(struct raw_tracepoint_args *context)
{
    struct task_struct *previous = (void *)context->args[1];
    struct task_struct *next = (void *)context->args[2];
    // TASK_RUNNING is 0; a thread that is preempted may have set another state already, and goes on all the same.
    if (context->args[0] & 1 || !FIELD(previous, __state))
        begin(previous);

    u32 thread = FIELD(next, pid);
    u64 *start = map_lookup(&waiting, &thread);
    if (!start)
        return 0;
    u64 waited = now_monotonic() - *start;
    map_delete(&waiting, &thread);
    if (waited >= minimum_duration)
        count_in_histogram(by_process ? FIELD(next, tgid) : 0, waited);
    return 0;
}
