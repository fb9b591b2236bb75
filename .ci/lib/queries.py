#!/usr/bin/env python3
"""Questions and answers like a resolver's, over UDP: queries.py serve PORT, queries.py ask ADDRESS PORT RATE SECONDS fixed|changing,
queries.py who ADDRESS PORT [SOURCE-PORT [SOURCE-ADDRESS]]

serve prints "listening", and sends every datagram back to where it came from; one that says "who" is told its sender's address and port.

ask sends RATE questions a second for SECONDS. "fixed": all from one socket. "changing": two from each socket, one right after the other,
as resolvers ask for both kinds of addresses, each from a port of its own; a port comes again after 60,000 others. It prints one JSON
object: sent, answered (each counted once), and ports.

who prints "ADDRESS PORT", or "nobody" when nothing came.
"""
import json
import os
import resource
import select
import socket
import struct
import sys
import time

SO_RCVBUFFORCE = 33
# Bytes; programs may be kept from the processor for a while.
BUFFER_BYTES = 64 << 20
# As large as a question for a name of some length.
QUESTION = struct.Struct("!Q40x")
SECOND_NS = 1_000_000_000
# Questions sent at once after a pause that this process was made to take. More would measure the size of rings.
LARGEST_BURST = 32
# Seconds that answers may take after the last question.
PATIENCE = 3
FIRST_PORT = 5000
PORTS = 60_000
# Sockets that wait for answers at a time.
OPEN_SOCKETS = 8_000
# Descriptors besides.
OTHERS = 100
WHO_PATIENCE = 2.0


def opened(address):
    s = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    if s.family == socket.AF_INET6:
        # Else it takes the port of IPv4 as well.
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    return s


def plain(address):
    return address.removeprefix("::ffff:")


def serve(port):
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    s.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES)
    s.bind(("", int(port)))
    print("listening", flush=True)
    while True:
        data, sender = s.recvfrom(2048)
        if data == b"who":
            data = f"{plain(sender[0])} {sender[1]}".encode()
        try:
            s.sendto(data, sender)
        except OSError:
            # What came about an earlier answer.
            pass


class Fixed:
    """All from one socket."""

    def __init__(self, target):
        self.socket = opened(target[0])
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES)
        self.socket.connect(target)
        self.socket.setblocking(False)
        self.ports = 1
        self.answered = 0
        self.seen = bytearray()

    def send(self, number):
        self.seen.append(0)
        self.socket.send(QUESTION.pack(number))

    def receive(self, seconds):
        if not select.select([self.socket], [], [], seconds)[0]:
            return
        for _ in range(LARGEST_BURST):
            try:
                number, = QUESTION.unpack(self.socket.recv(2048))
            except BlockingIOError:
                return
            self.answered += 1 - self.seen[number]
            self.seen[number] = 1


class Changing:
    """Two from each socket. A socket is closed when it has both answers, or when its turn comes again."""

    def __init__(self, target):
        self.target = target
        self.any = "::" if ":" in target[0] else "0.0.0.0"
        self.poll = select.epoll()
        # By descriptor, oldest first: the socket, the numbers that it waits for, and how many sockets there were before it.
        self.waiting = {}
        self.last = None
        self.ports = 0
        self.answered = 0

    def send(self, number):
        if number % 2 == 0:
            self.give_up()
            self.last = opened(self.target[0])
            self.last.bind((self.any, FIRST_PORT + self.ports % PORTS))
            self.last.connect(self.target)
            self.last.setblocking(False)
            self.waiting[self.last.fileno()] = (self.last, {number, number + 1}, self.ports)
            self.poll.register(self.last.fileno(), select.EPOLLIN)
            self.ports += 1
        self.last.send(QUESTION.pack(number))

    def receive(self, seconds):
        for descriptor, _ in self.poll.poll(seconds, LARGEST_BURST):
            waiting, numbers, _ = self.waiting[descriptor]
            try:
                number, = QUESTION.unpack(waiting.recv(2048))
            except BlockingIOError:
                continue
            if number in numbers:
                numbers.remove(number)
                self.answered += 1
            if not numbers:
                self.close(descriptor)

    def give_up(self):
        """Closes the oldest socket when there are too many, or when its port's turn comes soon."""
        if self.waiting:
            descriptor, (_, _, turn) = next(iter(self.waiting.items()))
            if len(self.waiting) >= OPEN_SOCKETS or self.ports - turn >= PORTS - 1:
                self.close(descriptor)

    def close(self, descriptor):
        waiting, _, _ = self.waiting.pop(descriptor)
        self.poll.unregister(descriptor)
        waiting.close()


def ask(address, port, rate, seconds, ports):
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_SOCKETS + OTHERS, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    # Somewhat ahead of other processes, so that the rate is kept.
    os.setpriority(os.PRIO_PROCESS, 0, -5)
    asker = {"fixed": Fixed, "changing": Changing}[ports]((address, int(port)))
    total = int(rate) * int(seconds)
    interval = SECOND_NS / int(rate)
    sent = 0
    due = time.monotonic_ns()
    while sent < total:
        now = time.monotonic_ns()
        # What could not be sent in time is not made up for at once.
        due = max(due, now - LARGEST_BURST * interval)
        while sent < total and due <= now:
            asker.send(sent)
            sent += 1
            due += interval
        asker.receive(max(0, (due - time.monotonic_ns()) / SECOND_NS))
    end = time.monotonic() + PATIENCE
    while asker.answered < sent and time.monotonic() < end:
        asker.receive(0.1)
    print(json.dumps({"sent": sent, "answered": asker.answered, "ports": asker.ports}))


def who(address, port, source_port="0", source=""):
    with opened(address) as s:
        s.bind((source, int(source_port)))
        s.settimeout(WHO_PATIENCE)
        s.connect((address, int(port)))
        try:
            s.send(b"who")
            print(s.recv(2048).decode())
        except OSError:
            print("nobody")


{"serve": serve, "ask": ask, "who": who}[sys.argv[1]](*sys.argv[2:])
