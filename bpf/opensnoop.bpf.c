// SPDX-License-Identifier: MIT
// Files that are opened: the system calls open, openat, openat2 and creat. ARM64 has only the middle two.
#include "ring.h"

#define MOST_NAME 4096

enum { AT_FDCWD = -100, O_CREAT_WRONLY_TRUNC = 0100 | 01 | 01000 };

// How the tracepoints of system calls look to a program: struct syscall_tp_t of kernel/trace/trace_syscalls.c.
struct enter_context {
    u64 common;
    u64 number;
    u64 args[6];
};

struct exit_context {
    u64 common;
    u64 number;
    s64 result;
};

struct open_event {
    u64 time; // CLOCK_BOOTTIME, when it began
    u64 duration;
    u32 process_id;
    u32 thread_id;
    u32 user_id;
    s32 directory; // a descriptor, or AT_FDCWD
    s32 result;    // a descriptor, or the negative errno
    u32 flags;
    u32 mode;
    char command[TASK_COMM_LEN];
    u32 name_bytes; // the name, with its zero, follows the event
};

struct open_scratch {
    struct open_event event;
    char name[MOST_NAME];
};

struct open_call {
    u64 time;
    u64 name;
    u64 how; // struct open_how of openat2
    s32 directory;
    u32 flags;
    u32 mode;
};

struct {
    MAP_NUMBER(type, MAP_HASH);
    MAP_NUMBER(max_entries, 10240);
    MAP_TYPE(key, u32);
    MAP_TYPE(value, struct open_call);
} calls SEC(".maps");

struct {
    MAP_NUMBER(type, MAP_PERCPU_ARRAY);
    MAP_NUMBER(max_entries, 1);
    MAP_TYPE(key, u32);
    MAP_TYPE(value, struct open_scratch);
} scratch SEC(".maps");

EVENT_TYPE(open_event);

// A program at a tracepoint that returns 0 keeps the event from everybody who counts or records it with perf.
#define EVENT_PASSED 1

// Only calls that fail.
const volatile u8 failed_only = 0;

INLINE int enter(s32 directory, u64 name, u32 flags, u32 mode, u64 how)
{
    u64 id = get_current_pid_tgid();
    u32 thread = (u32)id;
    if (!is_wanted(get_current_task(), id >> 32))
        return EVENT_PASSED;
    struct open_call call = {};
    call.time = now_boot();
    call.name = name;
    call.how = how;
    call.directory = directory;
    call.flags = flags;
    call.mode = mode;
    if (map_update(&calls, &thread, &call, UPDATE_ANY))
        count_lost();
    return EVENT_PASSED;
}

INLINE int leave(struct exit_context *context)
{
    u32 thread = (u32)get_current_pid_tgid();
    struct open_call *call = map_lookup(&calls, &thread);
    if (!call)
        return EVENT_PASSED;
    s64 result = context->result;
    u32 zero = 0;
    struct open_scratch *room = map_lookup(&scratch, &zero);
    if (!room || (failed_only && result >= 0))
        goto done;
    struct open_event *event = &room->event;
    event->time = call->time;
    event->duration = now_boot() - call->time;
    event->process_id = get_current_pid_tgid() >> 32;
    event->thread_id = thread;
    event->user_id = (u32)get_current_uid_gid();
    event->directory = call->directory;
    event->result = (s32)result;
    event->flags = call->flags;
    event->mode = call->mode;
    if (call->how) {
        // struct open_how: flags, mode, resolve.
        u64 how[2] = {};
        read_user(how, sizeof(how), (const void *)call->how);
        event->flags = (u32)how[0];
        event->mode = (u32)how[1];
    }
    get_current_comm(event->command, sizeof(event->command));
    // Read now, not when it began: the kernel has seen to it that the page is there.
    long length = read_user_text(room->name, MOST_NAME, (const void *)call->name);
    u32 name = length > 0 ? length : 0;
    if (name > MOST_NAME)
        name = MOST_NAME;
    event->name_bytes = name;
    u64 total = sizeof(*event) + name;
    if (total > sizeof(*room) || ring_output(&events, room, total, 0))
        count_lost();
done:
    map_delete(&calls, &thread);
    return EVENT_PASSED;
}

SEC("tracepoint/syscalls/sys_enter_open")
int enter_open(struct enter_context *context)
{
    return enter(AT_FDCWD, context->args[0], context->args[1], context->args[2], 0);
}

SEC("tracepoint/syscalls/sys_enter_creat")
int enter_creat(struct enter_context *context)
{
    return enter(AT_FDCWD, context->args[0], O_CREAT_WRONLY_TRUNC, context->args[1], 0);
}

SEC("tracepoint/syscalls/sys_enter_openat")
int enter_openat(struct enter_context *context)
{
    return enter(context->args[0], context->args[1], context->args[2], context->args[3], 0);
}

SEC("tracepoint/syscalls/sys_enter_openat2")
int enter_openat2(struct enter_context *context)
{
    return enter(context->args[0], context->args[1], 0, 0, context->args[2]);
}

SEC("tracepoint/syscalls/sys_exit_open")
int leave_open(struct exit_context *context)
{
    return leave(context);
}

SEC("tracepoint/syscalls/sys_exit_creat")
int leave_creat(struct exit_context *context)
{
    return leave(context);
}

SEC("tracepoint/syscalls/sys_exit_openat")
int leave_openat(struct exit_context *context)
{
    return leave(context);
}

SEC("tracepoint/syscalls/sys_exit_openat2")
int leave_openat2(struct exit_context *context)
{
    return leave(context);
}
