// SPDX-License-Identifier: MIT
// The kernel's structures as far as the programs here look into them. Where a field is, libbpf finds out when it loads them.
#pragma once

#include "helpers.h"

#define TASK_COMM_LEN 16

// What a raw tracepoint's program gets: the arguments of the kernel's trace_…() call.
struct raw_tracepoint_args {
    u64 args[0];
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct kernfs_node {
    u64 id;
};

struct cgroup;

struct cgroup_subsys_state {
    struct cgroup *cgroup;
    struct cgroup_subsys_state *parent;
};

struct cgroup {
    struct cgroup_subsys_state self;
    struct kernfs_node *kn;
};

struct css_set {
    struct cgroup *dfl_cgrp;
};

typedef struct {
    int counter;
} atomic_t;

struct signal_struct {
    atomic_t live;
    unsigned int flags;
    int group_exit_code;
};

struct mm_struct {
    unsigned long arg_start, arg_end;
};

struct task_struct {
    unsigned int __state;
    int exit_code;
    int pid;
    int tgid;
    struct task_struct *real_parent;
    struct task_struct *group_leader;
    u64 start_boottime;
    struct mm_struct *mm;
    struct signal_struct *signal;
    struct css_set *cgroups;
    char comm[TASK_COMM_LEN];
};

struct linux_binprm {
    const char *filename;
};

#pragma clang attribute pop
