// SPDX-License-Identifier: MIT
// Processes that end: sched_process_exit of their last thread.
#include "ring.h"

#define SIGNAL_GROUP_EXIT 4 // include/linux/sched/signal.h

struct exit_event {
    u64 time; // CLOCK_BOOTTIME
    u64 start; // the same clock
    u32 process_id;
    u32 parent_id;
    u32 user_id;
    s32 exit_code; // as wait(2) tells it
    char command[TASK_COMM_LEN];
};

EVENT_TYPE(exit_event);

// Only processes that end with a status other than 0, or by a signal.
const volatile u8 failed_only = 0;

SEC("raw_tp/sched_process_exit")
int on_exit(struct raw_tracepoint_args *context)
{
    struct task_struct *task = (void *)context->args[0];
    u32 process_id = get_current_pid_tgid() >> 32;
    // do_exit has taken this thread off the count already.
    struct signal_struct *signal = FIELD(task, signal);
    if (FIELD(signal, live.counter) != 0)
        return 0;
    struct task_struct *leader = FIELD(task, group_leader);
    if (!is_wanted(leader, process_id))
        return 0;
    // What wait_task_zombie of kernel/exit.c will tell the parent.
    s32 code = FIELD(signal, flags) & SIGNAL_GROUP_EXIT ? FIELD(signal, group_exit_code) : FIELD(leader, exit_code);
    if (failed_only && !code)
        return 0;

    struct exit_event *event = ring_reserve(&events, sizeof(*event), 0);
    if (!event) {
        count_lost();
        return 0;
    }
    struct task_struct *parent = FIELD(leader, real_parent);
    event->time = now_boot();
    event->start = FIELD(leader, start_boottime);
    event->process_id = process_id;
    event->parent_id = FIELD(parent, tgid);
    event->user_id = (u32)get_current_uid_gid();
    event->exit_code = code;
    read_kernel(event->command, sizeof(event->command), &leader->comm);
    ring_submit(event, 0);
    return 0;
}
