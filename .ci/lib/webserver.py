#!/usr/bin/env python3
"""A web server for very many connections at a time: webserver.py PORT [TEXT]

Answers every request with the same few bytes, TEXT if it is given, with the client's address in place of "{client}", and keeps connections
open. Prints "listening" and serves for ever.
"""
import asyncio
import resource
import sys

TEXT = sys.argv[2] if len(sys.argv) > 2 else "hello, world"
CLIENT = "{client}"
REQUEST_END = b"\r\n\r\n"
# Connections that may wait to be accepted.
BACKLOG = 16_384


def answer(text):
    body = text.encode() + b"\n"
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


ANSWER = answer(TEXT)


class Connection(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        self.received = b""
        self.answer = ANSWER
        if CLIENT in TEXT:
            self.answer = answer(TEXT.replace(CLIENT, transport.get_extra_info("peername")[0]))

    def data_received(self, data):
        self.received += data
        *requests, self.received = self.received.split(REQUEST_END)
        self.transport.write(self.answer * len(requests))


async def serve(port):
    server = await asyncio.get_running_loop().create_server(Connection, "", port, backlog=BACKLOG)
    print("listening", flush=True)
    await server.serve_forever()


most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
asyncio.run(serve(int(sys.argv[1])))
