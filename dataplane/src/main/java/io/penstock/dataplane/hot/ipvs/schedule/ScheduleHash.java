package io.penstock.dataplane.hot.ipvs.schedule;

import io.penstock.dataplane.ipvs.model.ServiceSpec;

/**
 * Hashes of addresses: the kernel's, so that Penstock and a kernel beside it choose the same servers, and one of our own.
 *
 * <p>The kernel's take addresses as 32 bits: an IPv6 address is folded. Their keys are known to everybody, and so are ours: balancers that know nothing of
 * each other have to agree. Who can choose addresses can choose his server.
 *
 * <p>Source: include/linux/hash.h (Knuth's multiplicative hash); Aumasson and Bernstein, SipHash, 2012, with 1 and 3 rounds, of which include/linux/siphash.h
 * takes the lower half; Steele, Lea and Flood, 2014 (splitmix64). Threads: any; stateless.
 */
public final class ScheduleHash {

    /** The key of {@code mh} for flows, and for where a server's permutation begins. Both halves are the same. */
    public static final long MH_KEY_1 = 2_654_435_761L;
    /** The key of {@code mh} for the step of a server's permutation. */
    public static final long MH_KEY_2 = 2_654_446_892L;

    private static final int GOLDEN_32 = 0x61C8_8647;
    private static final long SIP_0 = 0x736F_6D65_7073_6575L;
    private static final long SIP_1 = 0x646F_7261_6E64_6F6DL;
    private static final long SIP_2 = 0x6C79_6765_6E65_7261L;
    private static final long SIP_3 = 0x7465_6462_7974_6573L;
    /** The length of what is hashed, 4, where SipHash has it. */
    private static final long SIP_LENGTH = 4L << 56;
    private static final int SIP_END = 0xFF;

    private static final long GAMMA = 0x9E37_79B9_7F4A_7C15L;
    private static final long MIX_1 = 0xBF58_476D_1CE4_E5B9L;
    private static final long MIX_2 = 0x94D0_49BB_1331_11EBL;

    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int SCTP = 132;

    private ScheduleHash() {
    }

    /** An address as 32 bits: of IPv4 itself. */
    public static int fold(final long high, final long low) {
        final long both = high ^ low;
        return (int) (both >>> Integer.SIZE ^ both);
    }

    /** The upper bits of the multiplicative hash. */
    static int golden(final int value, final int bits) {
        return value * GOLDEN_32 >>> Integer.SIZE - bits;
    }

    /** SipHash-1-3 of 32 bits, the lower half of it. */
    public static int sip(final int value, final long key) {
        final long word = SIP_LENGTH | value & 0xFFFF_FFFFL;
        long v0 = SIP_0 ^ key;
        long v1 = SIP_1 ^ key;
        long v2 = SIP_2 ^ key;
        long v3 = SIP_3 ^ key ^ word;
        for (int round = 0; round < 4; round++) {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
            if (round == 0) {
                v0 ^= word;
                v2 ^= SIP_END;
            }
        }
        return (int) (v0 ^ v1 ^ v2 ^ v3);
    }

    /** All bits of a number over all bits: the same for the same number, on every host. */
    public static long mix(final long value) {
        final long a = value + GAMMA;
        final long b = (a ^ a >>> 30) * MIX_1;
        final long c = (b ^ b >>> 27) * MIX_2;
        return c ^ c >>> 31;
    }

    /** The folded address of the client. */
    static int client(final Flow flow) {
        return flow.isInverse ? fold(flow.destinationHigh, flow.destinationLow) : fold(flow.sourceHigh, flow.sourceLow);
    }

    /** The client's port where the service hashes ports and the protocol has some the kernel looks at, or 0. */
    static int clientPort(final Flow flow, final int flags) {
        if ((flags & ServiceSpec.SCHEDULER_2) == 0 || flow.protocol != TCP && flow.protocol != UDP && flow.protocol != SCTP) {
            return 0;
        }
        return flow.isInverse ? flow.destinationPort : flow.sourcePort;
    }
}
