// SPDX-License-Identifier: MIT
#pragma once

#include "tool.h"

// The way to the module; it sets the size.
struct {
    MAP_NUMBER(type, MAP_RINGBUF);
    MAP_NUMBER(max_entries, 256 * 1024);
} events SEC(".maps");

// Keeps the type in the object's BTF although no map tells of it.
#define EVENT_TYPE(name) const struct name *name##_type_ __attribute__((unused))
