#!/usr/bin/env python3
"""Many clients of a web server at a time: loadclient.py ADDRESS PORT CLIENTS SECONDS [held]

Each client opens a connection, asks once and closes; with "held" it opens one, keeps it, and asks ten times a second. Prints one JSON
object: requests, errors by kind, and how many answers each server gave, by the name in its body.
"""
import asyncio
import collections
import json
import resource
import sys
import time

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
PATIENCE = 5.0

answers = collections.Counter()
errors = collections.Counter()
opened = 0


async def ask(reader, writer):
    writer.write(REQUEST)
    await writer.drain()
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    body = await asyncio.wait_for(reader.readexactly(length), PATIENCE)
    answers[body.decode().strip()] += 1


async def client(address, port, end, held):
    global opened
    while time.monotonic() < end:
        writer = None
        try:
            reader, writer = await asyncio.wait_for(asyncio.open_connection(address, port), PATIENCE)
            opened += 1
            await ask(reader, writer)
            while held and time.monotonic() < end:
                await asyncio.sleep(0.1)
                await ask(reader, writer)
        except (OSError, EOFError, asyncio.TimeoutError) as problem:
            errors[type(problem).__name__] += 1
            await asyncio.sleep(0.05)
        finally:
            if writer is not None:
                writer.close()


async def main(address, port, clients, seconds, held):
    end = time.monotonic() + seconds
    await asyncio.gather(*(client(address, port, end, held) for _ in range(clients)))
    print(json.dumps({"requests": sum(answers.values()), "opened": opened, "errors": dict(errors), "answers": dict(answers)}))


most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), sys.argv[5:] == ["held"]))
