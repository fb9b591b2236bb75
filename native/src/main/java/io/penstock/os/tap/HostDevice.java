package io.penstock.os.tap;

import io.penstock.os.bpf.BpfLink;
import io.penstock.os.bpf.BpfMap;
import io.penstock.os.bpf.BpfMapType;
import io.penstock.os.bpf.BpfProgram;
import io.penstock.os.bpf.BpfProgramType;
import io.penstock.os.bpf.TcxDirection;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.tap.TapDevice.Kind;
import io.penstock.os.tap.TapDevice.Option;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The way between this process and the host's own sockets: a TAP device, {@code penstock0} or the next free number, and
 * programs on it and on the ports.
 *
 * <pre>
 *                    {@link InjectCode}
 *  worker --write--&gt; penstock0 ingress --redirect--&gt; port ingress ----&gt; the host's sockets, as if received
 *
 *  worker &lt;--read--- penstock0 egress &lt;--redirect--- port egress &lt;----- the host's sockets
 *                                                   {@link HandOverCode}
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>Everything ends with this object or with the process, whatever ends it: the device is not persistent, the programs
 *       hang on links. Unless such a link is pinned: then what the host sends by that port is dropped from then on, because
 *       the device that it is redirected to is gone.</li>
 *   <li>Nothing loops: native XDP is not run on what is injected; what the workers send through AF_XDP is not seen at a
 *       port's egress; what was received anywhere is not handed over.</li>
 *   <li>The device has no address, no IPv6 and no ARP: no route can lead to it, and the stack sends nothing through it.</li>
 *   <li>Programs that others have attached to the ports keep their place: they see what is injected as received, and what
 *       is sent before it is handed over.</li>
 * </ol>
 *
 * <p>The device and the programs are of the network namespace of the thread that made them. Threads: control; a queue
 * belongs to its worker.
 */
public final class HostDevice implements AutoCloseable {

    private static final String NAME = "penstock%d";
    private static final String LICENSE = "Apache-2.0";

    /**
     * Frames that may wait for a worker. Unit: frames. One send of a socket can be 45 segments, and dozens of sockets send
     * at once while a worker is away for a millisecond; what finds no room is lost, and TCP slows down. More would only
     * make the queue in front of a worker that cannot keep up longer: 1000 full-sized frames are 12 ms at 1 Gbit/s.
     */
    private static final int QUEUE_FRAMES = 1000;

    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private final List<TapDevice> queues = new ArrayList<>();
    private final BpfMap map;
    private final BpfProgram inject;
    private final long cookie = new SecureRandom().nextLong();

    private HostDevice(final int queueCount) {
        try {
            map = keep(BpfMap.create(BpfMapType.ARRAY, "penstock_host", Integer.BYTES, HostMapLayout.BYTES, 1,
                    BpfMap.F_MMAPABLE));
            for (int i = 0; i < queueCount; i++) {
                queues.add(keep(TapDevice.open(
                        i == 0 ? NAME : name(), Kind.TAP, Option.MULTI_QUEUE, Option.VNET_HEADER)));
            }
            inject = keep(BpfProgram.load(
                    BpfProgramType.SCHED_CLS, "penstock_inject", InjectCode.assemble(map), LICENSE));
            keep(BpfLink.attachTcx(inject, ifindex(), TcxDirection.INGRESS));
            TapSettings.bringUp(name(), QUEUE_FRAMES);
        } catch (final RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Makes the device in the calling thread's network namespace, up.
     *
     * @param queues how many workers read and write it
     */
    public static HostDevice open(final int queues) {
        return new HostDevice(queues);
    }

    /** The device's name. */
    public String name() {
        return queues.getFirst().name();
    }

    /** The device's number. */
    public int ifindex() {
        return queues.getFirst().ifindex();
    }

    /** What the programs write in front of what they hand over ({@code OriginLayout}), and nobody else can. */
    public long cookie() {
        return cookie;
    }

    /** A worker's queue. */
    public TapDevice queue(final int index) {
        return queues.get(index);
    }

    /**
     * Where the kernel counts the packets that it has handed over to all queues together: a change tells a worker that there
     * may be something to read. The count runs ahead of the queue.
     */
    public long handedOverAddress() {
        return map.address() + HostMapLayout.HANDED_OVER;
    }

    /**
     * Tells where frames of a port are injected.
     *
     * @param index   the port's index, below 64
     * @param ifindex the port's device
     * @param mac     its address, first byte highest in the low 48 bits
     */
    public void port(final int index, final int ifindex, final long mac) {
        final long entry = map.address() + HostMapLayout.port(index);
        mac(index, mac);
        Memory.putIntOpaque(entry + HostMapLayout.IFINDEX, ifindex);
    }

    /** The port's device has another address. */
    public void mac(final int index, final long mac) {
        Memory.putLongOpaque(map.address() + HostMapLayout.port(index) + HostMapLayout.ADDRESS,
                HostMapLayout.inFrameOrder(mac));
    }

    /** Sets whether ARP that the host sends by a port is handed over. */
    public void handOverArp(final int index, final boolean on) {
        Memory.putIntOpaque(
                map.address() + HostMapLayout.port(index) + HostMapLayout.FLAGS, on ? HostMapLayout.FLAG_ARP : 0);
    }

    /**
     * From now on what the host sends by a port comes to the queues, until what is returned is closed.
     *
     * @param index   the port's index
     * @param ifindex the port's device
     * @param pin     where a process that is gone may have pinned the attachment, which is then taken over; or null
     */
    public BpfLink handOver(final int index, final int ifindex, final Path pin) {
        // The attachment holds the program.
        try (BpfProgram program = loadHandOver(index, ifindex)) {
            final BpfLink found = pin == null ? null : BpfLink.openPinned(pin, ifindex);
            if (found == null) {
                return keep(BpfLink.attachTcx(program, ifindex, TcxDirection.EGRESS));
            }
            keep(found);
            found.update(program);
            return found;
        }
    }

    BpfProgram inject() {
        return inject;
    }

    BpfProgram loadHandOver(final int index, final int ifindex) {
        return BpfProgram.load(BpfProgramType.SCHED_CLS, "penstock_out",
                HandOverCode.assemble(map, index, ifindex, ifindex(), cookie), LICENSE);
    }

    /** Takes the programs off the ports, then the device. */
    @Override
    public void close() {
        while (!resources.isEmpty()) {
            try {
                resources.pop().close();
            } catch (final Exception e) {
                throw new AssertionError("closing a descriptor does not throw", e);
            }
        }
    }

    private <T extends AutoCloseable> T keep(final T resource) {
        resources.push(resource);
        return resource;
    }
}
