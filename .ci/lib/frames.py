#!/usr/bin/env python3
"""Sends frames whose headers are cut off or lie, from the namespace that it runs in.

Usage: frames.py DEVICE MAC SOURCE4 TO4 SOURCE6 TO6 [SEED COUNT]

MAC is the router's; the addresses are those of a packet that the router would forward. Prints a JSON object: "sent", how many
frames; "dropped", how many the router has to drop for which reason; "forwarded", how many it has to forward. With SEED and COUNT it
sends that many frames with random damage instead, and only "sent" is told.
"""

import json
import random
import socket
import struct
import sys
import time
from collections import Counter

IPV4, IPV6 = 0x0800, 0x86DD
MTU = 1500
HOP_BY_HOP, TCP, UDP, ROUTING, FRAGMENT, NO_NEXT, DESTINATION = 0, 6, 17, 43, 44, 59, 60


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Frames:
    def __init__(self, device, mac, source4, to4, source6, to6):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.socket.bind((device, 0))
        self.ethernet = bytes.fromhex(mac.replace(":", "")) + self.socket.getsockname()[4]
        self.source4, self.to4 = socket.inet_aton(source4), socket.inet_aton(to4)
        self.source6, self.to6 = (socket.inet_pton(socket.AF_INET6, a) for a in (source6, to6))
        self.counts = Counter()
        self.damage = lambda packet: packet

    def send(self, verdict, kind, packet):
        packet = self.damage(packet)
        self.socket.send(self.ethernet + struct.pack("!H", kind) + packet)
        self.counts[verdict] += 1
        # Slow enough for a router that has just started: a lost frame is not looked at.
        if self.counts.total() % 16 == 0:
            time.sleep(0.001)

    def ipv4(self, verdict, payload=b"x" * 26, cut=None, **field):
        """One IPv4 packet; "cut" is how many of its bytes are sent, the fields override what would be right."""
        options = field.get("options", b"")
        header = bytearray(struct.pack(
            "!BBHHHBBH4s4s",
            field.get("version", 4) << 4 | field.get("words", 5 + len(options) // 4),
            0,
            field.get("total", 20 + len(options) + len(payload)),
            1,
            field.get("fragment", 0),
            field.get("ttl", 64),
            field.get("protocol", 253),
            0,
            field.get("source", self.source4),
            field.get("to", self.to4))) + options
        struct.pack_into("!H", header, 10, checksum(bytes(header)) ^ field.get("wrong", 0))
        self.send(verdict, IPV4, (bytes(header) + payload)[:cut])

    def ipv6(self, verdict, payload=b"x" * 26, cut=None, **field):
        header = struct.pack(
            "!IHBB16s16s",
            field.get("version", 6) << 28,
            field.get("bytes", len(payload)),
            field.get("next", NO_NEXT),
            field.get("hops", 64),
            field.get("source", self.source6),
            field.get("to", self.to6))
        self.send(verdict, IPV6, (header + payload)[:cut])


def ipv4_frames(frames):
    for cut in (0, 1, 19):
        frames.ipv4("ipv4_truncated", cut=cut)
    for version in (0, 5, 6, 15):
        frames.ipv4("ipv4_version", version=version)
    for words in (0, 4, 15):
        frames.ipv4("ipv4_header_length", words=words)
    frames.ipv4("ipv4_header_length", b"", options=b"\1" * 40, cut=59)
    for total in (0, 19, 47, 1500, 65535):
        frames.ipv4("ipv4_total_length", total=total)
    frames.ipv4("ipv4_total_length", b"", options=b"\1" * 40, total=59)
    for wrong in (1, 0x8000, 0xFF):
        frames.ipv4("ipv4_checksum", wrong=wrong)
    frames.ipv4("ipv4_checksum", options=b"\1" * 8, wrong=2)
    for source in ("127.0.0.1", "224.0.0.1", "255.255.255.255", "0.0.0.0"):
        frames.ipv4("ipv4_martian_source", source=socket.inet_aton(source))
    # 127.0.0.1 and ::1 are addresses of the host: those the kernel gets, and drops.
    for to in ("127.0.0.2", "0.0.0.0"):
        frames.ipv4("ipv4_martian_destination", to=socket.inet_aton(to))
    for ttl in (0, 1):
        frames.ipv4("ttl_expired", ttl=ttl)
    frames.ipv4("no_route", to=socket.inet_aton("198.18.0.1"))


def ipv6_frames(frames):
    for cut in (0, 1, 39):
        frames.ipv6("ipv6_truncated", cut=cut)
    for version in (0, 4, 7, 15):
        frames.ipv6("ipv6_version", version=version)
    for payload in (27, 1500, 65535):
        frames.ipv6("ipv6_payload_length", bytes=payload)
    for source in ("ff02::1", "::1", "::"):
        frames.ipv6("ipv6_martian_source", source=socket.inet_pton(socket.AF_INET6, source))
    frames.ipv6("no_route", to=socket.inet_pton(socket.AF_INET6, "::"))
    # An extension header that says it is longer than the packet, one that is cut off, and a chain without an end. A router reads
    # none of them but the hop-by-hop header.
    for header, fate in ((HOP_BY_HOP, "ipv6_hop_by_hop"), (ROUTING, "forwarded"), (DESTINATION, "forwarded")):
        frames.ipv6(fate, bytes((UDP, 255)) + b"\0" * 6, next=header)
        frames.ipv6(fate, bytes((UDP,)), next=header)
    frames.ipv6("forwarded", bytes((UDP, 0, 0)), next=FRAGMENT)
    frames.ipv6("forwarded", (bytes((DESTINATION, 0)) + b"\0" * 6) * 100, next=DESTINATION)
    for hops in (0, 1):
        frames.ipv6("ttl_expired", hops=hops)
    frames.ipv6("no_route", to=socket.inet_pton(socket.AF_INET6, "2001:db8:ffff::1"))


def transport_frames(frames):
    """What a router has no business with, whatever it says: forwarded as it is."""
    lies = {
        TCP: [b"", b"\0", b"\0" * 12 + b"\xf0" + b"\0" * 7, b"\0" * 12 + b"\0" + b"\0" * 7, b"\0" * 19],
        UDP: [b"", b"\0" * 7, struct.pack("!HHHH", 1, 2, 65535, 0), struct.pack("!HHHH", 1, 2, 0, 0)],
    }
    for protocol, payloads in lies.items():
        for payload in payloads:
            frames.ipv4("forwarded", payload, protocol=protocol)
            frames.ipv6("forwarded", payload, next=protocol)
    frames.ipv4("forwarded", b"\0" * 8, protocol=UDP, fragment=0x2000)
    frames.ipv4("forwarded", b"\0" * 8, protocol=UDP, fragment=0x1FFF)
    frames.ipv4("ipv4_options", options=b"\x07\xff\xff\xff")
    frames.ipv4("source_route", options=b"\x83\x07\x04\x0a\x00\x00\x01\x00")
    frames.ipv4("forwarded", options=b"\x07\x07\x04\x00\x00\x00\x00\x00")
    # Longer than the packet in it, as Ethernet's padding makes it.
    frames.ipv4("forwarded", b"x" * 1480, total=20)
    frames.ipv6("forwarded", b"x" * 1460, bytes=0)


def damaged(packet):
    """A few bytes changed, mostly in the headers, and every third time something cut off or added."""
    packet = bytearray(packet)
    for _ in range(random.randrange(4)):
        if packet:
            packet[min(int(random.expovariate(1 / 16)), len(packet) - 1)] = random.choice((0, 1, 0x7F, 0xFF, random.randrange(256)))
    if random.randrange(3) == 0:
        packet = packet[:random.randrange(len(packet) + 1)] + bytes(random.choice((0, 0, 1, 500)))
    # The header's checksum is put right half of the time, so that what is behind it is looked at.
    if len(packet) >= 20 and packet[0] >> 4 == 4 and random.randrange(2):
        header = packet[:min(max((packet[0] & 15) * 4, 20), len(packet) & ~1)]
        struct.pack_into("!H", header, 10, 0)
        struct.pack_into("!H", packet, 10, checksum(bytes(header)))
    return bytes(packet[:MTU])


def main():
    frames = Frames(*sys.argv[1:7])
    if len(sys.argv) > 7:
        random.seed(int(sys.argv[7]))
        frames.damage = damaged
        while frames.counts.total() < int(sys.argv[8]):
            ipv4_frames(frames)
            ipv6_frames(frames)
            transport_frames(frames)
        json.dump({"sent": frames.counts.total()}, sys.stdout)
        return
    ipv4_frames(frames)
    ipv6_frames(frames)
    transport_frames(frames)
    forwarded = frames.counts.pop("forwarded")
    dropped = dict(sorted(frames.counts.items()))
    json.dump({"sent": forwarded + sum(dropped.values()), "dropped": dropped, "forwarded": forwarded}, sys.stdout)


if __name__ == "__main__":
    main()
