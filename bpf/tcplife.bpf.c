// SPDX-License-Identifier: MIT
// TCP connections when they end: whose they were, how long, how much. inet_sock_set_state tells of each state.
#include "ring.h"

// enum of include/net/tcp_states.h.
enum { TCP_ESTABLISHED = 1, TCP_SYN_SENT = 2, TCP_SYN_RECV = 3, TCP_FIN_WAIT1 = 4, TCP_CLOSE = 7, TCP_LAST_ACK = 9 };
enum { AF_INET = 2, AF_INET6 = 10, IPPROTO_TCP = 6 };
enum { SOCK_DONE_BIT = 1 }; // enum sock_flags of include/net/sock.h: a FIN has come

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct in6_addr {
    u8 bytes[16];
};

struct sock_common {
    u32 skc_daddr;
    u32 skc_rcv_saddr;
    u16 skc_dport;
    u16 skc_family;
    unsigned long skc_flags;
    struct in6_addr skc_v6_daddr;
    struct in6_addr skc_v6_rcv_saddr;
};

struct sock {
    struct sock_common __sk_common;
    u16 sk_protocol;
};

struct inet_sock {
    u16 inet_sport;
};

struct tcp_sock {
    u64 bytes_sent;
    u64 bytes_retrans;
    u64 bytes_received;
};

#pragma clang attribute pop

struct tcp_event {
    u64 time; // CLOCK_BOOTTIME, when it began
    u64 duration;
    u64 sent;
    u64 received;
    u32 process_id; // 0: ended by the other side before its process closed it
    u16 family;
    u16 local_port;
    u16 remote_port;
    u8 is_established;
    u8 is_incoming;
    u8 local[16];
    u8 remote[16];
    char command[TASK_COMM_LEN];
};

struct connection {
    u64 time;
    u32 process_id;
    u8 is_established;
    u8 is_incoming;
    u8 is_unwanted;
    char command[TASK_COMM_LEN];
};

struct {
    MAP_NUMBER(type, MAP_HASH);
    MAP_NUMBER(max_entries, 65536);
    MAP_TYPE(key, u64);
    MAP_TYPE(value, struct connection);
} connections SEC(".maps");

EVENT_TYPE(tcp_event);

// Only these ports; 0 is all.
const volatile u16 local_port = 0, remote_port = 0;
// Only connections that live so long (nanoseconds).
const volatile u64 minimum_duration = 0;

// Who does it is known where the process itself changes the state: it connects or closes.
INLINE void note_process(struct connection *connection)
{
    u32 process_id = get_current_pid_tgid() >> 32;
    connection->process_id = process_id;
    get_current_comm(connection->command, sizeof(connection->command));
    connection->is_unwanted = !is_wanted(get_current_task(), process_id);
}

SEC("raw_tp/inet_sock_set_state")
int on_state(struct raw_tracepoint_args *context)
{
    struct sock *socket = (void *)context->args[0];
    s32 state = (s32)context->args[2];
    u64 key = (u64)socket;
    if (FIELD(socket, sk_protocol) != IPPROTO_TCP)
        return 0;

    struct connection *known = map_lookup(&connections, &key);
    if (state == TCP_SYN_SENT || state == TCP_SYN_RECV || state == TCP_ESTABLISHED) {
        if (!known) {
            struct connection fresh = {};
            fresh.time = now_boot();
            fresh.is_incoming = state != TCP_SYN_SENT;
            if (state == TCP_SYN_SENT)
                note_process(&fresh);
            fresh.is_established = state == TCP_ESTABLISHED;
            if (map_update(&connections, &key, &fresh, UPDATE_ANY))
                count_lost();
        } else if (state == TCP_ESTABLISHED) {
            known->is_established = 1;
        }
        return 0;
    }
    if (!known)
        return 0;
    if ((state == TCP_FIN_WAIT1 || state == TCP_LAST_ACK) && !known->process_id)
        note_process(known);
    if (state != TCP_CLOSE)
        return 0;

    u64 duration = now_boot() - known->time;
    // Not skc_num, which has been given back already.
    struct inet_sock *inet = (void *)socket;
    u16 local = __builtin_bswap16(FIELD(inet, inet_sport));
    u16 remote = __builtin_bswap16(FIELD(socket, __sk_common.skc_dport));
    // Nobody's: only who watches all is told.
    int is_nobodys = !known->process_id && (filter_processes || command_prefix_length || cgroup_id);
    if (known->is_unwanted || is_nobodys || duration < minimum_duration || (local_port && local != local_port) || (remote_port && remote != remote_port))
        goto done;

    struct tcp_event *event = ring_reserve(&events, sizeof(*event), 0);
    if (!event) {
        count_lost();
        goto done;
    }
    struct tcp_sock *tcp = (void *)socket;
    event->time = known->time;
    event->duration = duration;
    event->sent = FIELD(tcp, bytes_sent) - FIELD(tcp, bytes_retrans);
    // The FIN counts as a byte there.
    u64 fin = FIELD(socket, __sk_common.skc_flags) >> SOCK_DONE_BIT & 1;
    u64 received = FIELD(tcp, bytes_received);
    event->received = received >= fin ? received - fin : 0;
    event->process_id = known->process_id;
    event->family = FIELD(socket, __sk_common.skc_family);
    event->local_port = local;
    event->remote_port = remote;
    event->is_established = known->is_established;
    event->is_incoming = known->is_incoming;
    __builtin_memset(event->local, 0, sizeof(event->local));
    __builtin_memset(event->remote, 0, sizeof(event->remote));
    if (event->family == AF_INET) {
        read_kernel(event->local, 4, &socket->__sk_common.skc_rcv_saddr);
        read_kernel(event->remote, 4, &socket->__sk_common.skc_daddr);
    } else {
        read_kernel(event->local, 16, &socket->__sk_common.skc_v6_rcv_saddr);
        read_kernel(event->remote, 16, &socket->__sk_common.skc_v6_daddr);
    }
    __builtin_memcpy(event->command, known->command, sizeof(event->command));
    ring_submit(event, 0);
done:
    map_delete(&connections, &key);
    return 0;
}
