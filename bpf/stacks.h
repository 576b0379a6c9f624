// SPDX-License-Identifier: MIT
#pragma once

#include "tool.h"

#define MOST_FRAMES 127 // PERF_MAX_STACK_DEPTH, and what kernel.perf_event_max_stack is unless it was changed

struct stack {
    u64 addresses[MOST_FRAMES]; // the innermost first, zeros behind the last
};

// Call stacks by a hash of 64 bits. Not a map of the type stack trace: that has one place for each hash of few bits, and loses what falls on it second.
struct {
    MAP_NUMBER(type, MAP_HASH);
    MAP_NUMBER(max_entries, 16384);
    MAP_TYPE(key, u64);
    MAP_TYPE(value, struct stack);
} stacks SEC(".maps");

struct {
    MAP_NUMBER(type, MAP_PERCPU_ARRAY);
    MAP_NUMBER(max_entries, 1);
    MAP_TYPE(key, u32);
    MAP_TYPE(value, struct stack);
} scratch SEC(".maps");

struct stack_key {
    u64 user_stack; // 0: none
    u64 kernel_stack;
    u32 process_id;
    u32 thread_id;
    char command[TASK_COMM_LEN];
};

struct stack_value {
    u64 total; // samples, or nanoseconds
    u64 count;
};

struct {
    MAP_NUMBER(type, MAP_HASH);
    MAP_NUMBER(max_entries, 65536);
    MAP_TYPE(key, struct stack_key);
    MAP_TYPE(value, struct stack_value);
} counts SEC(".maps");

// Processes that were met since user space last looked: it reads what they have mapped while they are there.
struct {
    MAP_NUMBER(type, MAP_HASH);
    MAP_NUMBER(max_entries, 16384);
    MAP_TYPE(key, u32);
    MAP_TYPE(value, u8);
} met SEC(".maps");

const volatile u8 with_user = 1, with_kernel = 1;

// The stack of the thread that runs; 0 for none. A kernel thread has none in user space, nor has a program in the kernel while it runs by itself.
INLINE u64 note_stack(void *context, u64 flags)
{
    u32 zero = 0;
    struct stack *room = map_lookup(&scratch, &zero);
    if (!room)
        return 0;
    s64 size = get_stack(context, room, sizeof(*room), flags);
    if (size <= 0)
        return 0;
    u32 count = (u32)size / sizeof(u64);
    u64 hash = 0xcbf29ce484222325; // Fowler, Noll and Vo's, with words for bytes
    for (u32 i = 0; i < MOST_FRAMES; i++) {
        if (i >= count)
            room->addresses[i] = 0;
        else
            hash = (hash ^ room->addresses[i] ^ hash >> 29) * 0x100000001b3;
    }
    // What is counted now is lost without its stack.
    if (!map_lookup(&stacks, &hash) && map_update(&stacks, &hash, room, UPDATE_ANY)) {
        count_lost();
        return 0;
    }
    return hash;
}

// Takes the context, which the helper can not do without.
INLINE void note_stacks(struct stack_key *key, void *context)
{
    key->user_stack = with_user ? note_stack(context, GET_USER_STACK) : 0;
    key->kernel_stack = with_kernel ? note_stack(context, 0) : 0;
}

INLINE void count_stack(const struct stack_key *key, u64 amount)
{
    struct stack_value *value = map_lookup(&counts, key);
    if (!value) {
        struct stack_value empty = {};
        u8 one = 1;
        if (key->process_id)
            map_update(&met, &key->process_id, &one, UPDATE_ANY);
        map_update(&counts, key, &empty, UPDATE_NOEXIST);
        value = map_lookup(&counts, key);
        if (!value) {
            count_lost();
            return;
        }
    }
    __sync_fetch_and_add(&value->total, amount);
    __sync_fetch_and_add(&value->count, 1);
}
