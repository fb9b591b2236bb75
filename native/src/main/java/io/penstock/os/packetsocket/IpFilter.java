package io.penstock.os.packetsocket;

/**
 * The classic BPF program of {@link PacketSocket.Traffic#IP}: keeps IPv4 and IPv6, and what is still tagged once the kernel
 * has taken the outermost VLAN tag off (a second tag), where the type lies deeper than a filter of five lines looks.
 *
 * <pre>
 *   ldh [12]; jeq #0x0800, keep; jeq #0x86dd, keep; jeq #0x8100, keep; jeq #0x88a8, keep; drop: ret #0; keep: ret #-1
 * </pre>
 *
 * <p>Source: {@code struct sock_filter} of linux/filter.h, bpf_common.h.
 */
final class IpFilter {

    private static final int LOAD_HALF_ABSOLUTE = 0x28;
    private static final int JUMP_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    private static final int ETHERTYPE_OFFSET = 12;
    private static final int[] KEPT = {0x0800, 0x86DD, 0x8100, 0x88A8};

    private IpFilter() {
    }

    /** The instructions, each as the eight bytes of a sock_filter on a little-endian machine. */
    static long[] program() {
        final long[] program = new long[KEPT.length + 3];
        program[0] = instruction(LOAD_HALF_ABSOLUTE, 0, ETHERTYPE_OFFSET);
        for (int i = 0; i < KEPT.length; i++) {
            // From instruction i + 1, over the remaining comparisons and the drop, to the keep.
            program[i + 1] = instruction(JUMP_EQUAL, KEPT.length - i, KEPT[i]);
        }
        program[KEPT.length + 1] = instruction(RETURN, 0, 0);
        program[KEPT.length + 2] = instruction(RETURN, 0, -1);
        return program;
    }

    private static long instruction(final int code, final int ifTrue, final int k) {
        return code | (long) ifTrue << 16 | (long) k << 32;
    }
}
