#!/usr/bin/env python3
"""Short TCP connections: short.py serve PORT, short.py call ADDRESS PORT COUNT AT_ONCE

serve prints "listening", and echoes what comes, for ever. call opens COUNT connections, AT_ONCE at a time, sends a line of its own by each of them, waits
for its echo, and closes it; then it prints, as JSON, how many there were, how many were reset, and how many went wrong otherwise, with the first error.
"""
import asyncio
import json
import sys

BACKLOG = 4096
# Seconds for one connection: long enough for TCP to send everything again some times.
PATIENCE = 60.0


async def echo(reader, writer):
    try:
        while line := await reader.readline():
            writer.write(line)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def serve(port):
    server = await asyncio.start_server(echo, None, int(port), backlog=BACKLOG)
    print("listening", flush=True)
    await server.serve_forever()


async def one(address, port, number):
    reader, writer = await asyncio.open_connection(address, port)
    line = f"connection {number}\n".encode()
    writer.write(line)
    answer = await reader.readline()
    writer.close()
    await writer.wait_closed()
    if answer != line:
        raise ValueError(f"sent {line!r} and got {answer!r}")


async def call(address, port, count, at_once):
    seen = {"connections": 0, "reset": 0, "failed": 0, "first": ""}
    numbers = iter(range(int(count)))

    async def some():
        for number in numbers:
            try:
                await asyncio.wait_for(one(address, int(port), number), PATIENCE)
                seen["connections"] += 1
            except ConnectionResetError:
                seen["reset"] += 1
            except Exception as e:
                seen["failed"] += 1
                seen["first"] = seen["first"] or repr(e)

    await asyncio.gather(*(some() for _ in range(int(at_once))))
    print(json.dumps(seen))


asyncio.run({"serve": serve, "call": call}[sys.argv[1]](*sys.argv[2:]))
