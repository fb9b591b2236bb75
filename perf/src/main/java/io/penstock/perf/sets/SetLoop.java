package io.penstock.perf.sets;

import io.penstock.dataplane.worker.Quiescence;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.sys.MappedMemory;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.hot.RulePacket;
import io.penstock.rules.hot.set.SetPlace;
import io.penstock.rules.hot.set.SetQuery;
import io.penstock.rules.set.SetRegistry;
import io.penstock.rules.set.text.IpsetCommand;
import io.penstock.rules.text.CommandFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A set alone, and headers in memory that ask it in turn: half of them are in it, in no order.
 *
 * <p>Threads: one.
 */
public final class SetLoop implements AutoCloseable {

    private static final long SEED = 1814;
    private static final String NAME = "s";
    private static final int LISTED = 3;
    /** Of a packet, a cache line. */
    private static final int SLOT_BYTES = 64;
    private static final int TRANSPORT_BYTES = 20;
    private static final int PORTS = 1 << 16;

    private final SetRegistry sets = new SetRegistry(new Quiescence(), System::nanoTime);
    private final RulePacket packet = new RulePacket();
    private final int packets;
    private final MappedMemory memory;
    private final SetPlace place;
    private final SetQuery query;
    private int next;
    private long hits;

    /**
     * A set of so many elements, and packets.
     *
     * @param packets that take turns
     */
    public SetLoop(final SetShape shape, final int entries, final int packets) {
        this.packets = packets;
        this.memory = MappedMemory.reserve((long) packets * SLOT_BYTES, MappedMemory.Pages.HUGE);
        final SplittableRandom random = new SplittableRandom(SEED);
        final MadeSet set = new MadeSet(shape == SetShape.HASH_NET ? SetKind.NET : shape == SetShape.HASH_IP_PORT ? SetKind.IP_PORT : SetKind.IP,
                entries);
        final BitSet ports = new BitSet(PORTS);
        while (shape == SetShape.BITMAP_PORT && ports.cardinality() < Math.min(entries, PORTS / 2)) {
            ports.set(random.nextInt(PORTS));
        }
        restore(text(shape, set, ports));
        for (int i = 0; i < packets; i++) {
            final boolean hit = random.nextBoolean();
            hits += hit ? 1 : 0;
            final int element = set.element(random);
            final int source = !hit ? set.miss(random) : shape == SetShape.HASH_IP_PORT ? set.address(element) : set.hit(random);
            final int port = shape == SetShape.HASH_IP_PORT ? set.port(element) : port(ports, hit, random);
            write(memory.address() + (long) i * SLOT_BYTES, source, port);
        }
        place = sets.acquire(NAME, "a benchmark").orElseThrow();
        query = SetQuery.of(shape.dimensions(), shape.sources());
        packet.version = IpFamily.IPV4.version();
        packet.hook = RuleHook.FORWARD.ordinal();
        packet.protocol = IpProtocol.TCP;
        packet.length = Ipv4Layout.HEADER_BYTES + TRANSPORT_BYTES;
        packet.transportLength = TRANSPORT_BYTES;
    }

    /** Asks for so many packets; how many were in the set. */
    public int run(final int count) {
        final RulePacket p = packet;
        int found = 0;
        for (int i = 0; i < count; i++) {
            final long ip = memory.address() + (long) next * SLOT_BYTES;
            p.network = ip;
            p.transport = ip + Ipv4Layout.HEADER_BYTES;
            found += place.test(p, query) ? 1 : 0;
            next = next + 1 == packets ? 0 : next + 1;
        }
        return found;
    }

    /** How many packets there are. */
    public int packets() {
        return packets;
    }

    /** How many of them are in the set. */
    public long hits() {
        return hits;
    }

    @Override
    public void close() {
        sets.close();
        memory.close();
    }

    private static String text(final SetShape shape, final MadeSet set, final BitSet ports) {
        final StringBuilder text = new StringBuilder();
        try {
            switch (shape) {
                case BITMAP_PORT -> {
                    text.append("create " + NAME + " bitmap:port range 0-65535\n");
                    ports.stream().forEach(port -> text.append("add " + NAME + ' ').append(port).append('\n'));
                }
                case LIST_SET -> {
                    text.append("create " + NAME + " list:set\n");
                    for (int i = 0; i < LISTED; i++) {
                        set.write(text, NAME + i, "", i, LISTED);
                        text.append("add " + NAME + ' ' + NAME).append(i).append('\n');
                    }
                }
                default -> set.write(text, NAME, "", 0, 1);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private void restore(final String text) {
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        final int status = new IpsetCommand(sets, CommandFiles.OWN)
                .run(List.of("restore"), new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)), out, out);
        if (status != 0) {
            throw new IllegalStateException("a made-up set is refused: status=" + status + ' ' + said.toString(StandardCharsets.ISO_8859_1));
        }
    }

    private static int port(final BitSet ports, final boolean hit, final SplittableRandom random) {
        if (ports.isEmpty()) {
            return random.nextInt(PORTS);
        }
        final int any = random.nextInt(PORTS);
        final int found = hit ? ports.nextSetBit(any) : ports.nextClearBit(any);
        return found >= 0 && found < PORTS ? found : hit ? ports.nextSetBit(0) : ports.nextClearBit(0);
    }

    private static void write(final long ip, final int source, final int port) {
        Memory.putByte(ip, (byte) Ipv4Layout.VERSION_4_IHL_5);
        Ipv4Layout.setTotalLength(ip, Ipv4Layout.HEADER_BYTES + TRANSPORT_BYTES);
        Ipv4Layout.setProtocol(ip, IpProtocol.TCP);
        Ipv4Layout.setSource(ip, source);
        TcpLayout.setDestinationPort(ip + Ipv4Layout.HEADER_BYTES, port);
    }
}
