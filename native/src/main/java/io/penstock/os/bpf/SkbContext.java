package io.penstock.os.bpf;

/**
 * What a traffic-control program gets in R1, the part of {@code struct __sk_buff} that programs here use, and what it may
 * answer in R0. All fields have four bytes unless they say otherwise.
 *
 * <pre>
 *  0     4          8       12              16         20             32         36                40
 * +-----+----------+-------+---------------+----------+--------------+----------+-----------------+---------+
 * | len | pkt_type | mark  | queue_mapping | protocol | vlan_present | priority | ingress_ifindex | ifindex |
 * +-----+----------+-------+---------------+----------+--------------+----------+-----------------+---------+
 *  76     80                                            168
 * +------+----------+                                  +----+
 * | data | data_end |                                  | sk |
 * +------+----------+                                  +----+
 * </pre>
 *
 * <p>Source: linux/bpf.h; the answers are enum tcx_action_base and TC_ACT_* of linux/pkt_cls.h.
 */
public final class SkbContext {

    public static final int LEN = 0;
    public static final int MARK = 8;
    /** The EtherType in network order, without a tag that the device adds. */
    public static final int PROTOCOL = 16;
    /** Not 0 when the device is to add a VLAN tag. */
    public static final int VLAN_PRESENT = 20;
    public static final int PRIORITY = 32;
    /** The device that the packet was received on; 0 for what this host sends. */
    public static final int INGRESS_IFINDEX = 36;
    /** The device at whose hook the program runs. */
    public static final int IFINDEX = 40;
    /** Four bytes that the verifier turns into the Ethernet header's address. */
    public static final int DATA = 76;
    /** Four bytes that the verifier turns into the address behind what lies in one piece. */
    public static final int DATA_END = 80;
    /** Eight bytes: the sending socket, struct bpf_sock, or null. */
    public static final int SK = 168;
    public static final int BYTES = 192;

    /** In struct bpf_sock: the family that the socket was opened with. */
    public static final int SOCK_FAMILY = 4;

    /** To the next program, and on to the stack or the device after the last. */
    public static final int TCX_NEXT = -1;
    public static final int TCX_DROP = 2;
    /** To where the redirect helper said. */
    public static final int TCX_REDIRECT = 7;

    /** Flag of the redirect helper: the packet seems to have been received on the device, instead of leaving by it. */
    public static final int F_INGRESS = 1;

    private SkbContext() {
    }
}
