// SPDX-License-Identifier: MIT
#pragma once

#include "tool.h"

// 0: below a microsecond; n: 2^(n-1) to below 2^n microseconds.
#define HISTOGRAM_SLOTS 40

struct histogram {
    u64 slots[HISTOGRAM_SLOTS];
};

// By process, disk or whatever the tool tells apart; 0 for all together.
struct {
    MAP_NUMBER(type, MAP_HASH);
    MAP_NUMBER(max_entries, 4096);
    MAP_TYPE(key, u32);
    MAP_TYPE(value, struct histogram);
} histograms SEC(".maps");

static const struct histogram empty_histogram;

INLINE u32 slot_of(u64 nanoseconds)
{
    u64 left = nanoseconds / 1000;
    u32 slot = 0;
    for (u32 step = 32; step; step >>= 1) {
        if (left >> step) {
            left >>= step;
            slot += step;
        }
    }
    slot += left ? 1 : 0;
    return slot < HISTOGRAM_SLOTS ? slot : HISTOGRAM_SLOTS - 1;
}

INLINE void count_in_histogram(u32 key, u64 nanoseconds)
{
    struct histogram *histogram = map_lookup(&histograms, &key);
    if (!histogram) {
        map_update(&histograms, &key, &empty_histogram, UPDATE_NOEXIST);
        histogram = map_lookup(&histograms, &key);
        if (!histogram) {
            count_lost();
            return;
        }
    }
    u32 slot = slot_of(nanoseconds);
    if (slot < HISTOGRAM_SLOTS)
        __sync_fetch_and_add(&histogram->slots[slot], 1);
}
