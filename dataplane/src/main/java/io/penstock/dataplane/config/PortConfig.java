package io.penstock.dataplane.config;

/**
 * One port.
 *
 * @param name   what the rest of the configuration, captures and statistics call it
 * @param device the Linux interface; in replay and bench just a name
 * @param attach how the XDP program is to be attached
 * @param copy   whether frames may be copied between driver and UMEM
 * @param queues how many queues to serve, or {@link #QUEUE_PER_WORKER}
 */
public record PortConfig(String name, String device, Attach attach, Copy copy, int queues) {

    /** The value of {@link #queues} when none is given: one queue for each worker. */
    public static final int QUEUE_PER_WORKER = 0;

    /** How the XDP program is attached. */
    public enum Attach {
        /** Native where the driver can, else generic. */
        AUTO,
        /** In the driver, or refuse to start. */
        NATIVE,
        /** In the stack, after the driver has made a socket buffer. */
        GENERIC
    }

    /** Whether frames are copied. */
    public enum Copy {
        /** Zero-copy where the driver can, else copy. */
        AUTO,
        /** Zero-copy, or refuse to start. */
        ZERO,
        /** Always copy. */
        COPY
    }
}
