package io.penstock.rules.testkit;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnInfo;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.nat.NatRange;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.sys.MappedMemory;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.TableName;
import io.penstock.rules.hot.ConnectionServices;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.RuleVerdict;
import io.penstock.rules.model.Action;
import io.penstock.rules.text.RuleText;
import io.penstock.rules.text.SystemNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A TCP packet and entries of connections, in memory of their own, with surroundings that remember what they are asked. The packet goes from
 * 10.0.0.1:40000 to 10.0.1.2:80, or from 2001:db8::1 to 2001:db8:1::2; entry 1 is its connection, not yet answered and not confirmed.
 */
public final class ConnectionPacket implements ConnectionServices, AutoCloseable {

    /** Seconds have so many. */
    public static final long SECOND_NS = 1_000_000_000L;
    /** The workers' clock at first. */
    public static final long NOW_NS = 1000 * SECOND_NS;
    public static final int CLIENT4 = 0x0A000001;
    public static final int SERVER4 = 0x0A000102;
    public static final long HIGH6 = 0x20010DB8_00000000L;
    public static final long SERVER_HIGH6 = 0x20010DB8_00010000L;
    private static final int KEYS = ConnLayout.keys(40_000, 80);
    private static final int ENTRIES = 4096;
    private static final int PACKET_BYTES = 256;

    /** The packet. */
    public final RulePacket packet = new RulePacket();
    /** What the surroundings were asked for, in order. */
    public final List<String> asked = new ArrayList<>();
    /** What a translation answers. */
    public int verdict = RuleVerdict.ACCEPT;
    private final MappedMemory memory = MappedMemory.reserve(
            (long) (ENTRIES + 1) * ConnLayout.IPV6_BYTES + PACKET_BYTES, MappedMemory.Pages.NORMAL);
    private final Map<String, Object> shared = new HashMap<>();
    private final IpFamily family;

    /** A packet of a family. */
    public ConnectionPacket(final IpFamily family) {
        this.family = family;
        final long ip = memory.address() + (long) (ENTRIES + 1) * ConnLayout.IPV6_BYTES;
        packet.version = family.version();
        packet.network = ip;
        packet.protocol = IpProtocol.TCP;
        if (family == IpFamily.IPV4) {
            Memory.putByte(ip, (byte) Ipv4Layout.VERSION_4_IHL_5);
            Ipv4Layout.setSource(ip, CLIENT4);
            Ipv4Layout.setDestination(ip, SERVER4);
            packet.transport = ip + Ipv4Layout.HEADER_BYTES;
        } else {
            Ipv6Layout.setSource(ip, HIGH6, 1);
            Ipv6Layout.setDestination(ip, SERVER_HIGH6, 2);
            packet.transport = ip + Ipv6Layout.HEADER_BYTES;
        }
        TcpLayout.setSourcePort(packet.transport, ConnLayout.sourceKey(KEYS));
        TcpLayout.setDestinationPort(packet.transport, ConnLayout.destinationKey(KEYS));
        packet.transportLength = TcpLayout.HEADER_BYTES;
        packet.length = (int) (packet.transport - ip) + TcpLayout.HEADER_BYTES;
        packet.nowNs = NOW_NS;
        packet.connections = this;
        for (int number = 1; number <= ENTRIES; number++) {
            fill(number);
        }
        connect(1, ConnInfo.NEW);
    }

    private void fill(final int number) {
        final long entry = at(number);
        ConnLayout.setProtocol(entry, IpProtocol.TCP);
        Memory.putByte(entry + ConnLayout.FAMILY, (byte) family.version());
        final int back = ConnLayout.keys(ConnLayout.destinationKey(KEYS), ConnLayout.sourceKey(KEYS));
        if (family == IpFamily.IPV4) {
            ConnLayout.setTuple4(entry, ConnDirection.ORIGINAL, CLIENT4, SERVER4, KEYS);
            ConnLayout.setTuple4(entry, ConnDirection.REPLY, SERVER4, CLIENT4, back);
        } else {
            ConnLayout.setTuple6(entry, ConnDirection.ORIGINAL, HIGH6, 1, SERVER_HIGH6, 2, KEYS);
            ConnLayout.setTuple6(entry, ConnDirection.REPLY, SERVER_HIGH6, 2, HIGH6, 1, back);
        }
    }

    /** The entry of a number, from 1 on. */
    public long at(final int number) {
        return memory.address() + (long) number * ConnLayout.IPV6_BYTES;
    }

    /** The packet belongs to a connection now. */
    public long connect(final int number, final int info) {
        packet.connection = at(number);
        packet.connectionInfo = info;
        return packet.connection;
    }

    /** The packet belongs to none now: {@link ConnInfo} from {@code UNTRACKED} on. */
    public void disconnect(final int info) {
        packet.connection = 0;
        packet.connectionInfo = info;
    }

    /** A connection is confirmed, with so long to live. */
    public void confirm(final int number, final long leftNs) {
        ConnLayout.setStatus(at(number), ConnStatus.CONFIRMED);
        Memory.putLong(at(number) + ConnLayout.DEADLINE, packet.nowNs + leftNs);
    }

