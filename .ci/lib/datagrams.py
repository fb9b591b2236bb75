#!/usr/bin/env python3
"""Servers of datagrams that say who they are: datagrams.py serve PORT NAME [ADDRESS...], datagrams.py ask ADDRESS PORT COUNT

serve prints "listening", and answers every datagram with NAME; from the addresses, if there are some. ask sends so many, one after the other and all from one socket, which takes
answers from where they were sent alone, and prints what came, a line each, "error" for one that did not come in time.
"""
import selectors
import socket
import sys

PATIENCE = 2.0


def opened(address):
    return socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)


def serve(port, name, *addresses):
    every = selectors.DefaultSelector()
    for address in addresses or ("0.0.0.0", "::"):
        s = opened(address)
        if s.family == socket.AF_INET6:
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        s.bind((address, int(port)))
        every.register(s, selectors.EVENT_READ)
    print("listening", flush=True)
    while True:
        for ready, _ in every.select():
            s = ready.fileobj
            s.sendto(name.encode(), s.recvfrom(2048)[1])


def ask(address, port, count):
    with opened(address) as s:
        s.settimeout(PATIENCE)
        s.connect((address, int(port)))
        for _ in range(int(count)):
            try:
                s.send(b"who")
                print(s.recv(2048).decode())
            except OSError:
                print("error")


{"serve": serve, "ask": ask}[sys.argv[1]](*sys.argv[2:])
