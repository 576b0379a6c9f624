// SPDX-License-Identifier: MIT
// The helpers and map declarations that the programs here use, by the numbers of include/uapi/linux/bpf.h.
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int s32;
typedef long long s64;

#define NULL ((void *)0)
#define SEC(name) __attribute__((section(name), used))
#define INLINE static inline __attribute__((always_inline))
#define offsetof(type, member) __builtin_offsetof(type, member)

// A map's attributes are types, which libbpf reads from the object's BTF.
#define MAP_NUMBER(name, value) int (*name)[value]
#define MAP_TYPE(name, value) typeof(value) *name

enum map_type {
    MAP_HASH = 1,
    MAP_ARRAY = 2,
    MAP_PERCPU_ARRAY = 6,
    MAP_LRU_HASH = 9,
    MAP_RINGBUF = 27,
};

enum {
    UPDATE_ANY = 0,
    UPDATE_NOEXIST = 1,
    GET_USER_STACK = 1 << 8,
};

static void *(*map_lookup)(void *map, const void *key) = (void *)1;
static long (*map_update)(void *map, const void *key, const void *value, u64 flags) = (void *)2;
static long (*map_delete)(void *map, const void *key) = (void *)3;
static u64 (*now_monotonic)(void) = (void *)5; // bpf_ktime_get_ns
static u64 (*get_current_pid_tgid)(void) = (void *)14;
static u64 (*get_current_uid_gid)(void) = (void *)15;
static long (*get_current_comm)(void *target, u32 size) = (void *)16;
static void *(*get_current_task)(void) = (void *)35;
static long (*get_stack)(void *context, void *target, u32 size, u64 flags) = (void *)67;
static long (*read_user)(void *target, u32 size, const void *source) = (void *)112;
static long (*read_kernel)(void *target, u32 size, const void *source) = (void *)113;
static long (*read_user_text)(void *target, u32 size, const void *source) = (void *)114;
static long (*read_kernel_text)(void *target, u32 size, const void *source) = (void *)115;
static u64 (*now_boot)(void) = (void *)125; // bpf_ktime_get_boot_ns
static long (*ring_output)(void *ring, const void *data, u64 size, u64 flags) = (void *)130;
static void *(*ring_reserve)(void *ring, u64 size, u64 flags) = (void *)131;
static void (*ring_submit)(void *record, u64 flags) = (void *)132;

// Reads a field of a kernel structure, wherever this kernel has it (CO-RE).
#define FIELD(source, field) ({ typeof((source)->field) value_; read_kernel(&value_, sizeof(value_), &(source)->field); value_; })
// Whether this kernel's structure has the field: BPF_FIELD_EXISTS of libbpf's enum bpf_field_info_kind.
#define HAS_FIELD(type, field) __builtin_preserve_field_info(((type *)0)->field, 2)
