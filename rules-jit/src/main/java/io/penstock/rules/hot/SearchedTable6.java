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
    protected final long[] blocks;

    /**
     * A program.
     *
     * @param blocks address of each chain's block
     */
    protected SearchedTable6(final TableImage image, final long counters, final long[] blocks) {
        super(image, counters);
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
        while (true) {
            rule = indexed
                    ? search(packet.scratch.slots, block, rule, rules, sourceHigh, sourceLow, destinationHigh, destinationLow,
                            sourcePort,
                            destinationPort, protocol, packet.inName, packet.outName)
                    : scan(IndexLayout.records(block), rule, rules, sourceHigh, sourceLow, destinationHigh, destinationLow,
                            sourcePort, destinationPort, protocol, packet.inName, packet.outName);
            final int number = start + rule;
            if (rule == rules) {
                return number;
            }
            final int settled = settle(packet, number);
            if (settled != OTHERS_DISAGREE) {
                return settled;
            }
            rule++;
        }
    }

    /** The number of a rule whose record agrees, {@link #HOTDROP}, or {@link #OTHERS_DISAGREE}. */
    protected final int settle(final RulePacket packet, final int number) {
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
            final long in,
            final long out) {
        int rule = from;
        long record = records + (long) from * RecordLayout.BYTES6;
        while (rule < rules && !RecordLayout.takes6(record, sourceHigh, sourceLow, destinationHigh, destinationLow, sourcePort,
                destinationPort, protocol, in, out)) {
            rule++;
            record += RecordLayout.BYTES6;
        }
        return rule;
    }

    /** Where there are filters, what they leave is probed; else all, in rounds of probes that overlap. */
    private static int search(
            final long[] slots,
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
            final long in,
            final long out) {
        final long records = IndexLayout.records(block);
        final int tuples = IndexLayout.tuples(block);
        final boolean names = IndexLayout.hasNames(block);
        final long transport = (long) sourcePort << 48 | (destinationPort & 0xFFFFL) << 32 | protocol;
        long tuple = IndexLayout.firstTuple(block);
        int best = rules;
        final int shift = IndexLayout.filterShift(block);
        if (shift != 0) {
            int candidates = IndexLayout.candidates(block, shift, IndexLayout.filterBits(sourceHigh),
                    IndexLayout.filterBits(destinationHigh), destinationPort);
            while (candidates != 0) {
                final long candidate = tuple + (long) Integer.numberOfTrailingZeros(candidates) * TupleLayout.BYTES;
                if (TupleLayout.least(candidate) >= best) {
                    return best;
                }
                candidates &= candidates - 1;
                final int fingerprint = TupleLayout.fingerprint6(candidate, sourceHigh, sourceLow, destinationHigh,
                        destinationLow, transport, names,
                        in, out);
                final long slot = TupleLayout.slot(block, candidate, fingerprint);
                if (IndexLayout.isHit(slot, fingerprint) != 0) {
                    best = look(block, records, slot, from, best, sourceHigh, sourceLow, destinationHigh, destinationLow,
                            sourcePort, destinationPort, protocol,
                            in, out);
                }
            }
            return best;
        }
        for (int first = 0; first < tuples && TupleLayout.least(tuple) < best; first += IndexLayout.ROUND) {
            final int round = Math.min(IndexLayout.ROUND, tuples - first);
            int hits = 0;
            for (int i = 0; i < round; i++) {
                final int fingerprint = TupleLayout.fingerprint6(tuple, sourceHigh, sourceLow, destinationHigh, destinationLow,
                        transport, names,
                        in, out);
                final long slot = TupleLayout.slot(block, tuple, fingerprint);
                slots[i] = slot;
                hits |= IndexLayout.isHit(slot, fingerprint) << i;
                tuple += TupleLayout.BYTES;
            }
            while (hits != 0) {
                final long slot = slots[Integer.numberOfTrailingZeros(hits)];
                hits &= hits - 1;
                best = look(block, records, slot, from, best, sourceHigh, sourceLow, destinationHigh, destinationLow,
                        sourcePort, destinationPort,
                        protocol, in, out);
            }
        }
        return best;
    }

    /** The first rule that a slot leads to and that takes the packet, from one on; or the best so far. */
    protected static int look(
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
            final long in,
            final long out) {
        final long entry = slot & IndexLayout.ENTRY;
        if ((slot & IndexLayout.LIST) == 0) {
            final int rule = (int) entry - 1;
            return rule >= from && rule < best && RecordLayout.takes6(records + (long) rule * RecordLayout.BYTES6, sourceHigh,
                    sourceLow, destinationHigh, destinationLow,
                            sourcePort, destinationPort, protocol, in, out) ? rule : best;
        }
        long place = block + entry * IndexLayout.SLOT_BYTES;
        for (long element = Memory.getLong(place); element != IndexLayout.LIST_END; element = Memory.getLong(place)) {
            final int rule = (int) element;
            if (rule >= best) {
                return best;
            }
            if (rule >= from && RecordLayout.takes6(records + (long) rule * RecordLayout.BYTES6, sourceHigh, sourceLow,
                    destinationHigh, destinationLow,
                            sourcePort, destinationPort, protocol, in, out)) {
                return rule;
            }
            place += IndexLayout.SLOT_BYTES;
        }
        return best;
    }
}
