#!/usr/bin/env python3
"""Binds an AF_XDP socket to a queue of a device and keeps it until the input ends: hold_queue.py DEVICE QUEUE

Prints "holding" when it has it. Source: linux/if_xdp.h, kernel Documentation/networking/af_xdp.rst.
"""

import ctypes
import mmap
import os
import socket
import struct
import sys

AF_XDP = 44
SOL_XDP = 283
XDP_RX_RING, XDP_UMEM_REG, XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING = 2, 4, 5, 6
XDP_COPY = 2
FRAMES, FRAME_BYTES, SLOTS = 64, 4096, 64

libc = ctypes.CDLL(None, use_errno=True)


def check(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


device, queue = sys.argv[1], int(sys.argv[2])
fd = check(libc.socket(AF_XDP, socket.SOCK_RAW, 0))
memory = mmap.mmap(-1, FRAMES * FRAME_BYTES)
address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
region = struct.pack("=QQIIII", address, FRAMES * FRAME_BYTES, FRAME_BYTES, 0, 0, 0)
check(libc.setsockopt(fd, SOL_XDP, XDP_UMEM_REG, region, len(region)))
for ring in (XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING, XDP_RX_RING):
    check(libc.setsockopt(fd, SOL_XDP, ring, struct.pack("=i", SLOTS), 4))
where = struct.pack("=HHIII", AF_XDP, XDP_COPY, socket.if_nametoindex(device), queue, 0)
check(libc.bind(fd, where, len(where)))
print("holding", flush=True)
sys.stdin.read()
