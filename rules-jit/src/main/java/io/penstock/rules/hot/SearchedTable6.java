package io.penstock.rules.hot;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.Ipv6Layout;
import io.penstock.os.hot.packet.TcpLayout;

/**
 * An IPv6 table that finds rules by {@link IndexLayout}: generic code, always hot, over data that are new with each change.
 *
 * <p>{@link IndexedTable6} is all there is to it; generated classes extend it, too, with code of their own for some chains.
 *
 * <p>Invariant: it gives what {@link PlainTable} gives, packet by packet and count by count.
 *
 * <p>Threads: its worker.
 */
public abstract class SearchedTable6 extends TableProgram {

    private final PlainTable plain;
    /** Address of each chain's block. */
    private final long[] blocks;

    /**
     * A program.
     *
     * @param blocks address of each chain's block
     */
    protected SearchedTable6(final TableImage image, final long counters, final long[] blocks) {
        super(image, counters, BatchSearch6.of(image.hooks, blocks));
        this.plain = new PlainTable(image, counters);
        this.blocks = blocks;
    }

    @Override
    public final int run(final RulePacket packet) {
        return CutHeaders.areUnusual(packet) ? plain.run(packet) : traverse(packet, image.hooks[packet.hook]);
    }

    @Override
    protected int next(final RulePacket packet, final int chain, final int from) {
        final long block = blocks[chain];
        final int rules = IndexLayout.rules(block);
        final int start = image.starts[chain];
        int rule = from - start;
        if (rule == rules) {
            return from;
        }
        final long ip = packet.network;
        final long sourceHigh = Ipv6Layout.sourceHigh(ip);
        final long sourceLow = Ipv6Layout.sourceLow(ip);
        final long destinationHigh = Ipv6Layout.destinationHigh(ip);
        final long destinationLow = Ipv6Layout.destinationLow(ip);
        final int protocol = packet.protocol;
        final boolean ports = (protocol == IpProtocol.TCP || protocol == IpProtocol.UDP) && packet.fragmentOffset == 0;
        final int sourcePort = ports ? TcpLayout.sourcePort(packet.transport) : RecordLayout.NO_PORT;
        final int destinationPort = ports ? TcpLayout.destinationPort(packet.transport) : RecordLayout.NO_PORT;
        final boolean indexed = IndexLayout.tuples(block) != 0;
        // Rules that ask the same of the fields often follow each other, as do those that send packets elsewhere and get them back: then no search is
        // needed to find the next one.
        boolean isNext = rule > 0;
        while (true) {
            if (!isNext || rule == rules || !RecordLayout.takes6(IndexLayout.records(block) + (long) rule * RecordLayout.BYTES6,
                    sourceHigh, sourceLow, destinationHigh, destinationLow, sourcePort, destinationPort, protocol, packet)) {
                rule = indexed
                        ? search(block, rule, rules, sourceHigh, sourceLow, destinationHigh, destinationLow, sourcePort,
                                destinationPort, protocol, packet)
                        : scan(IndexLayout.records(block), rule, rules, sourceHigh, sourceLow, destinationHigh, destinationLow, sourcePort,
                                destinationPort, protocol, packet);
            }
            final int number = start + rule;
            if (rule == rules) {
                return number;
            }
            final int settled = settle(packet, number);
            if (settled != OTHERS_DISAGREE) {
                return settled;
            }
            rule++;
            isNext = true;
        }
    }

    /** The number of a rule whose record agrees, {@link #HOTDROP}, or {@link #OTHERS_DISAGREE}. */
    private int settle(final RulePacket packet, final int number) {
        final HotMatch[] residue = image.residues[number];
        if (residue == null || PlainTable.matches(packet, residue)) {
            return number;
        }
        return packet.hotdrop ? HOTDROP : OTHERS_DISAGREE;
    }

    private static int scan(
            final long records,
            final int from,
            final int rules,
            final long sourceHigh,
            final long sourceLow,
            final long destinationHigh,
            final long destinationLow,
            final int sourcePort,
            final int destinationPort,
            final int protocol,
            final RulePacket packet) {
        int rule = from;
        long record = records + (long) from * RecordLayout.BYTES6;
        while (rule < rules && !RecordLayout.takes6(record, sourceHigh, sourceLow, destinationHigh, destinationLow, sourcePort,
                destinationPort, protocol, packet)) {
            rule++;
            record += RecordLayout.BYTES6;
        }
        return rule;
    }

