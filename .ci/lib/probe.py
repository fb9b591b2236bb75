#!/usr/bin/env python3
"""One UDP datagram to each of many consecutive /24 networks, from one network namespace to another, and how many arrived.

Usage: probe.py FROM TO FIRST COUNT PORT RATE

Sends a datagram to host 1 of each of COUNT networks from FIRST (such as 20.0.0.0) on, RATE of them a second, from namespace FROM;
namespace TO has to take all these addresses for its own. Prints one JSON object:

  sent, received   datagrams; received counts each once
  lost_first       up to five addresses to which none arrived
"""

import ctypes
import ipaddress
import json
import os
import socket
import struct
import sys
import threading
import time

CLONE_NEWNET = 0x40000000
SO_RCVBUFFORCE = 33
# Bytes; all datagrams of a probe may wait.
BUFFER_BYTES = 512 << 20
NUMBER = struct.Struct("!II")
# Seconds after the last datagram in which nothing comes any more.
QUIET = 0.5


def open_in(name):
    """A UDP socket in a namespace: a socket stays where its thread was when it made it."""
    with open(f"/run/netns/{name}", "rb") as namespace:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns({name})")
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def receive(sock, run, seen):
    sock.settimeout(QUIET)
    while True:
        try:
            number, of = NUMBER.unpack(sock.recv(64))
        except TimeoutError:
            if seen[-1]:
                return
            continue
        if of == run:
            seen[number] = 1


def main():
    source, sink, first, count, port, rate = sys.argv[1:]
    first, count, port, rate = int(ipaddress.IPv4Address(first)), int(count), int(port), int(rate)
    run = os.getpid()
    # The last one says that all are sent.
    seen = bytearray(count + 1)
    taker = open_in(sink)
    taker.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES)
    taker.bind(("0.0.0.0", port))
    thread = threading.Thread(target=receive, args=(taker, run, seen))
    thread.start()
    sender = open_in(source)
    start = time.monotonic()
    try:
        for number in range(count):
            address = str(ipaddress.IPv4Address(first + (number << 8) + 1))
            sender.sendto(NUMBER.pack(number, run), (address, port))
            ahead = start + number / rate - time.monotonic()
            if ahead > 0.001:
                time.sleep(ahead)
    finally:
        seen[-1] = 1
        thread.join()
    lost = [number for number in range(count) if not seen[number]]
    print(json.dumps({
        "sent": count,
        "received": count - len(lost),
        "lost_first": [str(ipaddress.IPv4Address(first + (number << 8) + 1)) for number in lost[:5]],
    }))


if __name__ == "__main__":
    main()
