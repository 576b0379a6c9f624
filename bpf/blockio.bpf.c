// SPDX-License-Identifier: MIT
// Requests to disks, from the driver's start to their completion: each as an event, or all as a histogram.
#include "histogram.h"
#include "ring.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct bio;

struct gendisk {
    int major;
    int first_minor;
    char disk_name[32];
};

struct request_queue {
    struct gendisk *disk;
};

struct request {
    struct request_queue *q;
    struct bio *bio;
    unsigned int cmd_flags;
    unsigned int __data_len;
    u64 __sector;
};

// Up to Linux 5.16 the request itself leads to the disk.
struct request___with_disk {
    struct gendisk *rq_disk;
};

#pragma clang attribute pop

struct block_event {
    u64 time; // CLOCK_BOOTTIME, when the driver got it
    u64 latency;
    u64 queued; // before that, since it was made
    u64 sector;
    u32 bytes;
    u32 operation; // enum req_op
    s32 status;    // an errno up to Linux 5.15, later a blk_status_t; 0 is success
    u32 major, minor;
    u32 process_id;
    u32 has_process;
    char command[TASK_COMM_LEN];
    char disk[32];
};

// Whose a request is: known when it is made, not when it is started, which may be done by a worker of the kernel.
struct maker {
    u64 time;
    u32 process_id;
    u32 is_unwanted;
    char command[TASK_COMM_LEN];
};

struct pending {
    u64 time;
    u64 queued;
    u64 sector;
    u32 bytes;
    u32 process_id;
    u32 has_process;
    char command[TASK_COMM_LEN];
};

// Requests that are merged never come to a start of their own: the oldest are forgotten.
struct {
    MAP_NUMBER(type, MAP_LRU_HASH);
    MAP_NUMBER(max_entries, 16384);
    MAP_TYPE(key, u64);
    MAP_TYPE(value, struct maker);
} makers SEC(".maps");

struct {
    MAP_NUMBER(type, MAP_HASH);
    MAP_NUMBER(max_entries, 16384);
    MAP_TYPE(key, u64);
    MAP_TYPE(value, struct pending);
} requests SEC(".maps");

EVENT_TYPE(block_event);

const volatile u8 in_histogram = 0;
const volatile u8 by_disk = 0;
// Only requests that take so long (nanoseconds).
const volatile u64 minimum_duration = 0;
// Only this disk: major << 20 | minor, as the kernel's dev_t; 0 is all.
const volatile u32 only_disk = 0;

INLINE struct gendisk *disk_of(struct request *request)
{
    if (HAS_FIELD(struct request___with_disk, rq_disk)) {
        struct request___with_disk *old = (void *)request;
        return FIELD(old, rq_disk);
    }
    struct request_queue *queue = FIELD(request, q);
    return FIELD(queue, disk);
}

SEC("raw_tp/block_getrq")
int on_make(struct raw_tracepoint_args *context)
{
    u64 key = context->args[0];
    if (!key)
        return 0;
    struct maker maker = {};
    maker.time = now_boot();
    maker.process_id = get_current_pid_tgid() >> 32;
    maker.is_unwanted = !is_wanted(get_current_task(), maker.process_id);
    get_current_comm(maker.command, sizeof(maker.command));
    map_update(&makers, &key, &maker, UPDATE_ANY);
    return 0;
}

SEC("raw_tp/block_rq_issue")
int on_issue(struct raw_tracepoint_args *context)
{
    struct request *request = (void *)context->args[0];
    u64 key = (u64)request;
    u64 bio = (u64)FIELD(request, bio);
    struct pending pending = {};
    pending.time = now_boot();
    struct maker *maker = bio ? map_lookup(&makers, &bio) : NULL;
    if (maker) {
        int is_unwanted = maker->is_unwanted;
        pending.queued = pending.time - maker->time;
        pending.process_id = maker->process_id;
        pending.has_process = 1;
        __builtin_memcpy(pending.command, maker->command, sizeof(pending.command));
        map_delete(&makers, &bio);
        if (is_unwanted)
            return 0;
    } else if (filter_processes || command_prefix_length || cgroup_id) {
        return 0;
    }
    if (only_disk) {
        struct gendisk *disk = disk_of(request);
        if (!disk || ((u32)FIELD(disk, major) << 20 | (u32)FIELD(disk, first_minor)) != only_disk)
            return 0;
    }
    pending.sector = FIELD(request, __sector);
    pending.bytes = FIELD(request, __data_len);
    if (map_update(&requests, &key, &pending, UPDATE_ANY))
        count_lost();
    return 0;
}

SEC("raw_tp/block_rq_complete")
int on_complete(struct raw_tracepoint_args *context)
{
    struct request *request = (void *)context->args[0];
    u64 key = (u64)request;
    struct pending *pending = map_lookup(&requests, &key);
    if (!pending)
        return 0;
    // Drivers may complete a request in parts.
    if ((u32)context->args[2] < FIELD(request, __data_len))
        return 0;
    u64 latency = now_boot() - pending->time;
    if (latency < minimum_duration)
        goto done;
    struct gendisk *disk = disk_of(request);
    if (in_histogram) {
        u32 device = by_disk && disk ? (u32)FIELD(disk, major) << 20 | (u32)FIELD(disk, first_minor) : 0;
        count_in_histogram(device, latency);
        goto done;
    }
    struct block_event *event = ring_reserve(&events, sizeof(*event), 0);
    if (!event) {
        count_lost();
        goto done;
    }
    event->time = pending->time;
    event->latency = latency;
    event->queued = pending->queued;
    event->sector = pending->sector;
    event->bytes = pending->bytes;
    event->operation = FIELD(request, cmd_flags) & 0xff; // REQ_OP_MASK
    event->status = (s32)context->args[1];
    event->process_id = pending->process_id;
    event->has_process = pending->has_process;
    __builtin_memcpy(event->command, pending->command, sizeof(event->command));
    event->major = event->minor = 0;
    __builtin_memset(event->disk, 0, sizeof(event->disk));
    if (disk) {
        event->major = FIELD(disk, major);
        event->minor = FIELD(disk, first_minor);
        read_kernel(event->disk, sizeof(event->disk), &disk->disk_name);
    }
    ring_submit(event, 0);
done:
    map_delete(&requests, &key);
    return 0;
}
