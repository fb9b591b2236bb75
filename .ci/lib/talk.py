#!/usr/bin/env python3
"""A connection that lasts: talk.py serve PORT, talk.py talk ADDRESS PORT

serve prints "listening", and echoes what comes, for ever. talk sends a number, waits for its echo, sends the next one, until SIGTERM;
then it closes the connection, and prints how many came back. It prints "started" when the first has, and exits 1 when one does not
come, or the connection ends.
"""
import signal
import socket
import socketserver
import sys
import time

# Seconds between two numbers, and that one is waited for: long enough for TCP to send it more than once.
INTERVAL = 0.01
PATIENCE = 10.0


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(65536):
            self.request.sendall(data)


class Server(socketserver.ThreadingTCPServer):
    address_family = socket.AF_INET6
    daemon_threads = True


def serve(port):
    with Server(("", int(port)), Echo) as server:
        print("listening", flush=True)
        server.serve_forever()


def talk(address, port):
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    number = 0
    with socket.create_connection((address, int(port)), PATIENCE) as s:
        lines = s.makefile("rwb", buffering=0)
        while not stopped:
            sent = f"{number}\n".encode()
            lines.write(sent)
            if lines.readline() != sent:
                sys.exit(f"number={number} did not come back")
            number += 1
            if number == 1:
                print("started", flush=True)
            time.sleep(INTERVAL)
    print(number)


{"serve": serve, "talk": talk}[sys.argv[1]](*sys.argv[2:])
