package io.penstock.dataplane.run;

import io.penstock.dataplane.api.Device;
import io.penstock.dataplane.config.PortConfig;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.port.PacketPortIo;
import io.penstock.dataplane.hot.port.XdpPortIo;
import io.penstock.dataplane.local.HostPort;
import io.penstock.dataplane.local.HostTraffic;
import io.penstock.dataplane.metrics.Attachment;
import io.penstock.dataplane.metrics.CopyMode;
import io.penstock.os.bpf.KeptAttachments.Place;
import io.penstock.os.bpf.XdpMode;
import io.penstock.os.netlink.Link;
import io.penstock.os.packetsocket.PacketSocket;
import io.penstock.os.sys.SysException;
import io.penstock.os.xdp.DeviceChannels;
import io.penstock.os.xdp.HostAddresses;
import io.penstock.os.xdp.RedirectProgram;
import io.penstock.os.xdp.RedirectProgramCounter;
import io.penstock.os.xdp.VlanTags;
import io.penstock.os.xdp.XskException;
import io.penstock.os.xdp.XskMode;
import io.penstock.os.xdp.XskSocket;
import io.penstock.os.xdp.XskStatistics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One port on a device of the kernel: the XDP program and a socket for every queue, or an AF_PACKET socket where AF_XDP
 * cannot be had or is not wanted.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Queue q is served by worker q modulo the number of workers. Workers beyond the queues have no end here: what they
 *       send goes through a hand-off ({@link Handoffs}).</li>
 *   <li>The program is attached before the first socket is bound and detached before the last is closed, and it passes to
 *       the kernel what no socket serves: everything until {@link #serve}.</li>
 *   <li>With {@code on-death: drop} the attachments are pinned from {@link #serve} on: when the process dies, they drop until
 *       another process serves the port. One that takes over leaves no gap: the old program drops until the new one serves.</li>
 *   <li>The host's own traffic is the kernel's, unless {@link #deliver} was called before {@link #serve}.</li>
 * </ol>
 *
 * <p>Threads: control.
 */
final class LivePort implements AutoCloseable {

    private final PortConfig config;
    private final Pins pins;
    private final List<WorkerSeat> seats;
    private final HostAddresses hostAddresses;
    private final int[] lostFrames;
    private final XskStatistics[] pastStatistics;
    private final Map<RedirectProgramCounter, Long> pastCounters = new EnumMap<>(RedirectProgramCounter.class);
    private final List<End> ends = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final int queues;
    private Device device;
    private int returns;
    private RedirectProgram program;
    private VlanTags vlanTags = VlanTags.NONE;
    private HostTraffic traffic;
    private HostPort host;
    private PacketSocket packetSocket;
    private Attachment attachment = Attachment.NONE;
    private CopyMode copy = CopyMode.NONE;
    private String why = "";

    private LivePort(
            final Device device,
            final PortConfig config,
            final int queues,
            final List<WorkerSeat> seats,
            final HostAddresses hostAddresses,
            final Pins pins) {
        this.device = device;
        this.config = config;
        this.queues = queues;
        this.seats = seats;
        this.hostAddresses = hostAddresses;
        this.pins = pins;
        this.lostFrames = new int[seats.size()];
        this.pastStatistics = new XskStatistics[seats.size()];
    }

    /**
     * Opens a port for the given workers. What a process that is gone has left to drop stays in force until {@link #serve}, and
     * when this fails; nothing else is left attached.
     */
    static LivePort open(
            final Device device,
            final PortConfig config,
            final Link link,
            final List<WorkerSeat> seats,
            final HostAddresses hostAddresses,
            final Pins pins) {
        final LivePort port = new LivePort(device, config, queues(config, link), seats, hostAddresses, pins);
        port.open(link, (worker, action) -> action.run());
        port.noteHandoffs(seats.size());
        return port;
    }

    private void open(final Link link, final OnWorker onWorker) {
        try {
            if (config.attach() == PortConfig.Attach.PACKET) {
                openPacketSocket("asked for");
            } else {
                openBest(link, onWorker);
            }
        } catch (final RuntimeException e) {
            takeBack(onWorker);
            close();
            throw e;
        }
    }

    /** Ends what has been opened and was never used: its frames are its workers' again. */
    private void takeBack(final OnWorker onWorker) {
        for (final End end : ends) {
            if (end.socket != null) {
                onWorker.run(end.worker, () -> lostFrames[end.worker] += end.socket.mode() == XskMode.ZERO_COPY
                        ? end.socket.framesReceiving() : end.socket.recover());
            }
        }
    }

    /**
     * Opens the port again on a device that has come back, after {@link #lost}; {@link #serve} is to follow. Whatever fails
     * leaves it as it was.
     */
    void reopen(final Link link, final OnWorker onWorker) {
        checkLink(config, link);
        final int now = queues(config, link);
        if (now != queues) {
            throw new RunException("port " + config.name() + " had another number of queues before: device=" + config.device()
                    + " queues=" + now + " before=" + queues + "; give the device as many, or restart the data plane");
        }
        final Device before = device;
        notes.clear();
        device = new Device(before.index(), link.ifindex(), config.device());
        try {
            open(link, onWorker);
        } catch (final RuntimeException e) {
            device = before;
            throw e;
        }
        if (traffic != null && keepsHostTraffic() == null) {
            deliver(traffic, link.mac());
        }
        returns++;
        why += (why.isEmpty() ? "" : "; ") + "the device has come back: times=" + returns;
    }

    /** Nothing comes from the device any more, whether it is there or not; {@link #recover} and {@link #lost} are to follow. */
    void release() {
        pastCounters.putAll(counters());
        detach();
    }

    /** The device is released: what a worker's ends had of its frames is the worker's again. Worker's thread. */
    void recover(final int worker) {
        for (final End end : ends) {
            if (end.worker == worker && end.socket != null) {
                lostFrames[worker] += end.socket.recover();
            }
        }
    }

    /** The device is released, no worker uses the ends any more, and their frames are recovered. */
    void lost() {
        for (int worker = 0; worker < pastStatistics.length; worker++) {
            pastStatistics[worker] = statistics(worker);
        }
        close();
    }

    /** Frames of a worker that went with a device, in a driver's rings. */
    int lostFrames(final int worker) {
        return lostFrames[worker];
    }

    /** How many queues a port will have, so that frames can be counted before it is opened. */
    static int queues(final PortConfig config, final Link link) {
        if (config.attach() == PortConfig.Attach.PACKET) {
            return 1;
        }
        final Optional<DeviceChannels> channels = DeviceChannels.read(config.device());
        final int have = channels.map(DeviceChannels::queues).orElse(link.numRxQueues());
        if (config.queues() > have) {
            throw new RunException("port " + config.name() + " is to have more queues than its device: device="
                    + config.device() + " queues=" + have + " wanted=" + config.queues() + "; "
                    + (config.queues() > channels.map(DeviceChannels::maxQueues).orElse(have) ? ""
                            : "run '" + channels.get().command(config.device(), config.queues()) + "' or ")
                    + "set queues: " + have);
        }
        return config.queues() == PortConfig.ALL_QUEUES ? have : config.queues();
    }

    /** Refuses a device that cannot be a port. */
    static void checkLink(final PortConfig config, final Link link) {
        if (link.loopback()) {
            throw new RunException("port " + config.name() + " cannot be the loopback device: device=" + config.device()
                    + "; choose a network device, 'ip -br link' lists them");
        }
        if (link.type() != Link.TYPE_ETHERNET) {
            throw new RunException("port " + config.name() + " is no Ethernet device: device=" + config.device()
                    + " type=" + link.type() + "; choose one with 'link/ether' in 'ip link'");
        }
        if (!link.up()) {
            throw new RunException("port " + config.name() + " is down: device=" + config.device() + "; run 'ip link set "
                    + config.device() + " up'");
        }
    }

    private void openBest(final Link link, final OnWorker onWorker) {
        final int notesBefore = notes.size();
        try {
            openXdp(link, onWorker);
        } catch (final XskException e) {
            if (e.reason() != XskException.Reason.UNSUPPORTED || config.attach() != PortConfig.Attach.AUTO
                    || config.copy() == PortConfig.Copy.ZERO) {
                throw e;
            }
            takeBack(onWorker);
            closeXdp();
            notes.subList(notesBefore, notes.size()).clear();
            openPacketSocket("AF_XDP cannot be had: " + e.getMessage());
            notes.add("port " + config.name() + " runs through AF_PACKET, much slower than AF_XDP: " + e.getMessage());
        }
    }

    private void openXdp(final Link link, final OnWorker onWorker) {
        program = RedirectProgram.load(hostAddresses, queues, link.mac(), true);
        final Path pin = pins.ingress(link.ifindex());
        if (pin == null || !program.resume(link.ifindex(), PortOptions.attach(config.attach()), pin)) {
            program.attach(link.ifindex(), PortOptions.attach(config.attach()));
        }
        // A device that another program has is tried again and again: only one that could be had is changed.
        vlanTags = VlanTags.keepInFrames(link);
        notes.addAll(vlanTags.notes(config.name(), config.device()));
        final RedirectProgram.Attachment attached = program.attachment();
        attachment = attached.mode() == XdpMode.NATIVE ? Attachment.NATIVE : Attachment.GENERIC;
        final List<String> reasons = new ArrayList<>();
        final SysException refusal = attached.nativeRefusal();
        if (refusal != null) {
            reasons.add("native XDP was refused: " + refusal.getMessage());
            notes.add("port " + config.name() + " runs in generic mode, slower than native, which was refused: "
                    + refusal.getMessage());
        }
        if (attached.mode() == XdpMode.GENERIC && PortWatch.mayBePartial(config.device())) {
            notes.add("port " + config.name() + " is in generic mode, which loses what a sender at the other end leaves "
                    + "unsegmented (rx_dropped in stat): device=" + config.device() + "; run 'ethtool -K DEV tso off gso off' at "
                    + "the other end of the link, or use native mode");
        }
        for (int queue = 0; queue < queues; queue++) {
            final WorkerSeat seat = seats.get(queue % seats.size());
            final XskSocket socket = XskSocket.open(
                    link.ifindex(), config.device(), queue, seat.umem(),
                    PortOptions.socket(config));
            final int number = queue;
            onWorker.run(seat.index(), () -> ends.add(new End(seat.index(), number, socket.fd(), new XdpPortIo(
                    socket.rx(), socket.tx(), socket.fill(), socket.completion(), socket.doorbell(), seat.umem().free(),
                    socket.options().busyPollUs() != 0), socket)));
            notes.addAll(socket.notes());
            copy = socket.mode() == XskMode.ZERO_COPY ? CopyMode.ZERO : CopyMode.COPY;
            if (queue == 0) {
                reasons.add(socket.modeReason());
            }
        }
        if (link.mtu() > seats.getFirst().umem().largestPacketBytes()) {
            notes.add("frames larger than " + seats.getFirst().umem().largestPacketBytes()
                    + " bytes are lost on port " + config.name() + ": mtu=" + link.mtu());
        }
        why = String.join("; ", reasons);
    }

    private void openPacketSocket(final String reason) {
        if (ForwardingSysctls.ipv4(config.device()) || ForwardingSysctls.ipv6(config.device())) {
            throw new RunException("port " + config.name() + " is to run through AF_PACKET (" + reason
                    + "), but the kernel forwards on " + config.device() + " too, and every packet would leave twice; run "
                    + "'sysctl -w net.ipv4.conf." + config.device() + ".forwarding=0 net.ipv6.conf." + config.device()
                    + ".forwarding=0'");
        }
        final WorkerSeat seat = seats.getFirst();
        packetSocket = PacketSocket.open(device.ifindex(), config.device(), PacketSocket.Traffic.IP);
        ends.add(new End(0, 0, packetSocket.fd(), new PacketPortIo(
                packetSocket.rx(), packetSocket.tx(), seat.umem().free(), seat.umem().frameBytes()), null));
        attachment = Attachment.PACKET;
        copy = CopyMode.COPY;
        why = reason;
        if (config.ring() != PortConfig.DEFAULT_RING || config.busyPoll().isOn()) {
            notes.add("port " + config.name() + " runs through AF_PACKET (" + reason + "): its ring and busy-poll are AF_XDP's, and not followed");
        }
    }

    private void noteHandoffs(final int workers) {
        if (ends.size() < workers) {
            notes.add("port " + config.name() + " has fewer queues than there are workers: the others' packets cross to it with a "
                    + "copy (handed_off): device=" + config.device() + " queues=" + ends.size() + " workers=" + workers);
        }
    }

    /**
     * Why the host's own traffic cannot pass the data plane here, or null when it can: only native XDP does not run again on
     * what the host is to receive.
     */
    String keepsHostTraffic() {
        return switch (attachment) {
            case NATIVE -> null;
            case GENERIC -> "generic XDP would see again what it delivers to the host: port=" + config.name();
            default -> "AF_PACKET would see again what it delivers to the host: port=" + config.name();
        };
    }

    /** The host's own traffic passes the data plane from {@link #serve} on. */
    void deliver(final HostTraffic through, final long mac) {
        traffic = through;
        host = traffic.port(device.index(), device.ifindex(), mac);
        program.setLocalToKernel(false);
    }

    /** From now on the kernel hands frames over: until then it keeps them all. The workers must be polling. */
    void serve() {
        for (final End end : ends) {
            if (end.socket != null) {
                program.registerSocket(end.queue, end.socket.fd());
            }
        }
        final int ifindex = device.ifindex();
        if (program != null) {
            program.serve(pins.keep() ? pins.ingress(ifindex) : null);
        } else {
            pins.remove(Place.INGRESS, ifindex);
        }
        if (host != null) {
            host.serve(pins.egress(ifindex), pins.keep());
        } else {
            pins.remove(Place.EGRESS, ifindex);
        }
    }

    /** Leaves the host's own traffic to the kernel again, because the way to the host is gone. */
    void leaveHostTraffic() {
        traffic = null;
        if (host != null) {
            host.close();
            host = null;
        }
        if (program != null) {
            program.setLocalToKernel(true);
            program.setArpToDataPlane(false);
        }
    }

    /** Sets which ARP passes the data plane; it must be there to be delivered. */
    void setArp(final boolean in, final boolean out) {
        if (host != null && program != null) {
            program.setArpToDataPlane(in);
            host.setArp(out);
        }
    }

    Device device() {
        return device;
    }

    PortConfig config() {
        return config;
    }

    List<End> ends() {
        return ends;
    }

    /** What the operator should know, one sentence each. */
    List<String> notes() {
        return notes;
    }

    Attachment attachment() {
        return attachment;
    }

    CopyMode copy() {
        return copy;
    }

    String why() {
        return why;
    }

    /** True where every packet crosses AF_PACKET, and the kernel must not forward. */
    boolean isPacketSocket() {
        return packetSocket != null;
    }

    /** The kernel's statistics of a worker's sockets, or null where the worker has none. */
    XskStatistics statistics(final int worker) {
        XskStatistics sum = pastStatistics[worker];
        for (final End end : ends) {
            if (end.worker == worker) {
                final XskStatistics one = end.socket == null ? packetStatistics() : end.socket.statistics();
                sum = sum == null ? one : sum.plus(one);
            }
        }
        return sum;
    }

    /** AF_PACKET's losses in AF_XDP's words: a full ring, and packets longer than a frame. */
    private XskStatistics packetStatistics() {
        return new XskStatistics(
                packetSocket.rx().oversized(), 0, 0, packetSocket.statistics().droppedPackets(), 0, 0);
    }

    /** The device has another name. */
    void rename(final String name) {
        device = new Device(device.index(), device.ifindex(), name);
    }

    /** The device has another MAC address. */
    void setMac(final long mac) {
        if (program != null) {
            program.setMac(mac);
        }
        if (host != null) {
            host.setMac(mac);
        }
    }

    /** What the XDP program has done with frames; nothing where there never was one. */
    Map<RedirectProgramCounter, Long> counters() {
        final Map<RedirectProgramCounter, Long> sum = new EnumMap<>(pastCounters);
        if (program != null) {
            program.counters().forEach((counter, value) -> sum.merge(counter, value, Long::sum));
        }
        return sum;
    }

    /** Gives the device back to the kernel, as it was; the sockets stay until {@link #close}. */
    void detach() {
        if (host != null) {
            host.close();
            host = null;
        }
        if (program != null) {
            program.close();
            program = null;
        }
        vlanTags.close();
        attachment = Attachment.NONE;
    }

    /** As {@link #detach}, but what is pinned stays in force and drops. */
    void leave() {
        if (host != null) {
            host.leave();
            host = null;
        }
        if (program != null) {
            program.leave();
            program = null;
        }
        vlanTags = VlanTags.NONE;
        attachment = Attachment.NONE;
    }

    /** The start has failed: what dropped before drops on, what did not is the kernel's. */
    void giveUp() {
        if (program != null && program.isResumed()) {
            leave();
        } else {
            detach();
        }
    }

    private void closeXdp() {
        detach();
        ends.forEach(end -> {
            if (end.socket != null) {
                end.socket.close();
            }
        });
        ends.clear();
    }

    @Override
    public void close() {
        closeXdp();
        if (packetSocket != null) {
            packetSocket.close();
            packetSocket = null;
        }
    }

    /** Runs something on a worker's thread and waits for it, or here while the workers do not run. */
    @FunctionalInterface
    interface OnWorker {

        void run(int worker, Runnable action);
    }

    /**
     * One queue's end.
     *
     * @param socket null for AF_PACKET
     */
    record End(int worker, int queue, int pollFd, PortIo io, XskSocket socket) {
    }
}
