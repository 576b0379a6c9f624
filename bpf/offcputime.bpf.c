// SPDX-License-Identifier: MIT
// How long threads are off the CPU, by the stacks with which they left it: sched_switch to sched_switch.
#include "stacks.h"

struct departure {
    u64 time;
    struct stack_key key;
};

struct {
    MAP_NUMBER(type, MAP_HASH);
    MAP_NUMBER(max_entries, 65536);
    MAP_TYPE(key, u32);
    MAP_TYPE(value, struct departure);
} departures SEC(".maps");

// Only times of so long (nanoseconds).
const volatile u64 minimum_duration = 0;
// Leave out threads that could have gone on: those that wait for nothing but the CPU.
const volatile u8 blocked_only = 0;

SEC("raw_tp/sched_switch")
int on_switch(struct raw_tracepoint_args *context)
{
    struct task_struct *previous = (void *)context->args[1];
    struct task_struct *next = (void *)context->args[2];
    u32 thread = FIELD(previous, pid);
    u32 process = FIELD(previous, tgid);
    // The one that leaves is the current one still, and so its stacks can be taken.
    int is_runnable = context->args[0] & 1 || !FIELD(previous, __state);
    if (thread && !(blocked_only && is_runnable) && is_wanted(previous, process)) {
        struct departure departure = {};
        departure.time = now_monotonic();
        departure.key.process_id = process;
        departure.key.thread_id = thread;
        read_kernel(departure.key.command, TASK_COMM_LEN, &previous->comm);
        note_stacks(&departure.key, context);
        if (map_update(&departures, &thread, &departure, UPDATE_ANY))
            count_lost();
    }

    thread = FIELD(next, pid);
    struct departure *left = map_lookup(&departures, &thread);
    if (!left)
        return 0;
    u64 away = now_monotonic() - left->time;
    if (away >= minimum_duration)
        count_stack(&left->key, away);
    map_delete(&departures, &thread);
    return 0;
}
