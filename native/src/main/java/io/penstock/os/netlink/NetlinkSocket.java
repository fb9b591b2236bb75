package io.penstock.os.netlink;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.sys.SysException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A NETLINK_ROUTE socket in the network namespace of the thread that opened it.
 *
 * <p>A socket either asks ({@link #open}) or listens ({@link #subscribe}); so an answer is never mixed with events.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Only datagrams of the kernel (port 0) are read; another process's are dropped.</li>
 *   <li>Messages are parsed in a heap copy: the JVM checks every bound.</li>
 *   <li>A dump is read to its end even when a message cannot be decoded, so that the next request finds the socket
 *       idle. One that the kernel broke off for want of memory stays open at the kernel; the next dump ends it first.</li>
 * </ol>
 *
 * <p>Source: netlink(7). Threads: one at a time.
 */
public final class NetlinkSocket implements AutoCloseable {

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUF = 8;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_ADD_MEMBERSHIP = 1;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int NETLINK_GET_STRICT_CHK = 12;
    private static final int NLMSGERR_ATTR_MSG = 1;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_DONTWAIT = 0x40;

    /**
     * What events may occupy unread, in bytes of kernel memory, which the kernel doubles: 160,000 route events, a routing
     * daemon's burst while a dump is read. Lower: overruns, each costing a full dump. Higher: nothing, as long as events
     * are polled for; the memory is taken only while they are not.
     */
    static final int EVENT_BUFFER_BYTES = 64 << 20;

    /**
     * Bytes of one datagram. The kernel fills a dump's datagrams up to 32 KiB when the reader offers that much; an
     * event can be longer only with thousands of next hops, and then {@link #receive} grows the buffer.
     */
    private static final int DATAGRAM_BYTES = 64 << 10;

    /** sockaddr_nl at the buffer's start, its length behind it, the datagram from here. */
    private static final int DATA_OFFSET = 64;
    private static final int SOCKADDR_BYTES = 12;
    private static final int LENGTH_OFFSET = 16;

    /**
     * How often a dump that the kernel calls interrupted is asked for again. Eight in a row means that the tables
     * change faster than they can be read; lower fails earlier, higher keeps the caller waiting.
     */
    private static final int DUMP_ATTEMPTS = 8;

    /**
     * How much of an earlier dump is read before the next is tried. Unit: datagrams of up to 32 KiB: some ten million routes.
     * Lower: a longer dump is ended by several tries. Higher: one that never ends keeps the caller longer.
     */
    private static final int OPEN_DUMP_DATAGRAMS = 1 << 15;

    private final int fd;
    private MappedMemory memory;
    private byte[] bytes;
    private int sequence;

    private NetlinkSocket(final int fd) {
        this.fd = fd;
        allocate(DATAGRAM_BYTES);
    }

    /** A socket for requests. */
    public static NetlinkSocket open() {
        final NetlinkSocket socket = create();
        // A kernel before 4.20 knows no strict checking: then its dumps hold more, and decoders leave that out.
        Linux.setsockoptInt(socket.fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
        return socket;
    }

    /** A socket that receives the events of the groups ({@code RTNLGRP_*}) from now on. */
    static NetlinkSocket subscribe(final int bufferBytes, final int... groups) {
        final NetlinkSocket socket = create();
        try {
            if (Linux.setsockoptInt(socket.fd, SOL_SOCKET, SO_RCVBUFFORCE, bufferBytes) < 0) {
                // Without CAP_NET_ADMIN the kernel caps it at net.core.rmem_max.
                Linux.check(Linux.setsockoptInt(socket.fd, SOL_SOCKET, SO_RCVBUF, bufferBytes),
                        "setsockopt(SO_RCVBUF=" + bufferBytes + ')');
            }
            for (final int group : groups) {
                Linux.check(Linux.setsockoptInt(socket.fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group),
                        "setsockopt(NETLINK_ADD_MEMBERSHIP=" + group + ')');
            }
            return socket;
        } catch (final RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static NetlinkSocket create() {
        final int fd = Linux.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, Rtnl.NETLINK_ROUTE);
        Linux.check(fd, "socket(AF_NETLINK, NETLINK_ROUTE)");
        final NetlinkSocket socket = new NetlinkSocket(fd);
        try {
            final long address = socket.memory.address();
            Memory.fill(address, SOCKADDR_BYTES, (byte) 0);
            Memory.putShort(address, AF_NETLINK);
            Linux.check(Linux.bind(fd, address, SOCKADDR_BYTES), "bind(AF_NETLINK)");
            // Both only make errors say more, or shorter: an old kernel's refusal changes nothing else.
            Linux.setsockoptInt(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
            Linux.setsockoptInt(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
            return socket;
        } catch (final RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** The descriptor, for poll(2). */
    public int fd() {
        return fd;
    }

    /**
     * Makes a request and waits until the kernel has done it.
     *
     * @param what the request with its arguments as {@code name=value}, for the error
     * @throws SysException if the kernel refuses, with its own words where it has any
     */
    public void execute(final NetlinkRequest request, final String what) {
        final int number = send(request, Rtnl.NLM_F_ACK, what);
        exchange(number, what, m -> { });
    }

    /** Makes a request that is answered by one message; decodes and returns it. */
    public <T> T get(final NetlinkRequest request, final String what, final Function<NetlinkMessage, T> decoder) {
        final List<T> answers = new ArrayList<>(1);
        final int number = send(request, Rtnl.NLM_F_ACK, what);
        exchange(number, what, m -> answers.add(decoder.apply(m)));
        if (answers.size() != 1) {
            throw new MalformedMessageException(what + " was answered by messages=" + answers.size() + ", not one");
        }
        return answers.getFirst();
    }

    /**
     * Asks for all objects of a kind, again if the kernel says that they changed meanwhile.
     *
     * @param decoder makes an object of a message, or null to leave it out
     * @throws SysException if the kernel refuses, or (EAGAIN) if no attempt was consistent
     */
    public <T> List<T> dump(final NetlinkRequest request, final String what, final Function<NetlinkMessage, T> decoder) {
        for (int attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
            final List<T> found = new ArrayList<>();
            if (dumpOnce(request, what, decoder, found)) {
                return found;
            }
        }
        throw new SysException(what, Errno.EAGAIN,
                "the tables changed during each of " + DUMP_ATTEMPTS + " dumps; try again when they are calmer");
    }

    /** Dumps once; false if the kernel says that the objects changed meanwhile, so that some may be lacking. */
    <T> boolean dumpOnce(
            final NetlinkRequest request, final String what, final Function<NetlinkMessage, T> decoder, final List<T> into) {
        final Consumer<NetlinkMessage> each = m -> {
            final T object = decoder.apply(m);
            if (object != null) {
                into.add(object);
            }
        };
        try {
            return exchange(send(request, Rtnl.NLM_F_DUMP, what), what, each);
        } catch (final SysException e) {
            if (e.errno() != Errno.EBUSY) {
                throw e;
            }
        }
        endOpenDump(what);
        return exchange(send(request, Rtnl.NLM_F_DUMP, what), what, each);
    }

    /**
     * Reads the rest of an earlier dump. The kernel goes on with it, by a datagram, each time that one is read, and so it
     * did when its EBUSY was: there is one to read until the dump is at its end.
     */
    private void endOpenDump(final String what) {
        for (int i = 0; i < OPEN_DUMP_DATAGRAMS; i++) {
            final int length = receive(MSG_DONTWAIT);
            if (length == -Errno.EAGAIN) {
                return;
            }
            Linux.check(length, what);
        }
    }

    /**
     * Reads one datagram of events without waiting.
     *
     * @return how many messages it had, {@code -EAGAIN} if there is none, or {@code -ENOBUFS} if events were lost
     */
    public int receive(final Consumer<NetlinkMessage> each) {
        final int length = receive(MSG_DONTWAIT);
        if (length < 0) {
            return length;
        }
        int messages = 0;
        for (int at = 0; at < length; messages++) {
            final NetlinkMessage message = NetlinkMessage.at(bytes, at, length);
            each.accept(message);
            at = message.next();
        }
        return messages;
    }

    @Override
    public void close() {
        Linux.close(fd);
        memory.close();
    }

    private int send(final NetlinkRequest request, final int flags, final String what) {
        final byte[] message = request.encode(++sequence);
        Bytes.putShort(message, 6, Bytes.unsignedShort(message, 6) | flags);
        Memory.copyFromArray(message, 0, memory.address() + DATA_OFFSET, message.length);
        Linux.check(Linux.sendto(fd, memory.address() + DATA_OFFSET, message.length, 0, 0, 0), what);
        return sequence;
    }

    /** Reads answers up to the one that ends the exchange; false if one of them says that a dump was interrupted. */
    private boolean exchange(final int number, final String what, final Consumer<NetlinkMessage> each) {
        boolean consistent = true;
        RuntimeException failure = null;
        while (true) {
            final int length = receive(0);
            Linux.check(length, what);
            for (int at = 0; at < length;) {
                final NetlinkMessage message = NetlinkMessage.at(bytes, at, length);
                at = message.next();
                if (message.sequence() != number) {
                    continue;
                }
                consistent &= !message.has(Rtnl.NLM_F_DUMP_INTR);
                final int type = message.type();
                if (type == Rtnl.NLMSG_DONE || type == Rtnl.NLMSG_ERROR) {
                    if (failure != null) {
                        throw failure;
                    }
                    checkResult(message, what);
                    return consistent;
                }
                if (type != Rtnl.NLMSG_NOOP && failure == null) {
                    try {
                        each.accept(message);
                    } catch (final RuntimeException e) {
                        failure = e;
                    }
                }
            }
        }
    }

    /** Throws what an error message, or the end of a failed dump, says. */
    static void checkResult(final NetlinkMessage message, final String what) {
        if (message.bodyBytes() < 4 && message.type() == Rtnl.NLMSG_DONE) {
            return;
        }
        final int error = message.getInt(0);
        if (error < 0) {
            final String text = kernelText(message);
            throw new SysException(what, -error, text == null ? null : "the kernel says: " + text);
        }
    }

    private static String kernelText(final NetlinkMessage message) {
        if (!message.has(Rtnl.NLM_F_ACK_TLVS)) {
            return null;
        }
        int header = 4;
        if (message.type() == Rtnl.NLMSG_ERROR) {
            // The request's header follows, and all of the request unless the message says that it is capped.
            header += message.has(Rtnl.NLM_F_CAPPED) ? Rtnl.MESSAGE_HEADER_BYTES : Math.max(0, message.getInt(4));
        }
        final Attributes attributes = message.attributes(header);
        while (attributes.next()) {
            if (attributes.type() == NLMSGERR_ATTR_MSG) {
                return attributes.getString();
            }
        }
        return null;
    }

    /** Receives one datagram of the kernel into {@link #bytes}; its length, or {@code -errno}. */
    private int receive(final int flags) {
        while (true) {
            final long address = memory.address();
            final int room = bytes.length;
            Memory.putInt(address + LENGTH_OFFSET, SOCKADDR_BYTES);
            final long length = Linux.recvfrom(
                    fd, address + DATA_OFFSET, room, flags | MSG_TRUNC, address, address + LENGTH_OFFSET);
            if (length == -Errno.EINTR) {
                continue;
            }
            if (length < 0) {
                return (int) length;
            }
            if (Memory.getInt(address + 4) != 0) {
                continue;
            }
            if (length > room) {
                // What did not fit is lost: as good as an overrun, once.
                memory.close();
                allocate(Math.toIntExact(length * 2));
                return -Errno.ENOBUFS;
            }
            Memory.copyToArray(address + DATA_OFFSET, bytes, 0, (int) length);
            return (int) length;
        }
    }

    private void allocate(final int datagramBytes) {
        memory = MappedMemory.reserve(DATA_OFFSET + datagramBytes, MappedMemory.Pages.NORMAL);
        bytes = new byte[datagramBytes];
    }
}
