// SPDX-License-Identifier: MIT
// Programs that are executed: sched_process_exec, in the process, after its memory has become the new program's.
#include "ring.h"

#define MOST_ARGUMENTS 4096

struct exec_event {
    u64 time; // CLOCK_BOOTTIME
    u32 process_id;
    u32 parent_id;
    u32 user_id;
    u32 argument_bytes; // of all; the record may have fewer
    u32 name_bytes; // the file's name, with its zero, follows the event; then the arguments, each with its own
    char parent_command[TASK_COMM_LEN];
    char command[TASK_COMM_LEN];
};

#define MOST_NAME 512

struct exec_scratch {
    struct exec_event event;
    char text[MOST_NAME + MOST_ARGUMENTS];
};

struct {
    MAP_NUMBER(type, MAP_PERCPU_ARRAY);
    MAP_NUMBER(max_entries, 1);
    MAP_TYPE(key, u32);
    MAP_TYPE(value, struct exec_scratch);
} scratch SEC(".maps");

EVENT_TYPE(exec_event);

SEC("raw_tp/sched_process_exec")
int on_exec(struct raw_tracepoint_args *context)
{
    struct task_struct *task = (void *)context->args[0];
    struct linux_binprm *program = (void *)context->args[2];
    u32 process_id = get_current_pid_tgid() >> 32;
    if (!is_wanted(task, process_id))
        return 0;

    u32 zero = 0;
    struct exec_scratch *room = map_lookup(&scratch, &zero);
    if (!room)
        return 0;
    struct exec_event *event = &room->event;
    struct task_struct *parent = FIELD(task, real_parent);
    event->time = now_boot();
    event->process_id = process_id;
    event->parent_id = FIELD(parent, tgid);
    event->user_id = (u32)get_current_uid_gid();
    get_current_comm(event->command, sizeof(event->command));
    read_kernel(event->parent_command, sizeof(event->parent_command), &parent->comm);

    u32 name = 0;
    long length = read_kernel_text(room->text, MOST_NAME, FIELD(program, filename));
    if (length > 0)
        name = length;
    if (name > MOST_NAME)
        name = MOST_NAME;
    event->name_bytes = name;

    struct mm_struct *memory = FIELD(task, mm);
    unsigned long start = FIELD(memory, arg_start);
    u32 size = (u32)(FIELD(memory, arg_end) - start);
    event->argument_bytes = size;
    if (size > MOST_ARGUMENTS)
        size = MOST_ARGUMENTS;
    // The verifier has to see both bounds again: the compiler may have forgotten them.
    name &= 2 * MOST_NAME - 1;
    if (name > MOST_NAME)
        return 0;
    if (read_user(room->text + name, size, (const void *)start))
        size = 0;
    u64 total = sizeof(*event) + name + size;
    if (total > sizeof(*room) || ring_output(&events, room, total, 0))
        count_lost();
    return 0;
}
