#!/usr/bin/env python3
"""A paced UDP stream between two network namespaces, and what became of each datagram.

Usage: stream.py FROM TO ADDRESS PORT RATE SECONDS

Sends RATE numbered datagrams a second from namespace FROM to ADDRESS in namespace TO, for SECONDS or until SIGTERM. Prints
"started" when datagrams flow, and at the end one JSON object:

  sent, received   datagrams; received counts each once
  reordered        datagrams that came after a later one
  late             datagrams that the receiving kernel threw away because this program was late (SO_RXQ_OVFL)
  outages          [first_ns, last_ns, lost] for each run of lost datagrams: when the last one before it was sent that arrived, and
                   when the first one after it was sent that arrived (CLOCK_MONOTONIC)

The outage is taken from the times of sending, so that a receiver that does not get the processor makes none longer.
"""

import ctypes
import json
import os
import signal
import socket
import struct
import sys
import time

CLONE_NEWNET = 0x40000000
SO_RCVBUFFORCE = 33
SO_RXQ_OVFL = 40
# Bytes; half a million waiting datagrams: a receiver may be kept from the processor for seconds.
BUFFER_BYTES = 512 << 20
# Number and time of sending.
HEADER = struct.Struct("!qq")
PAYLOAD_BYTES = 32
SECOND_NS = 1_000_000_000
# Datagrams sent at once after a pause that this process was made to take. More would measure the size of rings.
LARGEST_BURST = 8


def enter(name):
    with open(f"/run/netns/{name}", "rb") as namespace:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns({name})")


def prefer():
    """Somewhat ahead of other processes. Not a real-time class: that would keep the kernel's own network threads waiting."""
    os.setpriority(os.PRIO_PROCESS, 0, -5)


def receive(sock, done):
    """Receives until a number comes through the pipe and nothing more arrives; the pipe says how many were sent."""
    missing = set()
    outages = []
    expected = received = reordered = late = last_ns = 0
    sent = b""
    sock.settimeout(0.5)
    while True:
        try:
            data, ancillary, _, _ = sock.recvmsg(PAYLOAD_BYTES, 64)
        except TimeoutError:
            if sent:
                break
            try:
                sent = os.read(done, 32)
            except BlockingIOError:
                continue
            if not sent:
                sys.exit(1)
            continue
        for level, kind, value in ancillary:
            if level == socket.SOL_SOCKET and kind == SO_RXQ_OVFL:
                late = struct.unpack("I", value[:4])[0]
        number, sent_ns = HEADER.unpack_from(data)
        if number < expected:
            reordered += 1
            if number in missing:
                missing.remove(number)
                received += 1
            continue
        if number > expected:
            outages.append((last_ns or sent_ns, sent_ns, expected, number))
            missing.update(range(expected, number))
        expected = number + 1
        last_ns = sent_ns
        received += 1
    total = int(sent)
    if total > expected:
        outages.append((last_ns, time.monotonic_ns(), expected, total))
        missing.update(range(expected, total))
    runs = [(first, last, sum(1 for n in range(low, high) if n in missing)) for first, last, low, high in outages]
    return {"sent": total, "received": received, "reordered": reordered, "late": late, "outages": [r for r in runs if r[2]]}


def send(sock, address, rate, seconds):
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    print("started", flush=True)
    interval = SECOND_NS / rate
    begin = start = time.monotonic_ns()
    burst = max(LARGEST_BURST, rate // 500)
    number = 0
    while not stop:
        now = time.monotonic_ns()
        if now - begin >= seconds * SECOND_NS:
            break
        due = int((now - start) / interval) + 1
        if due - number > burst:
            start += int((due - number - burst) * interval)
            due = number + burst
        while number < due:
            sock.sendto(HEADER.pack(number, time.monotonic_ns()).ljust(PAYLOAD_BYTES, b"."), address)
            number += 1
        time.sleep(max(0.0, (start + number * interval - time.monotonic_ns()) / SECOND_NS))
    return number


def child(sink, family, host, port, ready, done, answer):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prefer()
    enter(sink)
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES)
    sock.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
    sock.bind((host, port))
    os.write(ready, b"1")
    os.set_blocking(done, False)
    report = receive(sock, done)
    with os.fdopen(answer, "w") as out:
        json.dump(report, out)


def main():
    source, sink, host, port, rate, seconds = sys.argv[1:]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    ready_read, ready_write = os.pipe()
    done_read, done_write = os.pipe()
    answer_read, answer_write = os.pipe()
    if os.fork() == 0:
        os.close(ready_read)
        os.close(done_write)
        os.close(answer_read)
        child(sink, family, host, int(port), ready_write, done_read, answer_write)
        return
    os.close(ready_write)
    os.close(done_read)
    os.close(answer_write)
    if os.read(ready_read, 1) != b"1":
        sys.exit("the receiver did not start")
    prefer()
    enter(source)
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sent = send(sock, (host, int(port)), int(rate), float(seconds))
    os.write(done_write, str(sent).encode())
    with os.fdopen(answer_read) as answer:
        print(answer.read(), flush=True)
    os.wait()


if __name__ == "__main__":
    main()
