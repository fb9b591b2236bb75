package io.penstock.os.bpf;

/**
 * What an XDP program gets in R1, {@code struct xdp_md}, and what it may answer in R0.
 *
 * <pre>
 *  0          4          8            12                  16               20                24
 * +----------+----------+------------+-------------------+----------------+-----------------+
 * | data     | data_end | data_meta  | ingress_ifindex   | rx_queue_index | egress_ifindex  |
 * +----------+----------+------------+-------------------+----------------+-----------------+
 * </pre>
 *
 * <p>Source: linux/bpf.h.
 */
public final class XdpContext {

    /** Four bytes that the verifier turns into the frame's first address. */
    public static final int DATA = 0;
    /** Four bytes that the verifier turns into the address behind the frame. */
    public static final int DATA_END = 4;
    public static final int INGRESS_IFINDEX = 12;
    public static final int RX_QUEUE_INDEX = 16;
    public static final int BYTES = 24;

    /** The program failed: the frame is dropped, and tracing tells. */
    public static final int XDP_ABORTED = 0;
    public static final int XDP_DROP = 1;
    /** To the kernel's network stack. */
    public static final int XDP_PASS = 2;
    /** Back out of the device it came from. */
    public static final int XDP_TX = 3;
    /** To where the redirect helper said. */
    public static final int XDP_REDIRECT = 4;

    private XdpContext() {
    }
}
