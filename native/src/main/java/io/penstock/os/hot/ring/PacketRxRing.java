package io.penstock.os.hot.ring;

import io.penstock.os.hot.memory.Memory;

/**
 * The receive ring of an AF_PACKET socket: packets are copied from its slots into frames of the caller.
 *
 * <p>Invariants:
 * <ol>
 *   <li>A slot is the kernel's or ours, as its status word says. It is read after an acquire load of a status with
 *       TP_STATUS_USER, which pairs with the kernel's barrier before it writes that; it is given back by a release store
 *       of TP_STATUS_KERNEL after the copy.</li>
 *   <li>A frame leaves here as it was on the wire: a VLAN tag that the kernel took out (it always does, for the outermost
 *       tag) is put back.</li>
 *   <li>A packet that is longer than its slot or than the caller's room (a GSO packet of a local peer, a jumbo frame) is
 *       skipped and counted in {@link #oversized}, never cut.</li>
 * </ol>
 *
 * <p>Source: packet(7), kernel Documentation/networking/packet_mmap.rst. Threads: one, the worker.
 */
public final class PacketRxRing {

    private static final int MAC_ADDRESSES_BYTES = 12;
    private static final int VLAN_TAG_BYTES = 4;
    private static final int ETHERTYPE_VLAN = 0x8100;

    private final long ring;
    private final int slotShift;
    private final int mask;
    private int next;
    private long oversized;

    /**
     * A ring over a mapping, from its first slot.
     *
     * @param ring      the address of slot 0
     * @param slotBytes bytes in a slot, a power of two
     * @param slots     how many there are, a power of two
     */
    public PacketRxRing(final long ring, final int slotBytes, final int slots) {
        if (Integer.bitCount(slotBytes) != 1 || Integer.bitCount(slots) != 1) {
            throw new IllegalArgumentException(
                    "a packet ring's sizes must be powers of two: slotBytes=" + slotBytes + " slots=" + slots);
        }
        this.ring = ring;
        this.slotShift = Integer.numberOfTrailingZeros(slotBytes);
        this.mask = slots - 1;
    }

    /**
     * Copies packets into the given places.
     *
     * @param addresses where each packet may go, {@code max} of them
     * @param lengths   gets the length of each packet received
     * @param max       how many slots to look at, so that oversized packets cannot hold the worker
     * @param roomBytes how many bytes there are at each address
     * @return how many packets were received; they lie at the first addresses
     */
    public int receive(final long[] addresses, final int[] lengths, final int max, final int roomBytes) {
        int received = 0;
        for (int looked = 0; looked < max; looked++) {
            final long slot = ring + ((long) (next & mask) << slotShift);
            final int status = Memory.getIntAcquire(slot + TpacketLayout.STATUS);
            if ((status & TpacketLayout.STATUS_USER) == 0) {
                break;
            }
            final int length = copy(slot, status, addresses[received], roomBytes);
            Memory.putIntRelease(slot + TpacketLayout.STATUS, TpacketLayout.STATUS_KERNEL);
            next++;
            if (length != 0) {
                lengths[received++] = length;
            }
        }
        return received;
    }

    /** How many packets were skipped because they were longer than a slot or than the room given. */
    public long oversized() {
        return oversized;
    }

    private int copy(final long slot, final int status, final long to, final int roomBytes) {
        final int length = Memory.getInt(slot + TpacketLayout.LENGTH);
        final boolean tagged = (status & TpacketLayout.STATUS_VLAN_VALID) != 0;
        final boolean cut = Memory.getInt(slot + TpacketLayout.CAPTURED) != length;
        if (cut || length > roomBytes - (tagged ? VLAN_TAG_BYTES : 0)) {
            oversized++;
            return 0;
        }
        final long packet = slot + Memory.getUnsignedShort(slot + TpacketLayout.MAC);
        if (tagged) {
            return copyTaggedSlow(slot, status, packet, length, to);
        }
        Memory.copy(packet, to, length);
        return length;
    }

    private static int copyTaggedSlow(
            final long slot, final int status, final long packet, final int length, final long to) {
        final int tpid = (status & TpacketLayout.STATUS_VLAN_TPID_VALID) == 0
                ? ETHERTYPE_VLAN : Memory.getUnsignedShort(slot + TpacketLayout.VLAN_TPID);
        final long tag = to + MAC_ADDRESSES_BYTES;
        Memory.copy(packet, to, MAC_ADDRESSES_BYTES);
        Memory.putShortBE(tag, tpid);
        Memory.putShortBE(tag + 2, Memory.getUnsignedShort(slot + TpacketLayout.VLAN_TCI));
        Memory.copy(packet + MAC_ADDRESSES_BYTES, tag + VLAN_TAG_BYTES, length - MAC_ADDRESSES_BYTES);
        return length + VLAN_TAG_BYTES;
    }
}
