package io.penstock.os.xdp;

import io.penstock.os.bpf.BpfLink;
import io.penstock.os.bpf.BpfMap;
import io.penstock.os.bpf.BpfMapType;
import io.penstock.os.bpf.BpfProgram;
import io.penstock.os.bpf.BpfProgramType;
import io.penstock.os.bpf.XdpContext;
import io.penstock.os.bpf.XdpMode;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.SysException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;

/**
 * The XDP program of one port: decides per frame whether the data plane gets it, through the AF_XDP socket of its queue, or
 * the kernel.
 *
 * <pre>
 *  neither IPv4 nor IPv6 --------------------------> kernel   (ARP: to the data plane on demand)
 *  not to the port's MAC --------------------------> kernel
 *  cut off before the end of the IP header --------> data plane, which drops it with its reason
 *  to a group or IPv6 link-local address ----------> kernel
 *  to one of the host's own addresses -------------> kernel when host traffic is left to it, else data plane
 *  everything else --------------------------------> data plane; where no socket serves the queue, kernel or dropped
 * </pre>
 *
 * <p>A frame with a VLAN tag is neither IPv4 nor IPv6, if the tag is in the frame: see {@link VlanTags}.
 *
 * <p>Invariants:
 * <ol>
 *   <li>The attachment ends with this object or with the process, whatever ends it; the kernel then has all frames. Unless
 *       it was {@linkplain #serve pinned}: then it goes on when the process dies, and drops what nobody serves.</li>
 *   <li>The MAC, the flags and the host's addresses change while frames run; each change is one store or one map entry.</li>
 *   <li>Every frame is counted once, exactly, on the processor that ran the program.</li>
 * </ol>
 *
 * <p>Source: linux Documentation/networking/af_xdp.rst. Threads: control calls from one thread; counters from any.
 */
public final class RedirectProgram implements AutoCloseable {

    private static final String LICENSE = "Apache-2.0";

    /** How an operator may ask for the attachment. */
    public enum AttachMode {
        /** Native, or generic when the driver refuses native. */
        AUTO,
        /** In the driver, or not at all. */
        NATIVE,
        /** In the kernel's receive path. */
        GENERIC
    }

    /**
     * How a program was attached.
     *
     * @param mode          the mode in force
     * @param nativeRefusal why native mode was not possible, or null when it was not tried or is in force
     * @param link          the attachment; closed with the program
     */
    public record Attachment(XdpMode mode, SysException nativeRefusal, BpfLink link) {
    }

    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private final int queues;
    private final int processors = RedirectProgramLayout.processors(BpfMap.possibleCpus());
    private final BpfMap config;
    private final BpfMap counters;
    private final BpfMap sockets;
    private final BpfProgram program;
    private Attachment attachment;
    private Path pinned;
    private boolean resumed;
    private boolean serving;

    private RedirectProgram(final HostAddresses shared, final int queues) {
        this.queues = queues;
        try {
            config = keep(BpfMap.create(
                    BpfMapType.ARRAY, "penstock_conf", Integer.BYTES, RedirectProgramLayout.CONFIG_BYTES, 1, BpfMap.F_MMAPABLE));
            counters = keep(BpfMap.create(BpfMapType.ARRAY, "penstock_count", Integer.BYTES,
                    processors << RedirectProgramLayout.COUNTERS_SHIFT, 1, BpfMap.F_MMAPABLE));
            sockets = keep(BpfMap.create(BpfMapType.XSKMAP, "penstock_xsks", Integer.BYTES, Integer.BYTES, queues, 0));
            program = keep(BpfProgram.load(BpfProgramType.XDP, "penstock_redir",
                    RedirectProgramCode.assemble(config, counters, sockets, shared, processors), LICENSE));
        } catch (final SysException e) {
            close();
            throw e;
        }
    }

    /**
     * Loads the program, attached to nothing yet.
     *
     * @param shared        the host's addresses, the same for all ports of a network namespace
     * @param queues        the port's receive queues
     * @param mac           the port's address, its first byte highest in the low 48 bits
     * @param localToKernel whether packets to the host's own addresses are left to the kernel
     */
    public static RedirectProgram load(
            final HostAddresses shared, final int queues, final long mac, final boolean localToKernel) {
        final RedirectProgram result = new RedirectProgram(shared, queues);
        result.setMac(mac);
        result.setLocalToKernel(localToKernel);
        result.setUnserved(XdpContext.XDP_PASS);
        return result;
    }

    /**
     * Attaches the program to a device of the calling thread's network namespace.
     *
     * @throws SysException naming the program that is there already, or why the driver refused
     */
    public Attachment attach(final int ifindex, final AttachMode mode) {
        if (attachment != null) {
            throw new IllegalStateException("a redirect program serves one port, and is attached already: ifindex="
                    + attachment.link.info().ifindex());
        }
        attachment = switch (mode) {
            case NATIVE -> attach(ifindex, XdpMode.NATIVE, null);
            case GENERIC -> attach(ifindex, XdpMode.GENERIC, null);
            case AUTO -> attachAuto(ifindex);
        };
        keep(attachment.link);
        return attachment;
    }

    private Attachment attachAuto(final int ifindex) {
        try {
            return attach(ifindex, XdpMode.NATIVE, null);
        } catch (final SysException e) {
            // Generic mode would not mend these, and its error would hide this one.
            if (e.errno() == Errno.EBUSY || e.errno() == Errno.EEXIST || e.errno() == Errno.EPERM || e.errno() == Errno.ENODEV) {
                throw e;
            }
            return attach(ifindex, XdpMode.GENERIC, e);
        }
    }