    /** What the filters leave is probed, and then what was hit is looked at: probes overlap, and nothing foretells which will hit. */
    private static int search(
            final long block,
            final int from,
            final int rules,
            final long sourceHigh,
            final long sourceLow,
            final long destinationHigh,
            final long destinationLow,
            final int sourcePort,
            final int destinationPort,
            final int protocol,
            final RulePacket packet) {
        final int shift = IndexLayout.filterShift(block);
        if (shift == 0) {
            return searchAll(block, from, rules, sourceHigh, sourceLow, destinationHigh, destinationLow, sourcePort, destinationPort,
                    protocol, packet);
        }
        final long filters = IndexLayout.filters(block);
        final int context = IndexLayout.context(block);
        int candidates = FilterLayout.candidates(filters, shift, IndexLayout.pairShift(block), FilterLayout.sourceFirst(sourceHigh),
                FilterLayout.sourceMiddle(sourceHigh), FilterLayout.sourceLong(sourceHigh), FilterLayout.destinationFirst(destinationHigh),
                FilterLayout.destinationMiddle(destinationHigh), FilterLayout.destinationLong(destinationHigh),
                FilterLayout.port(destinationPort), FilterLayout.portBlock(protocol, destinationPort));
        if (context != ContextLayout.NOTHING) {
            candidates &= FilterLayout.candidates(block, context, packet);
        }
        int best = rules;
        if (from <= IndexLayout.always(block)) {
            best = IndexLayout.always(block);
            candidates &= IndexLayout.beforeAlways(block);
        }
        final long transport = transport(sourcePort, destinationPort, protocol);
        final long tuples = IndexLayout.firstTuple(block);
        final long[] slots = packet.scratch.slots;
        int hits = 0;
        while (candidates != 0) {
            final long tuple = tuples + (long) Integer.numberOfTrailingZeros(candidates) * TupleLayout.BYTES;
            candidates &= candidates - 1;
            final int fingerprint = TupleLayout.fingerprint6(tuple, sourceHigh, sourceLow, destinationHigh, destinationLow,
                    transport, context, packet);
            final long slot = TupleLayout.slot(block, tuple, fingerprint);
            slots[hits] = slot;
            hits += IndexLayout.isHit(slot, fingerprint);
        }
        final long records = IndexLayout.records(block);
        for (int i = 0; i < hits; i++) {
            best = look(block, records, slots[i], from, best, sourceHigh, sourceLow, destinationHigh, destinationLow, sourcePort,
                    destinationPort, protocol, packet);
        }
        return best;
    }

    private static long transport(final int sourcePort, final int destinationPort, final int protocol) {
        return (long) sourcePort << 48 | (destinationPort & 0xFFFFL) << 32 | protocol;
    }

    /** Without filters: all tuples are probed, in rounds, until none can be better than what was found. */
    private static int searchAll(
            final long block,
            final int from,
            final int rules,
            final long sourceHigh,
            final long sourceLow,
            final long destinationHigh,
            final long destinationLow,
            final int sourcePort,
            final int destinationPort,
            final int protocol,
            final RulePacket packet) {
        final long records = IndexLayout.records(block);
        final int tuples = IndexLayout.tuples(block);
        final int context = IndexLayout.context(block);
        final long transport = transport(sourcePort, destinationPort, protocol);
        final long[] slots = packet.scratch.slots;
        long tuple = IndexLayout.firstTuple(block);
        int best = rules;
        for (int first = 0; first < tuples && TupleLayout.least(tuple) < best; first += IndexLayout.ROUND) {
            final int round = Math.min(IndexLayout.ROUND, tuples - first);
            int hits = 0;
            for (int i = 0; i < round; i++) {
                final int fingerprint = TupleLayout.fingerprint6(tuple, sourceHigh, sourceLow, destinationHigh, destinationLow,
                        transport, context, packet);
                final long slot = TupleLayout.slot(block, tuple, fingerprint);
                slots[hits] = slot;
                hits += IndexLayout.isHit(slot, fingerprint);
                tuple += TupleLayout.BYTES;
            }
            for (int i = 0; i < hits; i++) {
                best = look(block, records, slots[i], from, best, sourceHigh, sourceLow, destinationHigh, destinationLow, sourcePort, destinationPort,
                        protocol, packet);
            }
        }
        return best;
    }

    /** The first rule that a slot leads to and that takes the packet, from one on; or the best so far. */
    static int look(
            final long block,
            final long records,
            final long slot,
            final int from,
            final int best,
            final long sourceHigh,
            final long sourceLow,
            final long destinationHigh,
            final long destinationLow,
            final int sourcePort,
            final int destinationPort,
            final int protocol,
            final RulePacket packet) {
        final long entry = slot & IndexLayout.ENTRY;
        if ((slot & IndexLayout.LIST) == 0) {
            final int rule = (int) entry - 1;
            final boolean takes = RecordLayout.takes6(records + (long) rule * RecordLayout.BYTES6, sourceHigh, sourceLow, destinationHigh, destinationLow,
                    sourcePort, destinationPort, protocol, packet);
            return takes & rule >= from & rule < best ? rule : best;
        }
        long place = IndexLayout.from(block + entry * IndexLayout.SLOT_BYTES, from);
        for (long element = Memory.getLong(place); element != IndexLayout.LIST_END; element = Memory.getLong(place)) {
            final int rule = (int) element;
            if (rule >= best) {
                return best;
            }
            if (RecordLayout.takes6(records + (long) rule * RecordLayout.BYTES6, sourceHigh, sourceLow, destinationHigh, destinationLow,
                    sourcePort, destinationPort, protocol, packet)) {
                return rule;
            }
            place += IndexLayout.SLOT_BYTES;
        }
        return best;
    }
}