    /** A connection is no more: its entry has another generation. */
    public void forget(final int number) {
        final long entry = at(number);
        Memory.putLong(entry + ConnLayout.STATE, (long) (ConnLayout.generation(entry) + 1) << ConnLayout.GENERATION_SHIFT);
    }

    private RuleText read(final String table, final String chain, final String rule) {
        final List<String> words = new ArrayList<>(List.of("-t", table, "-A", chain));
        words.addAll(Arrays.asList(rule.strip().split(" +")));
        final RuleText text = RuleText.of(RuleExtensions.installed(), new SystemNames(), family, Set.of(), words);
        if (text.status() != 0) {
            throw new IllegalArgumentException(text.error());
        }
        return text;
    }

    /** The last match of a rule of chain INPUT, ready to run. */
    public HotMatch match(final String rule) {
        return ((RunnableMatch) read("filter", "INPUT", rule).rules().getFirst().matches().getLast()).bind(
                new Scope(new Place(family, TableName.FILTER, RuleHook.INPUT.bit(), 0, false)));
    }

    /** What a rule's match says to the packet. */
    public boolean ask(final String rule) {
        packet.hotdrop = false;
        return match(rule).matches(packet);
    }

    /** The target of a rule. */
    public RunnableTarget target(final String table, final RuleHook hook, final String rule) {
        packet.hook = hook.ordinal();
        return (RunnableTarget) ((Action.Extension) read(table, hook.name(), rule).rules().getFirst().action()).target();
    }

    /** What a rule's target says to the packet. */
    public int apply(final String table, final RuleHook hook, final String rule) {
        return bound(table, hook, rule).apply(packet);
    }

    /** A rule's target, ready to run. */
    public HotTarget bound(final String table, final RuleHook hook, final String rule) {
        return target(table, hook, rule).bind(new Scope(new Place(family, TableName.of(table), hook.bit(), 0, false)));
    }

    @Override
    public void untrack(final RulePacket about) {
        asked.add("untrack");
        disconnect(ConnInfo.UNTRACKED);
    }

    @Override
    public void track(final RulePacket about, final long template) {
        asked.add("track " + Long.toHexString(template));
        disconnect(ConnInfo.TEMPLATE);
    }

    @Override
    public int translate(final RulePacket about, final NatRange range, final boolean source) {
        asked.add((source ? "source " : "destination ") + text(range));
        return verdict;
    }

    @Override
    public int translateTo(final RulePacket about, final NatRange range, final long high, final long low, final boolean source) {
        asked.add((source ? "source to " : "destination to ") + Long.toHexString(high) + ' ' + Long.toHexString(low) + ' ' + text(range));
        return verdict;
    }

    @Override
    public int masquerade(final RulePacket about, final NatRange range) {
        asked.add("masquerade " + text(range));
        return verdict;
    }

    @Override
    public int redirect(final RulePacket about, final NatRange range) {
        asked.add("redirect " + text(range));
        return verdict;
    }

    @Override
    public int enterCone(final RulePacket about) {
        asked.add("enter cone");
        return verdict;
    }

    private static String text(final NatRange range) {
        return "flags=" + range.flags() + " least=" + Long.toHexString(range.leastHigh()) + ' ' + Long.toHexString(range.leastLow())
                + " most=" + Long.toHexString(range.mostHigh()) + ' ' + Long.toHexString(range.mostLow()) + " ports=" + range.leastPort() + '-'
                + range.mostPort() + '/' + range.basePort();
    }

    @Override
    public void close(final RulePacket about) {
        asked.add("close");
    }

    @Override
    public void changed(final RulePacket about, final int events) {
        asked.add("changed " + events);
    }

    @Override
    public int number(final RulePacket about) {
        return (int) ((about.connection - memory.address()) / ConnLayout.IPV6_BYTES);
    }

    @Override
    public long entry(final RulePacket about, final int number, final int generation) {
        final long entry = at(number);
        return ConnLayout.generation(entry) == generation && ConnLayout.hasStatus(entry, ConnStatus.CONFIRMED) ? entry : 0;
    }

    @Override
    public void close() {
        for (final Object state : shared.values()) {
            if (state instanceof final AutoCloseable closeable) {
                try {
                    closeable.close();
                } catch (final Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        memory.close();
    }

    /** Remembers what rules need. */
    private final class Scope implements BindScope {

        private final Place place;

        private Scope(final Place place) {
            this.place = place;
        }

        @Override
        public Place place() {
            return place;
        }

        @Override
        public long nowNs() {
            return packet.nowNs;
        }

        @Override
        public int workers() {
            return 2;
        }

        @Override
        public <T> T shared(final Class<T> type, final String name, final Supplier<T> maker) {
            return type.cast(shared.computeIfAbsent(type.getName() + ' ' + name, key -> maker.get()));
        }

        @Override
        public void tracksConnections() {
            asked.add("track connections");
        }

        @Override
        public void countConnections() {
            asked.add("count connections");
        }

        @Override
        public void labelConnections() {
            asked.add("label connections");
        }
    }
}
