package io.penstock.os.hot.packet;

import io.penstock.os.hot.memory.Memory;

/**
 * An 802.1Q or 802.1ad tag: the four bytes behind an EtherType of 0x8100 or 0x88A8.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-----+-+-----------------------+-------------------------------+
 *  | PCP |D|          VID          |      EtherType of payload     |
 *  +-----+-+-----------------------+-------------------------------+
 * </pre>
 *
 * <p>The address {@code tag} is that of the tag control information, so the outermost tag is at
 * {@code eth + EthernetLayout.HEADER_BYTES}. Tags stack: while {@link #isTag} of the payload's type holds, the next one
 * is {@link #TAG_BYTES} further.
 *
 * <p>Source: IEEE 802.1Q, 9.6; {@code struct vlan_hdr}. As in Linux, the other tag types in the wild
 * (0x9100) are no tags. Nothing is checked here.
 */
public final class VlanLayout {

    /** Bytes of a tag. */
    public static final int TAG_BYTES = 4;

    public static final int TCI = 0;
    public static final int ETHER_TYPE = 2;

    /** The identifier's bits in the tag control information. */
    public static final int VID_MASK = 0x0FFF;
    /** The drop eligible indicator. */
    public static final int DEI = 0x1000;
    /** Where the priority code point starts. */
    public static final int PCP_SHIFT = 13;

    private VlanLayout() {
    }

    /** True for an EtherType behind which a tag follows. */
    public static boolean isTag(final int etherType) {
        return etherType == EthernetLayout.TYPE_VLAN || etherType == EthernetLayout.TYPE_SERVICE_VLAN;
    }

    /** The tag control information: priority, drop eligible indicator, identifier. */
    public static int tci(final long tag) {
        return Memory.getUnsignedShortBE(tag + TCI);
    }

    /** The identifier, 0 (priority tag only) to 4095 (reserved). */
    public static int vid(final long tag) {
        return tci(tag) & VID_MASK;
    }

    /** The priority code point, 0 to 7. */
    public static int pcp(final long tag) {
        return tci(tag) >>> PCP_SHIFT;
    }

    public static boolean isDropEligible(final long tag) {
        return (tci(tag) & DEI) != 0;
    }

    /** The type of what follows, which may be another tag. */
    public static int etherType(final long tag) {
        return Memory.getUnsignedShortBE(tag + ETHER_TYPE);
    }

    public static void setTci(final long tag, final int tci) {
        Memory.putShortBE(tag + TCI, tci);
    }

    /** Changes the identifier and keeps priority and drop eligible indicator. */
    public static void setVid(final long tag, final int vid) {
        setTci(tag, tci(tag) & ~VID_MASK | vid);
    }

    public static void setEtherType(final long tag, final int etherType) {
        Memory.putShortBE(tag + ETHER_TYPE, etherType);
    }
}