    private Attachment attach(final int ifindex, final XdpMode mode, final SysException nativeRefusal) {
        return new Attachment(mode, nativeRefusal, BpfLink.attachXdp(program, ifindex, mode));
    }

    /**
     * Takes over an attachment that a process which is gone has kept: its program stays in force until {@link #serve}.
     *
     * @param pin where it is pinned
     * @return false when there is none that fits: {@link #attach} then
     */
    public boolean resume(final int ifindex, final AttachMode mode, final Path pin) {
        final BpfLink link = BpfLink.openAbandoned(pin, ifindex);
        if (link == null) {
            return false;
        }
        final XdpMode inForce = BpfLink.xdpMode(ifindex);
        if (mode != AttachMode.AUTO && mode == AttachMode.NATIVE != (inForce == XdpMode.NATIVE)) {
            BpfLink.unpin(pin);
            link.close();
            return false;
        }
        attachment = new Attachment(inForce, null, keep(link));
        pinned = pin;
        resumed = true;
        return true;
    }

    /**
     * Puts this program in force where {@link #resume} has taken an attachment over, and settles what becomes of frames when no
     * process serves them: they are dropped and the attachment is pinned, or the kernel has them and it is not.
     *
     * @param pin where to pin the attachment, on a bpffs; null for the kernel
     */
    public void serve(final Path pin) {
        setUnserved(pin == null ? XdpContext.XDP_PASS : XdpContext.XDP_DROP);
        if (pinned != null) {
            attachment.link.update(program);
        }
        serving = true;
        if (pin == null) {
            unpin();
        } else if (pinned == null) {
            attachment.link.pin(pin);
            pinned = pin;
        }
    }

    private void setUnserved(final int action) {
        Memory.putIntOpaque(config.address() + RedirectProgramLayout.UNSERVED, action);
    }

    private void unpin() {
        if (pinned != null) {
            BpfLink.unpin(pinned);
            pinned = null;
        }
    }

    /** Hands the frames of a queue to an AF_XDP socket, which must have a receive ring and be bound to that queue. */
    public void registerSocket(final int queue, final int xskFd) {
        checkQueue(queue);
        try {
            sockets.update(BpfMap.key(queue), BpfMap.key(xskFd));
        } catch (final SysException e) {
            throw e.errno() != Errno.EOPNOTSUPP && e.errno() != Errno.EBADF && e.errno() != Errno.ENOTSOCK ? e
                    : e.withRemedy("not an AF_XDP socket with a receive ring: queue=" + queue + " fd=" + xskFd);
        }
    }

    /** Leaves the frames of a queue to the kernel, whether it had a socket or not. Closing the socket does it, too. */
    public void unregister(final int queue) {
        checkQueue(queue);
        sockets.delete(BpfMap.key(queue));
    }

    /** Sets the port's address, its first byte highest in the low 48 bits. */
    public void setMac(final long mac) {
        Memory.putLongOpaque(config.address() + RedirectProgramLayout.MAC, RedirectProgramLayout.comparable(mac));
    }

    /** Sets whether packets to the host's own addresses are left to the kernel. */
    public void setLocalToKernel(final boolean on) {
        setFlag(RedirectProgramLayout.FLAG_LOCAL_TO_KERNEL, on);
    }

    /** Sets whether ARP frames go to the data plane. */
    public void setArpToDataPlane(final boolean on) {
        setFlag(RedirectProgramLayout.FLAG_ARP_TO_DATA_PLANE, on);
    }

    private void setFlag(final int flag, final boolean on) {
        final long address = config.address() + RedirectProgramLayout.FLAGS;
        final int others = Memory.getIntOpaque(address) & ~flag;
        Memory.putIntOpaque(address, on ? others | flag : others);
    }

    /** How many frames went this way, over all processors. */
    public long counter(final RedirectProgramCounter counter) {
        final long base = counters.address() + RedirectProgramLayout.counter(counter);
        long sum = 0;
        for (int cpu = 0; cpu < processors; cpu++) {
            sum += Memory.getLongOpaque(base + ((long) cpu << RedirectProgramLayout.COUNTERS_SHIFT));
        }
        return sum;
    }

    /** All counters, over all processors. */
    public Map<RedirectProgramCounter, Long> counters() {
        final Map<RedirectProgramCounter, Long> result = new EnumMap<>(RedirectProgramCounter.class);
        for (final RedirectProgramCounter counter : RedirectProgramCounter.values()) {
            result.put(counter, counter(counter));
        }
        return result;
    }

    /** How it is attached, or null when it is not. */
    public Attachment attachment() {
        return attachment;
    }

    BpfProgram program() {
        return program;
    }

    /** True where an attachment was taken over. */
    public boolean isResumed() {
        return resumed;
    }

    /** As {@link #close}, but a pinned attachment stays in force and drops. */
    public void leave() {
        pinned = null;
        close();
    }

    /**
     * Detaches the program, a kept one as well, then frees it and its maps. One that was taken over and never put in force here
     * stays as it was found.
     */
    @Override
    public void close() {
        if (serving) {
            unpin();
        }
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

    private void checkQueue(final int queue) {
        if (queue < 0 || queue >= queues) {
            throw new IllegalArgumentException("queue " + queue + " does not exist on this port: queues=" + queues);
        }
    }
}
