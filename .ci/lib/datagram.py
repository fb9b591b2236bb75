#!/usr/bin/env python3
"""One datagram, or the next one: datagram.py send ADDRESS PORT TEXT [OPTION...], datagram.py listen PORT SECONDS [OPTION...]

Options: device=DEV (SO_BINDTODEVICE), mark=N (SO_MARK), broadcast, user=UID, join=GROUP (with device: on that device).
listen prints "listening", then "TEXT from=ADDRESS mark=N" and exits 0, or exits 1 when nothing came in time.
"""
import os
import socket
import struct
import sys

SO_RCVMARK = 75


def options(words):
    return dict(word.split("=", 1) if "=" in word else (word, "") for word in words)


def opened(family, chosen):
    s = socket.socket(family, socket.SOCK_DGRAM)
    if "device" in chosen:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, chosen["device"].encode() + b"\0")
    if "mark" in chosen:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, int(chosen["mark"]))
    if "broadcast" in chosen:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    return s


def send(address, port, text, *words):
    chosen = options(words)
    if "user" in chosen:
        # The socket is its opener's; marking and binding need rights that the user lacks.
        os.setuid(int(chosen["user"]))
    with opened(socket.AF_INET6 if ":" in address else socket.AF_INET, chosen) as s:
        s.sendto(text.encode(), (address, int(port)))


def listen(port, seconds, *words):
    chosen = options(words)
    with opened(socket.AF_INET6, chosen) if "ipv6" in chosen else opened(socket.AF_INET, chosen) as s:
        s.setsockopt(socket.SOL_SOCKET, SO_RCVMARK, 1)
        s.bind(("", int(port)))
        if "join" in chosen:
            request = socket.inet_aton(chosen["join"]) + struct.pack("=4sI", b"", socket.if_nametoindex(chosen["device"]))
            s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, request)
        s.settimeout(float(seconds))
        print("listening", flush=True)
        try:
            text, ancillary, _, sender = s.recvmsg(65536, 64)
        except TimeoutError:
            return 1
        mark = next((struct.unpack("=I", data)[0] for _, kind, data in ancillary if kind == socket.SO_MARK), 0)
        print(f"{text.decode()} from={sender[0]} mark={mark}", flush=True)
    return 0


sys.exit({"send": send, "listen": listen}[sys.argv[1]](*sys.argv[2:]))
