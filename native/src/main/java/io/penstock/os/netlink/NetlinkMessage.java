package io.penstock.os.netlink;

/**
 * One received message: {@code struct nlmsghdr}, a fixed header that its type defines, and attributes.
 *
 * <pre>
 *   0        4      6       8          12     16              16 + fixed
 *   +--------+------+-------+----------+------+---------------+-----------------+
 *   | length | type | flags | sequence | port | fixed header  | attributes ...  |
 *   +--------+------+-------+----------+------+---------------+-----------------+
 * </pre>
 *
 * <p>Invariants:
 * <ol>
 *   <li>The whole message lies inside the array; that is checked once, when the view is made.</li>
 *   <li>Every read is checked against the message's own end. A read beyond it, or an attribute that claims more than
 *       there is, throws {@link MalformedMessageException}; a neighbouring message is never read.</li>
 *   <li>The view is valid until the next datagram is received.</li>
 * </ol>
 *
 * <p>Source: netlink(7), RFC 3549. Threads: the one that reads the socket.
 */
public final class NetlinkMessage {

    private final byte[] bytes;
    private final int start;
    private final int end;

    private NetlinkMessage(final byte[] bytes, final int start, final int end) {
        this.bytes = bytes;
        this.start = start;
        this.end = end;
    }

    /** The message at {@code offset} of a datagram that ends at {@code limit}. */
    static NetlinkMessage at(final byte[] bytes, final int offset, final int limit) {
        if (offset < 0 || limit > bytes.length || limit - offset < Rtnl.MESSAGE_HEADER_BYTES) {
            throw new MalformedMessageException("a header needs 16 bytes: left=" + (limit - offset));
        }
        final int length = Bytes.getInt(bytes, offset);
        if (length < Rtnl.MESSAGE_HEADER_BYTES || length > limit - offset) {
            throw new MalformedMessageException("length=" + Integer.toUnsignedString(length) + " left=" + (limit - offset));
        }
        return new NetlinkMessage(bytes, offset, offset + length);
    }

    /** Where the next message of the datagram starts; may be past its end. */
    int next() {
        return start + Rtnl.align(end - start);
    }

    /** What it says, one of {@code RTM_*} or netlink's own. */
    public int type() {
        return Bytes.unsignedShort(bytes, start + 4);
    }

    /** {@code NLM_F_*}. */
    public int flags() {
        return Bytes.unsignedShort(bytes, start + 6);
    }

    /** The number of the request that it answers; 0 in events. */
    public int sequence() {
        return Bytes.getInt(bytes, start + 8);
    }

    /** True if the flag is set. */
    boolean has(final int flag) {
        return (flags() & flag) != 0;
    }

    /** Bytes after the message header. */
    public int bodyBytes() {
        return end - start - Rtnl.MESSAGE_HEADER_BYTES;
    }

    /** One byte of the body as 0 to 255. */
    public int unsignedByte(final int offset) {
        return bytes[body(offset, 1)] & 0xFF;
    }

    /** Two bytes of the body as 0 to 65535. */
    public int unsignedShort(final int offset) {
        return Bytes.unsignedShort(bytes, body(offset, 2));
    }

    /** Four bytes of the body. */
    public int getInt(final int offset) {
        return Bytes.getInt(bytes, body(offset, 4));
    }

    /** The attributes after a fixed header of so many bytes. */
    public Attributes attributes(final int headerBytes) {
        body(0, headerBytes);
        final int from = start + Rtnl.MESSAGE_HEADER_BYTES + Rtnl.align(headerBytes);
        return new Attributes(bytes, Math.min(from, end), end);
    }

    private int body(final int offset, final int count) {
        if (offset < 0 || count < 0 || count > bodyBytes() - offset) {
            throw new MalformedMessageException("type=" + type() + " has bytes=" + bodyBytes() + ", needed: "
                    + count + " at offset=" + offset);
        }
        return start + Rtnl.MESSAGE_HEADER_BYTES + offset;
    }
}
