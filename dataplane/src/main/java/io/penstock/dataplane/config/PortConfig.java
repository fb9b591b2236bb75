package io.penstock.dataplane.config;

/**
 * One port.
 *
 * @param name     what the rest of the configuration, captures and statistics call it
 * @param device   the Linux interface; in replay and bench just a name
 * @param attach   how frames are had from the device
 * @param copy     whether frames may be copied between driver and UMEM
 * @param queues   how many queues to serve, or {@link #ALL_QUEUES}
 * @param ring     received packets that may wait for the worker, a power of two; of AF_XDP
 * @param busyPoll whose CPU runs the driver
 * @param netns    the network namespace that the device is in, where several are served; else empty
 */
public record PortConfig(
        String name, String device, Attach attach, Copy copy, int queues, int ring, BusyPoll busyPoll, String netns) {

    /** The value of {@link #queues} when none is given: all that the device has. */
    public static final int ALL_QUEUES = 0;

    /**
     * The value of {@link #ring} when none is given. Unit: packets, 2 KiB each. Eight milliseconds of a million a second, which is longer than the JVM stops
     * all threads, a shared CPU is away, or a compiler keeps a worker waiting: where rules changed under such a load, rings of 2,048 lost some thousand packets,
     * these none. Lower: such waits lose packets. Higher: packets that wait are older when they are sent. Neither was faster, from 512 on (over veth, where
     * the kernel copies).
     */
    public static final int DEFAULT_RING = 8192;

    /** A port whose device's interrupts bring the frames. */
    public PortConfig(
            final String name, final String device, final Attach attach, final Copy copy, final int queues) {
        this(name, device, attach, copy, queues, DEFAULT_RING, BusyPoll.OFF, "");
    }

    /** How frames are had from the device. */
    public enum Attach {
        /** Native where the driver can, else generic, else AF_PACKET. */
        AUTO,
        /** AF_XDP with the program in the driver, or refuse to start. */
        NATIVE,
        /** AF_XDP with the program in the stack, after the driver has made a socket buffer. */
        GENERIC,
        /** AF_PACKET, with no XDP program: much slower, and the kernel must not forward on the device. */
        PACKET
    }

    /**
     * Busy polling: the worker's own system calls run the device's driver, on the worker's CPU, instead of interrupts on
     * another one. It saves a CPU and its cache misses where a worker has a core of its own; its device wants
     * {@code napi_defer_hard_irqs} and {@code gro_flush_timeout} set in /sys/class/net, or interrupts go on beside it. Where
     * workers sleep or share their core it only costs system calls. Source: kernel Documentation/networking/napi.rst.
     *
     * @param us     how long a blocking call may poll, in microseconds (SO_BUSY_POLL); 0 is off. Workers' calls never block
     *               and poll once whatever the number, so that any but 0 does: 20 is usual
     * @param budget packets that one call takes from the driver at the most (SO_BUSY_POLL_BUDGET). 64 is a batch; lower
     *               makes more system calls, higher delays the first packet of a burst
     */
    public record BusyPoll(int us, int budget) {

        /** The budget when none is given. */
        public static final int DEFAULT_BUDGET = 64;

        /** Interrupts bring the frames. */
        public static final BusyPoll OFF = new BusyPoll(0, DEFAULT_BUDGET);

        /** True unless off. */
        public boolean isOn() {
            return us != 0;
        }
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
