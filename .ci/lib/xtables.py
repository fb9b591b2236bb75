#!/usr/bin/env python3
"""Stands in for xtables-legacy-multi: asks the commands' server at $PENSTOCK_TOOLS what a command does. See ToolServer."""
import os
import socket
import struct
import sys


def text(data):
    return struct.pack(">i", len(data)) + data


def read(stream):
    return stream.read(struct.unpack(">i", stream.read(4))[0])


def main():
    words = [os.fsencode(word) for word in sys.argv[1:]]
    given = sys.stdin.buffer.read() if words[0].endswith(b"-restore") else b""
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(os.environ["PENSTOCK_TOOLS"])
        server.sendall(struct.pack(">i", len(words)) + b"".join(map(text, words)) + text(given))
        answer = server.makefile("rb")
        status = struct.unpack(">i", answer.read(4))[0]
        out = read(answer)
        err = read(answer)
    sys.stderr.buffer.write(err)
    sys.stderr.flush()
    sys.stdout.buffer.write(out)
    sys.stdout.flush()
    return status


sys.exit(main())
