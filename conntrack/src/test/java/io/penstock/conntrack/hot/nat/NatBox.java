package io.penstock.conntrack.hot.nat;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.table.ConfirmResult;
import io.penstock.conntrack.hot.table.ConnLimit;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.conntrack.hot.table.TableCounter;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.conntrack.hot.track.TcpState;
import io.penstock.conntrack.hot.track.TupleReader;
import io.penstock.os.hot.packet.IpProtocol;
import java.util.ArrayList;
import java.util.List;

/**
 * The two tables of a namespace with translation, one worker, and rules: device 0 leads to 10.0.0.0/24 and fd00::/64, whose routers are this host's,
 * device 1 everywhere else.
 */
final class NatBox implements AutoCloseable {

    static final int ENTRIES = 4096;
    private static final long SECRET = 0x0123_4567_89AB_CDEFL;

    final List<NatRule> rules = new ArrayList<>();
    final NatWorker nat;
    final NatSources sources4;
    long nowNs = 1_000 * Deadline.SECOND_NS;
    int originalZone;
    int replyZone;
    /** What the kernel has chosen where its choice is random: the reply tuple's keys; -1 for no such thing. */
    long forcedKeys = -1;

    private final ConnLimit limit = new ConnLimit(ENTRIES, 1);
    private final ConnTable table4;
    private final ConnTable table6;
    private final NatSources sources6;

    NatBox() {
        table4 = new ConnTable(ConnLayout.FAMILY_IPV4, ENTRIES, limit, SECRET, ~SECRET, 1);
        table6 = new ConnTable(ConnLayout.FAMILY_IPV6, ENTRIES, limit, SECRET, ~SECRET, 1);
        sources4 = new NatSources(table4, ENTRIES, SECRET + 1, SECRET + 2);
        sources6 = new NatSources(table6, ENTRIES, SECRET + 1, SECRET + 2);
        nat = new NatWorker(sources4, sources6, 0, SECRET);
        boundary();
    }

    @Override
    public void close() {
        sources4.close();
        sources6.close();
        table4.close();
        table6.close();
        limit.close();
    }

    /** How often something was looked for and found. */
    long found() {
        return table4.counter(0, TableCounter.FOUND);
    }

    ConnLimit limit() {
        return limit;
    }

    void boundary() {
        nowNs += 1_000_000;
        table4.worker(0).boundary(nowNs);
        table6.worker(0).boundary(nowNs);
    }

    TableWorker worker(final boolean ipv4) {
        return (ipv4 ? table4 : table6).worker(0);
    }

    static boolean isIpv4(final long entry) {
        return ConnLayout.family(entry) == ConnLayout.FAMILY_IPV4;
    }

    /** A connection that begins; 0 for a packet that begins none. */
    long begin(final boolean ipv4, final int protocol, final long[] source, final long[] destination, final int keys) {
        final long inverse = TupleReader.invert(protocol, keys);
        if (inverse == TupleReader.NONE) {
            return 0;
        }
        final long entry = worker(ipv4).allocate(hash(ipv4, protocol, source, destination, keys));
        ConnLayout.setProtocol(entry, protocol);
        ConnLayout.setZone(entry, ConnDirection.ORIGINAL, originalZone);
        ConnLayout.setZone(entry, ConnDirection.REPLY, replyZone);
        if (ipv4) {
            ConnLayout.setTuple4(entry, ConnDirection.ORIGINAL, (int) source[1], (int) destination[1], keys);
            ConnLayout.setTuple4(entry, ConnDirection.REPLY, (int) destination[1], (int) source[1], (int) inverse);
        } else {
            ConnLayout.setTuple6(entry, ConnDirection.ORIGINAL, source[0], source[1], destination[0], destination[1], keys);
            ConnLayout.setTuple6(entry, ConnDirection.REPLY, destination[0], destination[1], source[0], source[1], (int) inverse);
        }
        if (protocol == IpProtocol.TCP) {
            ConnLayout.setTrackerState(entry, TcpState.SYN_SENT);
        }
        Deadline.setLength(entry, 30 * Deadline.SECOND_NS);
        return entry;
    }

    long hash(final boolean ipv4, final int protocol, final long[] source, final long[] destination, final int keys) {
        return ipv4
                ? worker(true).hash4((int) source[1], (int) destination[1], keys, protocol, originalZone)
                : worker(false).hash6(source[0], source[1], destination[0], destination[1], keys, protocol, originalZone);
    }

    long find(final boolean ipv4, final int protocol, final long[] source, final long[] destination, final int keys) {
        final long hash = hash(ipv4, protocol, source, destination, keys);
        return ipv4
                ? worker(true).find4(hash, (int) source[1], (int) destination[1], keys, protocol, originalZone)
                : worker(false).find6(hash, source[0], source[1], destination[0], destination[1], keys, protocol, originalZone);
    }

