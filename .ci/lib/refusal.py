#!/usr/bin/env python3
"""What becomes of a socket: refusal.py tcp|udp ADDRESS PORT [user=UID], refusal.py serve PORT

Prints "connected", "answered", the error's name, or "silent" when nothing came in time. serve accepts TCP connections, and answers
datagrams, for ever.
"""
import errno
import os
import select
import socket
import sys

# Seconds without an answer.
PATIENCE = 1.0
# A second SYN leaves after a second: what comes about the first while connect() still holds the socket is only noted.
TCP_PATIENCE = 2.5


def opened(kind, address):
    return socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind)


def tcp(address, port):
    with opened(socket.SOCK_STREAM, address) as s:
        s.settimeout(TCP_PATIENCE)
        s.connect((address, int(port)))
        return "connected"


def udp(address, port):
    with opened(socket.SOCK_DGRAM, address) as s:
        s.settimeout(PATIENCE)
        s.connect((address, int(port)))
        try:
            s.send(b"hello")
        except PermissionError:
            # The kernel tells its own drop at once; what the socket is told besides is asked below.
            pass
        s.recv(16)
        return "answered"


def ask(kind, address, port, *words):
    for word in words:
        # The socket is its opener's.
        os.setuid(int(word.removeprefix("user=")))
    try:
        print({"tcp": tcp, "udp": udp}[kind](address, port))
    except TimeoutError:
        print("silent")
    except OSError as e:
        print(errno.errorcode[e.errno])


def serve(port):
    listener = socket.create_server(("", int(port)), family=socket.AF_INET6, dualstack_ipv6=True)
    datagrams = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    datagrams.bind(("", int(port)))
    print("listening", flush=True)
    while True:
        for ready in select.select([listener, datagrams], [], [])[0]:
            if ready is listener:
                listener.accept()[0].close()
            else:
                text, sender = datagrams.recvfrom(64)
                datagrams.sendto(text, sender)


if sys.argv[1] == "serve":
    serve(sys.argv[2])
else:
    ask(*sys.argv[1:])
