package io.penstock.os.echo;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.netlink.IpAddress;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.Linux;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.sys.SysException;

/**
 * A raw socket that asks one host for an echo. It never waits.
 *
 * <p>Raw, because datagram sockets of ICMP are open only to groups in {@code net.ipv4.ping_group_range}, which has none in a new
 * network namespace, whoever asks; who may use AF_XDP may use raw ones (CAP_NET_RAW). Connected, so that other hosts' answers stay away and errors
 * from routers come as errors of the socket.
 *
 * <p>Source: raw(7), icmp(7), RFC 792, RFC 4443 section 4; RFC 3542 section 3.2 (the filter). Threads: one at a time; the socket belongs to
 * the network namespace of the thread that opens it.
 */
public final class EchoSocket implements AutoCloseable {

    private static final int SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0x800 | 0x80000;
    private static final int IPPROTO_ICMP = 1;
    private static final int IPPROTO_ICMPV6 = 58;
    private static final int SOL_RAW = 255;
    private static final int FILTER = 1;
    private static final int FILTER6_BYTES = 32;
    private static final int IPPROTO_IP = 0;
    private static final int IP_RECVERR = 11;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_RECVERR = 25;

    private static final int REQUEST4 = 8;
    private static final int REPLY4 = 0;
    private static final int REQUEST6 = 128;
    private static final int REPLY6 = 129;

    private static final int TYPE = 0;
    private static final int CODE = 1;
    private static final int CHECKSUM = 2;
    private static final int IDENTIFIER = 4;
    private static final int SEQUENCE = 6;
    private static final int HEADER_BYTES = 8;

    /** Bytes of data in a request: ping(8)'s. */
    private static final int DATA_BYTES = 56;
    private static final int REQUEST_BYTES = HEADER_BYTES + DATA_BYTES;

    /** Bytes of {@code struct sockaddr_in}, {@code sockaddr_in6}; where the address is in them. */
    private static final int SOCKADDR4_BYTES = 16;
    private static final int SOCKADDR4_ADDRESS = 4;
    private static final int SOCKADDR6_BYTES = 28;
    private static final int SOCKADDR6_ADDRESS = 8;

    /** An answer has at most the longest IPv4 header in front; more of it does not matter. */
    private static final int ANSWER_BYTES = 60 + REQUEST_BYTES;
    private static final int ANSWER = 128;

    private final MappedMemory memory = MappedMemory.reserve(ANSWER + ANSWER_BYTES, MappedMemory.Pages.NORMAL);
    private final boolean ipv6;
    private final int fd;

    private EchoSocket(final IpAddress host) {
        ipv6 = host.family() == IpAddress.V6;
        fd = Linux.socket(host.family(), SOCK_RAW_NONBLOCK_CLOEXEC, ipv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
        if (fd < 0) {
            memory.close();
            throw new SysException("socket(SOCK_RAW, " + (ipv6 ? "ICMPv6" : "ICMP") + ')', -fd,
                    -fd == Errno.EPERM ? "run with CAP_NET_RAW" : null);
        }
    }

    /**
     * Opens one.
     *
     * @throws SysException when there may be no such socket, or no route leads to the host
     */
    public static EchoSocket open(final IpAddress host) {
        final EchoSocket socket = new EchoSocket(host);
        try {
            socket.filter();
            socket.hearErrors();
            Linux.check(socket.connect(host), "connect(" + host + ')');
        } catch (final SysException e) {
            socket.close();
            throw e;
        }
        return socket;
    }

    /** Lets answers through alone: of this host itself requests would come, too. */
    private void filter() {
        final long at = memory.address();
        if (ipv6) {
            Memory.fill(at, FILTER6_BYTES, (byte) 0xFF);
            final long word = at + REPLY6 / Integer.SIZE * Integer.BYTES;
            Memory.putInt(word, ~(1 << REPLY6 % Integer.SIZE));
            Linux.check(Linux.setsockopt(fd, IPPROTO_ICMPV6, FILTER, at, FILTER6_BYTES), "setsockopt(ICMPV6_FILTER)");
        } else {
            Memory.putInt(at, ~(1 << REPLY4));
            Linux.check(Linux.setsockopt(fd, SOL_RAW, FILTER, at, Integer.BYTES), "setsockopt(ICMP_FILTER)");
        }
    }

    /** Without this the kernel keeps to itself what may be over soon, such as that a host is unreachable. */
    private void hearErrors() {
        final int result = ipv6
                ? Linux.setsockoptInt(fd, IPPROTO_IPV6, IPV6_RECVERR, 1) : Linux.setsockoptInt(fd, IPPROTO_IP, IP_RECVERR, 1);
        Linux.check(result, "setsockopt(IP_RECVERR)");
    }

    private int connect(final IpAddress host) {
        final long at = memory.address();
        final byte[] bytes = host.toBytes();
        Memory.fill(at, SOCKADDR6_BYTES, (byte) 0);
        Memory.putShort(at, host.family());
        Memory.copyFromArray(bytes, 0, at + (ipv6 ? SOCKADDR6_ADDRESS : SOCKADDR4_ADDRESS), bytes.length);
        return Linux.connect(fd, at, ipv6 ? SOCKADDR6_BYTES : SOCKADDR4_BYTES);
    }

    /** Sends a request; its bytes, or the negative errno. */
    public int send(final int identifier, final int sequence) {
        final long at = memory.address();
        Memory.putByte(at + TYPE, (byte) (ipv6 ? REQUEST6 : REQUEST4));
        Memory.putByte(at + CODE, (byte) 0);
        Memory.putShortBE(at + CHECKSUM, 0);
        Memory.putShortBE(at + IDENTIFIER, identifier);
        Memory.putShortBE(at + SEQUENCE, sequence);
        Memory.fill(at + HEADER_BYTES, DATA_BYTES, (byte) 0);
        if (!ipv6) {
            // The kernel writes that of ICMPv6 itself: it needs the source address.
            Memory.putShortBE(at + CHECKSUM, checksum(at));
        }
        return (int) Linux.write(fd, at, REQUEST_BYTES);
    }

    private static int checksum(final long at) {
        int sum = 0;
        for (int i = 0; i < REQUEST_BYTES; i += Short.BYTES) {
            sum += Memory.getUnsignedShortBE(at + i);
        }
        sum = (sum & 0xFFFF) + (sum >>> 16);
        return ~(sum + (sum >>> 16)) & 0xFFFF;
    }

    /** Looks for the answer to a request: 1 when it has come, 0 when not, or the negative errno, such as of an error from a router. */
    public int receive(final int identifier, final int sequence) {
        final long answer = memory.address() + ANSWER;
        for (;;) {
            final int bytes = (int) Linux.read(fd, answer, ANSWER_BYTES);
            if (bytes < 0) {
                return bytes == -Errno.EAGAIN ? 0 : bytes;
            }
            // An IPv4 answer comes with its IP header, whose length is in its first byte, in words.
            final int start = ipv6 || bytes == 0 ? 0 : (Memory.getUnsignedByte(answer) & 0xF) * Integer.BYTES;
            if (bytes >= start + HEADER_BYTES
                    && Memory.getUnsignedByte(answer + start + TYPE) == (ipv6 ? REPLY6 : REPLY4)
                    && Memory.getUnsignedShortBE(answer + start + IDENTIFIER) == identifier
                    && Memory.getUnsignedShortBE(answer + start + SEQUENCE) == sequence) {
                return 1;
            }
        }
    }

    @Override
    public void close() {
        Linux.close(fd);
        memory.close();
    }
}