    /** Settles the destination's half. */
    boolean prerouting(final long entry, final int device) {
        return settle(entry, device, false, source(entry, ConnDirection.REPLY));
    }

    /** Settles the source's half; device -1 for this host. */
    boolean postrouting(final long entry, final int device) {
        final boolean accepted = settle(entry, device, true, destination(entry, ConnDirection.REPLY));
        if (accepted && forcedKeys >= 0) {
            checkKeys(entry, (int) forcedKeys);
            ConnLayout.setKeys(entry, ConnDirection.REPLY, (int) forcedKeys);
        }
        return accepted;
    }

    private boolean settle(final long entry, final int device, final boolean source, final long[] address) {
        for (final NatRule rule : rules) {
            if (rule.source() == source && rule.device() == device && rule.isFor(ConnLayout.protocol(entry))) {
                final boolean accepted = rule.apply(nat, entry, address);
                assertTrue(!accepted || NatWorker.isSettled(entry, source));
                return accepted;
            }
        }
        return nat.setupNull(entry, source);
    }

    /** Whether the connection is confirmed; if not, it is no more. */
    boolean confirm(final long entry) {
        final TableWorker worker = worker(isIpv4(entry));
        final int result = worker.confirm(entry);
        if (result == ConfirmResult.CONFIRMED || result == ConfirmResult.CLASH && worker.resolveClash(entry) == ConfirmResult.CONFIRMED) {
            return true;
        }
        worker.free(entry);
        return false;
    }

    /** Where an address is: a device, or -1 for this host. */
    static int route(final boolean ipv4, final long[] to) {
        if (ipv4) {
            final int address = (int) to[1];
            return address == 0x0A00_0001 || address == 0x0A00_0101 ? -1 : address >>> 8 == 0x0A_0000 ? 0 : 1;
        }
        return to[0] == 0xFD00_0000_0000_0000L ? to[1] == 1 ? -1 : 0 : 1;
    }

    static long[] source(final long entry, final int direction) {
        return isIpv4(entry)
                ? new long[] {0, Integer.toUnsignedLong(ConnLayout.source4(entry, direction))}
                : new long[] {ConnLayout.source6High(entry, direction), ConnLayout.source6Low(entry, direction)};
    }

    static long[] destination(final long entry, final int direction) {
        return isIpv4(entry)
                ? new long[] {0, Integer.toUnsignedLong(ConnLayout.destination4(entry, direction))}
                : new long[] {ConnLayout.destination6High(entry, direction), ConnLayout.destination6Low(entry, direction)};
    }

    /** A direction's tuple as the files have it. */
    static String text(final long entry, final int direction) {
        final long[] source = source(entry, direction);
        final long[] destination = destination(entry, direction);
        final int keys = ConnLayout.keysOf(entry, direction);
        return TestAddress.text(isIpv4(entry), source[0], source[1]) + ' ' + TestAddress.text(isIpv4(entry), destination[0], destination[1])
                + ' ' + ConnLayout.sourceKey(keys) + ' ' + ConnLayout.destinationKey(keys);
    }

    /** Where the kernel has searched from a random port on, ours is another one, but as good. */
    private void checkKeys(final long entry, final int kernelKeys) {
        final int keys = ConnLayout.keysOf(entry, ConnDirection.REPLY);
        final int protocol = ConnLayout.protocol(entry);
        final boolean icmp = protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6;
        assertTrue(ConnLayout.hasStatus(entry, ConnStatus.NAT_MASK), "kept where the kernel has searched");
        for (int half = 0; half < 2; half++) {
            final boolean source = half == 0;
            final int key = source == icmp ? ConnLayout.sourceKey(keys) : ConnLayout.destinationKey(keys);
            final int kernelKey = source == icmp ? ConnLayout.sourceKey(kernelKeys) : ConnLayout.destinationKey(kernelKeys);
            final int original = ConnLayout.sourceKey(ConnLayout.keysOf(entry, ConnDirection.ORIGINAL));
            if (key != kernelKey) {
                assertTrue(isLegal(key, original, protocol, source), "key=" + key + " of " + text(entry, ConnDirection.REPLY));
                assertTrue(isLegal(kernelKey, original, protocol, source), "kernel's key=" + kernelKey);
            }
        }
    }

    private boolean isLegal(final int key, final int original, final int protocol, final boolean source) {
        for (final NatRule rule : rules) {
            if (rule.source() == source && rule.range().has(NatRange.MAP_PORTS) && rule.isFor(protocol)) {
                return key >= rule.range().leastPort() && key <= rule.range().mostPort();
            }
        }
        if (protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6) {
            return true;
        }
        if (original < 512) {
            return source && key >= 1 && key <= 511;
        }
        return source && (original < 1024 ? key >= 600 && key <= 1023 : key >= 1024);
    }
}
