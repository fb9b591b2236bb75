package io.penstock.os.netlink;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A walk over the attributes ({@code struct nlattr}) of a message or of a nested attribute.
 *
 * <pre>
 *   0        2      4                    length       aligned to 4
 *   +--------+------+--------------------+------------+
 *   | length | type | value              | padding    |
 *   +--------+------+--------------------+------------+
 * </pre>
 *
 * <p>Invariants: every attribute lies inside the range it was found in; reading more of a value than it has throws
 * {@link MalformedMessageException}. A value longer than what is read is fine: kernels extend structures at their end.
 */
public final class Attributes {

    private static final int TYPE_MASK = 0x3FFF;

    private final byte[] bytes;
    private final int end;
    private int following;
    private int value;
    private int valueBytes;
    private int type;

    Attributes(final byte[] bytes, final int start, final int end) {
        this.bytes = bytes;
        this.following = start;
        this.end = end;
    }

    /** Moves to the next attribute; false after the last. */
    public boolean next() {
        final int left = end - following;
        if (left < Rtnl.ATTRIBUTE_HEADER_BYTES) {
            return false;
        }
        final int length = Bytes.unsignedShort(bytes, following);
        if (length < Rtnl.ATTRIBUTE_HEADER_BYTES || length > left) {
            throw new MalformedMessageException("attribute length=" + length + " left=" + left);
        }
        type = Bytes.unsignedShort(bytes, following + 2) & TYPE_MASK;
        value = following + Rtnl.ATTRIBUTE_HEADER_BYTES;
        valueBytes = length - Rtnl.ATTRIBUTE_HEADER_BYTES;
        following = Math.min(end, following + Rtnl.align(length));
        return true;
    }

    /** The attribute's number, without the flags for nesting and byte order. */
    public int type() {
        return type;
    }

    /** Bytes of its value. */
    public int length() {
        return valueBytes;
    }

    /** Its first byte as 0 to 255. */
    public int unsignedByte() {
        return bytes[need(0, 1)] & 0xFF;
    }

    /** Its first two bytes as 0 to 65535. */
    public int unsignedShort() {
        return Bytes.unsignedShort(bytes, need(0, 2));
    }

    /** Its first four bytes. */
    public int getInt() {
        return Bytes.getInt(bytes, need(0, 4));
    }

    /** Its first four bytes as 0 to 4294967295. */
    public long unsignedInt() {
        return getInt() & 0xFFFF_FFFFL;
    }

    /** Four bytes at an offset of its value. */
    public int getInt(final int offset) {
        return Bytes.getInt(bytes, need(offset, 4));
    }

    /** Two bytes at an offset of its value, as 0 to 65535. */
    public int unsignedShort(final int offset) {
        return Bytes.unsignedShort(bytes, need(offset, 2));
    }

    /** One byte at an offset of its value, as 0 to 255. */
    public int unsignedByte(final int offset) {
        return bytes[need(offset, 1)] & 0xFF;
    }

    /** Its value as text, up to the first zero byte. */
    public String getString() {
        int length = 0;
        while (length < valueBytes && bytes[value + length] != 0) {
            length++;
        }
        return new String(bytes, value, length, StandardCharsets.UTF_8);
    }

    /** An address, its family told by its length of 4 or 16 bytes. */
    public IpAddress getAddress() {
        return address(0, valueBytes);
    }

    /** An address of the family that the message is of. */
    public IpAddress getAddress(final int family) {
        final IpAddress address = getAddress();
        if (address.family() != family) {
            throw new MalformedMessageException("family=" + family + " but attribute type=" + type + " bytes=" + valueBytes);
        }
        return address;
    }

    /** {@code struct rtvia}: a gateway of another family, the family first. */
    IpAddress getVia() {
        final int family = unsignedShort();
        final IpAddress address = address(2, valueBytes - 2);
        if (address.family() != family) {
            throw new MalformedMessageException("rtvia family=" + family + " bytes=" + (valueBytes - 2));
        }
        return address;
    }

    /** A MAC address in the low 48 bits, or 0 if the value does not have 6 bytes. */
    public long getMac() {
        return valueBytes == 6
                ? (long) Bytes.unsignedShortBE(bytes, value) << 32 | (Bytes.getIntBE(bytes, value + 2) & 0xFFFF_FFFFL)
                : 0;
    }

    /** A hash of the value, for attributes of which only equality matters. */
    long hash() {
        return Arrays.hashCode(Arrays.copyOfRange(bytes, value, value + valueBytes)) * 31L + valueBytes;
    }

    /** True if every byte of the value is zero. */
    boolean isZero() {
        for (int i = 0; i < valueBytes; i++) {
            if (bytes[value + i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** The attributes inside this one. */
    public Attributes nested() {
        return nested(0);
    }

    /** The attributes inside this one, after a header of so many bytes. */
    public Attributes nested(final int headerBytes) {
        need(0, headerBytes);
        return new Attributes(bytes, value + headerBytes, value + valueBytes);
    }

    /** The attributes in a part of this one's value. */
    Attributes nested(final int from, final int to) {
        need(from, to - from);
        return new Attributes(bytes, value + from, value + to);
    }

    private IpAddress address(final int offset, final int length) {
        return switch (length) {
            case 4 -> IpAddress.v4(Bytes.getIntBE(bytes, need(offset, 4)));
            case 16 -> IpAddress.v6(
                    Bytes.getLongBE(bytes, need(offset, 16)), Bytes.getLongBE(bytes, value + offset + 8));
            default -> throw new MalformedMessageException("address in attribute type=" + type + " bytes=" + length);
        };
    }

    private int need(final int offset, final int count) {
        if (offset < 0 || count < 0 || count > valueBytes - offset) {
            throw new MalformedMessageException("attribute type=" + type + " has bytes=" + valueBytes + ", needed: "
                    + count + " at offset=" + offset);
        }
        return value + offset;
    }
}
