package io.penstock.dataplane.local;

import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.port.TapPortIo;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.tap.HostDevice;
import io.penstock.os.xdp.Umem;

/**
 * The host's own traffic through the data plane of one network namespace: {@code local: penstock}.
 *
 * <p>What is for the host comes to the workers like everything else, passes LOCAL_IN, and is received by the host on the
 * port that it came in by. What the host's sockets send comes to the workers when the kernel has routed it and written its
 * Ethernet header, passes LOCAL_OUT and POST_ROUTING, and leaves by the port that the kernel chose.
 *
 * <p>Not seen: loopback, what the host sends to its own addresses, groups and link-local addresses, and what packet sockets
 * send. The last are not netfilter's either.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Every port of the namespace takes part or none does: a port in generic mode would see again what it delivers.</li>
 *   <li>Each worker has its own queue of the device. The kernel sends a flow to the queue that delivers the flow's packets,
 *       so that one worker has both directions of it, in order.</li>
 * </ol>
 *
 * <p>Threads: control.
 */
public final class HostTraffic implements AutoCloseable {

    private final HostDevice device;
    private final MappedMemory scratch;

    private HostTraffic(final HostDevice device, final MappedMemory scratch) {
        this.device = device;
        this.scratch = scratch;
    }

    /**
     * Makes the device in the calling thread's network namespace; no port takes part yet.
     *
     * @throws io.penstock.os.sys.SysException when the kernel has no TAP devices or TCX programs, or does not permit them
     */
    public static HostTraffic open(final int workers) {
        final HostDevice device = HostDevice.open(workers);
        try {
            return new HostTraffic(
                    device, MappedMemory.reserve((long) workers * TapPortIo.SCRATCH_BYTES, MappedMemory.Pages.NORMAL));
        } catch (final RuntimeException e) {
            device.close();
            throw e;
        }
    }

    /** The device's name. */
    public String deviceName() {
        return device.name();
    }

    /** The device's number. */
    public int ifindex() {
        return device.ifindex();
    }

    /** A worker's end. */
    public PortIo end(final int worker, final Umem frames) {
        return new TapPortIo(
                device.queue(worker), device.cookie(), device.handedOverAddress(), frames.free(), frames.frameBytes(),
                scratch.address() + (long) worker * TapPortIo.SCRATCH_BYTES);
    }

    /** What a worker sleeps on. */
    public int pollFd(final int worker) {
        return device.queue(worker).fd();
    }

    /** A port takes part: what it delivers reaches the host, and from {@link HostPort#serve} on it has what the host sends. */
    public HostPort port(final int index, final int ifindex, final long mac) {
        device.port(index, ifindex, mac);
        return new HostPort(device, index, ifindex);
    }

    @Override
    public void close() {
        device.close();
        scratch.close();
    }
}
