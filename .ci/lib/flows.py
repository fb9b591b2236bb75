#!/usr/bin/env python3
"""First packets of random flows, as a capture of raw IP: flows.py COUNT SEED forward|backward FILE

From any address and port to 198.51.100.1, ports 1 to 3, and to any address of 198.18.0.0/15, port 4: four packets a flow, a microsecond
apart, TCP with SYN. The same seed gives the same flows; backward, the last one comes first.
"""
import random
import struct
import sys

MAGIC = 0xA1B2C3D4
RAW_IP = 101
TCP = 6
SYN = 2
PACKET_BYTES = 40
SECOND_US = 1_000_000
START = 1_700_000_000
SERVICE = 0xC6336401
MANY = 0xC6120000
MANY_BITS = 17
PORTS = (1, 2, 3)
MANYS_PORT = 4
# First bytes of sources: those of networks that nobody refuses.
SOURCES = (11, 100)

PACKET = struct.Struct("!BBHHHBBHII HHIIBBHHH")
RECORD = struct.Struct("<IIII")


def folded(total):
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def halves(address):
    return (address >> 16) + (address & 0xFFFF)


def packet(source, source_port, destination, port):
    pseudo = halves(source) + halves(destination)
    ip_sum = folded(0x4500 + PACKET_BYTES + (64 << 8 | TCP) + pseudo)
    tcp_sum = folded(pseudo + TCP + 20 + source_port + port + (5 << 12 | SYN) + 0xFFFF)
    return PACKET.pack(0x45, 0, PACKET_BYTES, 0, 0, 64, TCP, ip_sum, source, destination,
                       source_port, port, 0, 0, 5 << 4, SYN, 0xFFFF, tcp_sum, 0)


def main(count, seed, order, path):
    chance = random.Random(seed)
    flows = [(chance.randint(*SOURCES) << 24 | chance.getrandbits(24), chance.randint(1024, 65535), MANY | chance.getrandbits(MANY_BITS))
             for _ in range(count)]
    if order == "backward":
        flows.reverse()
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", MAGIC, 2, 4, 0, 0, 65535, RAW_IP))
        number = 0
        for source, source_port, of_many in flows:
            for destination, port in [(SERVICE, port) for port in PORTS] + [(of_many, MANYS_PORT)]:
                seconds, micros = divmod(number, SECOND_US)
                out.write(RECORD.pack(START + seconds, micros, PACKET_BYTES, PACKET_BYTES))
                out.write(packet(source, source_port, destination, port))
                number += 1


main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4])
