// SPDX-License-Identifier: MIT
// What the tools share: whom they watch, told as constants before the program is loaded, and what they could not tell of.
#pragma once

#include "kernel.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

// Only the processes in the map, which those that they start join.
const volatile u8 filter_processes = 0;
// Only threads whose name begins so.
const volatile char command_prefix[TASK_COMM_LEN] = {};
const volatile u32 command_prefix_length = 0;
// Only this control group (version 2) and those below it; 0 is all.
const volatile u64 cgroup_id = 0;

struct {
    MAP_NUMBER(type, MAP_HASH);
    MAP_NUMBER(max_entries, 16384);
    MAP_TYPE(key, u32);
    MAP_TYPE(value, u8);
} processes SEC(".maps");

// How many events had no room: one number for each CPU.
struct {
    MAP_NUMBER(type, MAP_PERCPU_ARRAY);
    MAP_NUMBER(max_entries, 1);
    MAP_TYPE(key, u32);
    MAP_TYPE(value, u64);
} lost SEC(".maps");

INLINE void count_lost(void)
{
    u32 zero = 0;
    u64 *count = map_lookup(&lost, &zero);
    if (count)
        *count += 1;
}

INLINE int is_in_cgroup(struct task_struct *task)
{
    struct css_set *set = FIELD(task, cgroups);
    struct cgroup *group = FIELD(set, dfl_cgrp);
    // Deeper than this no one nests.
    for (int level = 0; level < 32 && group; level++) {
        struct kernfs_node *node = FIELD(group, kn);
        if (FIELD(node, id) == cgroup_id)
            return 1;
        struct cgroup_subsys_state *parent = FIELD(group, self.parent);
        if (!parent)
            return 0;
        group = FIELD(parent, cgroup);
    }
    return 0;
}

INLINE int has_prefix(const char *command)
{
    for (u32 i = 0; i < TASK_COMM_LEN; i++) {
        if (i >= command_prefix_length)
            return 1;
        if (command[i] != command_prefix[i])
            return 0;
    }
    return 1;
}

INLINE int is_wanted_command(struct task_struct *task)
{
    if (!command_prefix_length)
        return 1;
    char command[TASK_COMM_LEN];
    read_kernel(command, sizeof(command), &task->comm);
    return has_prefix(command);
}

INLINE int is_wanted_process(u32 process_id)
{
    return !filter_processes || map_lookup(&processes, &process_id);
}

INLINE int is_wanted_cgroup(struct task_struct *task)
{
    return !cgroup_id || is_in_cgroup(task);
}

// Whether a task passes all filters.
INLINE int is_wanted(struct task_struct *task, u32 process_id)
{
    return is_wanted_process(process_id) && is_wanted_command(task) && is_wanted_cgroup(task);
}

// Loaded only where processes are chosen, and their children with them.
SEC("raw_tp/sched_process_fork")
int on_fork(struct raw_tracepoint_args *context)
{
    struct task_struct *parent = (void *)context->args[0];
    struct task_struct *child = (void *)context->args[1];
    u32 parent_id = FIELD(parent, tgid), child_id = FIELD(child, tgid);
    u8 one = 1;
    // A new thread is of the same process.
    if (parent_id != child_id && map_lookup(&processes, &parent_id) && map_update(&processes, &child_id, &one, UPDATE_ANY))
        count_lost();
    return 0;
}

// Later than sched_process_exit: what a process still does while it ends is its own. After it the number is given to others.
SEC("raw_tp/sched_process_free")
int on_free(struct raw_tracepoint_args *context)
{
    struct task_struct *task = (void *)context->args[0];
    u32 process_id = FIELD(task, tgid);
    if ((u32)FIELD(task, pid) == process_id)
        map_delete(&processes, &process_id);
    return 0;
}
