package io.penstock.os.netlink;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.sys.SysException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Tells a listener what the kernel of the opening thread's namespace has, first by dumps, then by events.
 *
 * <p>Guarantees:
 * <ol>
 *   <li>The events were subscribed to before the first dump, so nothing between the two is missed.</li>
 *   <li>Between {@code resyncStarted(parts)} and {@code resyncFinished(parts)} the listener gets {@link Change#DUMPED}
 *       only, for every object of these parts and no others: what it holds of them and was not told again is gone. No
 *       event is delivered in between.</li>
 *   <li>Events older than a dump are delivered after it ({@link #replaying} is true): applied in order they end in the
 *       state that the dump already had, provided that applying one twice does no harm.</li>
 *   <li>When events were lost (ENOBUFS) all parts are dumped again.</li>
 *   <li>When the kernel refuses a dump, for want of memory most likely, the listener is told, and the dump is tried again a second
 *       later; but the first one of all has to succeed.</li>
 *   <li>A dump that the kernel calls interrupted is made again, and a dump of IPv6 routes also when one was deleted
 *       meanwhile: when one is added after that, the kernel goes on by count, and leaves out as many routes as were
 *       deleted without saying so.</li>
 * </ol>
 *
 * <p>Not announced by the kernel, hence not by this class: see {@link KernelMirror}, which asks for a {@link #refresh}
 * where that matters.
 *
 * <p>Threads: one. Source: rtnetlink(7).
 */
public final class RouteMonitor implements AutoCloseable {

    /** What is told; called on the thread that polls. */
    public interface Listener {

        /** A device. */
        void link(Link link, Change change);

        /** An address of a device. */
        void address(Address address, Change change);

        /** A policy rule; its place among rules of one priority is told by dumps only. */
        void rule(Rule rule, Change change);

        /** A next-hop object. */
        void nextHop(NextHopObject nextHop, Change change);

        /** A route. */
        void route(Route route, Change change);

        /** A neighbour. */
        void neighbour(Neighbour neighbour, Change change);

        /**
         * A setting of a device has changed, of the few that the kernel announces; which value it has is for the listener
         * to read.
         *
         * @param ifindex the device, or a negative number for {@code all} or {@code default}
         * @param linkDown it is {@code ignore_routes_with_linkdown}
         */
        default void setting(final int ifindex, final boolean linkDown) {
        }

        /** Parts could not be dumped: what was told of them holds until they are, which is tried again and again. */
        default void unread(final SysException e) {
        }

        /** All of these parts is about to be told again. */
        void resyncStarted(Set<Part> parts);

        /** All of these parts has been told; what was not is gone. */
        void resyncFinished(Set<Part> parts);
    }

    /**
     * Datagrams handled before {@link #poll} returns although more are waiting. Lower: more calls under load. Higher:
     * the caller waits longer for its turn; 4096 route events take some 10 ms.
     */
    private static final int DATAGRAMS_PER_POLL = 4096;

    /** As {@link NetlinkSocket#dump}; after so many the listener gets the last, and another one follows. */
    private static final int DUMP_ATTEMPTS = 8;

    /**
     * How often in a row IPv6 routes are dumped again because one was deleted during the dump. Each time makes it less
     * likely that a route is left out; under a steady stream of deletions every dump sees one, and it must end.
     */
    private static final int DELETED_MEANWHILE_ATTEMPTS = 4;

    /** Dumps that follow each other take at most a third of the thread's time. */
    private static final int PAUSE_PER_DUMP_TIME = 2;

    /** After a dump that the kernel refused. Lower: a kernel without memory is asked more often. Higher: routes are older. Unit: ns. */
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);

    /** In every namespace. */
    private static final int LOOPBACK_IFINDEX = 1;

    /** Bytes of struct netconfmsg. */
    private static final int NETCONF_BYTES = 1;
    private static final int NETCONFA_IFINDEX = 1;
    private static final int NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN = 6;

    private static final int POLLFD_BYTES = 8;
    private static final int POLLIN = 1;

    final Listener listener;

    /** Open to tests, which cut it off from the kernel. */
    final NetlinkSocket requests;

    private final NetlinkSocket events;
    private final MappedMemory pollFd = MappedMemory.reserve(POLLFD_BYTES, MappedMemory.Pages.NORMAL);
    private final Set<Part> stale = EnumSet.allOf(Part.class);
    private boolean replaying;
    private boolean everDumped;
    private int deletedMeanwhile;
    private long overruns;
    private long notBeforeNs = System.nanoTime();

    private RouteMonitor(final Listener listener, final NetlinkSocket events, final NetlinkSocket requests) {
        this.listener = listener;
        this.events = events;
        this.requests = requests;
    }

    /** Subscribes; the first {@link #poll} tells everything. */
    public static RouteMonitor open(final Listener listener) {
        return open(listener, NetlinkSocket.EVENT_BUFFER_BYTES);
    }

    /** For tests: a buffer that overruns soon. */
    static RouteMonitor open(final Listener listener, final int bufferBytes) {
        final int[] groups = {
            Rtnl.RTNLGRP_LINK, Rtnl.RTNLGRP_IPV4_IFADDR, Rtnl.RTNLGRP_IPV6_IFADDR, Rtnl.RTNLGRP_IPV4_RULE,
            Rtnl.RTNLGRP_IPV6_RULE, Rtnl.RTNLGRP_NEXTHOP, Rtnl.RTNLGRP_IPV4_ROUTE, Rtnl.RTNLGRP_IPV6_ROUTE,
            Rtnl.RTNLGRP_NEIGH, Rtnl.RTNLGRP_IPV4_NETCONF, Rtnl.RTNLGRP_IPV6_NETCONF,
        };
        final NetlinkSocket requests = NetlinkSocket.open();
        try {
            return new RouteMonitor(listener, NetlinkSocket.subscribe(bufferBytes, groups), requests);
        } catch (final RuntimeException e) {
            requests.close();
            throw e;
        }
    }

    /** Readable when events are waiting; to be polled together with other descriptors. */
    public int fd() {
        return events.fd();
    }

    /** True while events are delivered that may be older than the last dump. */
    public boolean replaying() {
        return replaying;
    }

    /** How often events were lost because they came faster than they were polled for. */
    public long overruns() {
        return overruns;
    }

    /** How long {@link #poll} may be put off in ms: -1 for ever, unless events come; otherwise a refresh is due. */
    public int dueInMs() {
        if (stale.isEmpty()) {
            return -1;
        }
        final long left = notBeforeNs - System.nanoTime();
        return left <= 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, left / 1_000_000 + 1);
    }

    /** Has a later {@link #poll} dump these parts again, soon: repeated dumps take a third of the time at most. */
    public void refresh(final Set<Part> parts) {
        stale.addAll(parts);
    }

    /**
     * Waits for events, delivers what has come, and dumps what is due.
     *
     * @param timeoutMs how long to wait for the first event; 0 not at all, -1 for ever
     * @return how many objects the listener was told of
     */
    public int poll(final int timeoutMs) {
        await(timeoutMs);
        int told = drain();
        if (dueInMs() == 0) {
            told += resync();
        }
        return told;
    }

    @Override
    public void close() {
        events.close();
        requests.close();
        pollFd.close();
    }

    private void await(final int timeoutMs) {
        final int due = dueInMs();
        final int timeout = due < 0 ? timeoutMs : timeoutMs < 0 ? due : Math.min(due, timeoutMs);
        if (timeout != 0) {
            Memory.putInt(pollFd.address(), events.fd());
            Memory.putInt(pollFd.address() + 4, POLLIN);
            final int result = Linux.poll(pollFd.address(), 1, timeout);
            if (result != -Errno.EINTR) {
                Linux.check(result, "poll(netlink)");
            }
        }
    }

    private int drain() {
        int told = 0;
        for (int i = 0; i < DATAGRAMS_PER_POLL; i++) {
            final int result = events.receive(this::deliver);
            if (result == -Errno.EAGAIN) {
                if (replaying) {
                    replaying = false;
                    deletedMeanwhile = stale.contains(Part.ROUTES_V6) ? deletedMeanwhile : 0;
                }
                return told;
            }
            if (result == -Errno.ENOBUFS) {
                overruns++;
                stale.addAll(Part.ALL);
            } else {
                told += (int) Linux.check(result, "recv(netlink)");
            }
        }
        return told;
    }

    private int resync() {
        final Set<Part> parts = EnumSet.copyOf(stale);
        final Set<Part> inconsistent = EnumSet.noneOf(Part.class);
        final Map<Part, List<Object>> found = new EnumMap<>(Part.class);
        final long startNs = System.nanoTime();
        try {
            dump(parts, found, inconsistent);
        } catch (final SysException e) {
            if (!everDumped) {
                throw e;
            }
            notBeforeNs = System.nanoTime() + RETRY_NS;
            listener.unread(e);
            return 0;
        }
        everDumped = true;
        final long endNs = System.nanoTime();
        notBeforeNs = endNs + (endNs - startNs) * PAUSE_PER_DUMP_TIME;
        stale.clear();
        stale.addAll(inconsistent);
        replaying = true;
        return tellDumped(parts, found);
    }

    /** Dumps parts as the kernel has them after the change whose event was just read, and notes which changed meanwhile. */
    private void dump(final Set<Part> parts, final Map<Part, List<Object>> found, final Set<Part> inconsistent) {
        awaitRunningChange();
        for (final Part part : parts) {
            final List<Object> objects = new ArrayList<>();
            if (!dump(part, objects)) {
                inconsistent.add(part);
            }
            found.put(part, objects);
        }
    }

    private int tellDumped(final Set<Part> parts, final Map<Part, List<Object>> found) {
        int told = 0;
        listener.resyncStarted(parts);
        for (final List<Object> objects : found.values()) {
            objects.forEach(o -> tell(o, Change.DUMPED));
            told += objects.size();
        }
        listener.resyncFinished(parts);
        return told;
    }

    /**
     * Waits until the change whose event was just read is complete. The kernel announces that a device goes down, or an
     * address away, before it removes the routes; it holds the RTNL lock from before the one until after the other, dumps
     * do not wait for that lock, but asking for one device does.
     */
    private void awaitRunningChange() {
        requests.get(Dumps.link(LOOPBACK_IFINDEX), "link(ifindex=" + LOOPBACK_IFINDEX + ')', m -> m.type());
    }

    private boolean dump(final Part part, final List<Object> into) {
        for (int attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
            into.clear();
            if (requests.dumpOnce(Dumps.request(part), Dumps.name(part), Dumps.decoder(part), into)) {
                return true;
            }
        }
        return false;
    }

    /** Tells of an event. */
    void deliver(final NetlinkMessage message) {
        switch (message.type()) {
            case Rtnl.RTM_NEWLINK -> tell(LinkDecoder.link(message), Change.PUT);
            case Rtnl.RTM_DELLINK -> tell(LinkDecoder.link(message), Change.DELETED);
            case Rtnl.RTM_NEWADDR -> tell(LinkDecoder.address(message), Change.PUT);
            case Rtnl.RTM_DELADDR -> tell(LinkDecoder.address(message), Change.DELETED);
            case Rtnl.RTM_NEWRULE -> tell(RuleDecoder.rule(message), Change.PUT);
            case Rtnl.RTM_DELRULE -> tell(RuleDecoder.rule(message), Change.DELETED);
            case Rtnl.RTM_NEWNEXTHOP -> tell(RouteDecoder.nextHop(message), Change.PUT);
            case Rtnl.RTM_DELNEXTHOP -> tell(RouteDecoder.nextHop(message), Change.DELETED);
            case Rtnl.RTM_NEWNEIGH -> tell(LinkDecoder.neighbour(message), Change.PUT);
            case Rtnl.RTM_DELNEIGH -> tell(LinkDecoder.neighbour(message), Change.DELETED);
            case Rtnl.RTM_NEWNETCONF -> tellSetting(message);
            case Rtnl.RTM_NEWROUTE -> tell(RouteDecoder.route(message), routeChange(message));
            case Rtnl.RTM_DELROUTE -> {
                noteDeletion(message);
                tell(RouteDecoder.route(message), Change.DELETED);
            }
            default -> { }
        }
    }

    private void tellSetting(final NetlinkMessage message) {
        int ifindex = 0;
        boolean linkDown = false;
        final Attributes attributes = message.attributes(NETCONF_BYTES);
        while (attributes.next()) {
            switch (attributes.type()) {
                case NETCONFA_IFINDEX -> ifindex = attributes.getInt();
                case NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN -> linkDown = true;
                default -> { }
            }
        }
        listener.setting(ifindex, linkDown);
    }

    private static Change routeChange(final NetlinkMessage message) {
        if (message.has(Rtnl.NLM_F_REPLACE)) {
            return Change.REPLACED;
        }
        return message.has(Rtnl.NLM_F_APPEND) ? Change.APPENDED : Change.PUT;
    }

    private void noteDeletion(final NetlinkMessage message) {
        if (replaying && message.unsignedByte(0) == IpAddress.V6 && !stale.contains(Part.ROUTES_V6)
                && deletedMeanwhile < DELETED_MEANWHILE_ATTEMPTS) {
            deletedMeanwhile++;
            stale.add(Part.ROUTES_V6);
        }
    }

    /** Tells of an object of whatever kind; of nothing where there is none. */
    void tell(final Object object, final Change change) {
        switch (object) {
            case null -> { }
            case Link link -> listener.link(link, change);
            case Address address -> listener.address(address, change);
            case Rule rule -> listener.rule(rule, change);
            case NextHopObject nextHop -> listener.nextHop(nextHop, change);
            case Route route -> listener.route(route, change);
            case Neighbour neighbour -> listener.neighbour(neighbour, change);
            default -> throw new IllegalStateException("no listener method for " + object);
        }
    }

    /** The dump of one part, for those who want it once; {@link SysException} if it never was consistent. */
    static <T> List<T> list(final NetlinkSocket socket, final Part part, final Class<T> kind) {
        return socket.dump(Dumps.request(part), Dumps.name(part), m -> kind.cast(Dumps.decoder(part).apply(m)));
    }
}
