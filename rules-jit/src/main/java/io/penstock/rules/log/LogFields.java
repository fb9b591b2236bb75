package io.penstock.rules.log;

import java.util.HexFormat;

/** Pieces of a line, each with a blank behind it. */
final class LogFields {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private LogFields() {
    }

    /** A number behind its name. */
    static void decimal(final StringBuilder line, final String name, final int number) {
        line.append(name).append('=').append(Integer.toUnsignedString(number)).append(' ');
    }

    /** An index of IPsec. */
    static void index(final StringBuilder line, final int index) {
        line.append("SPI=0x").append(Integer.toHexString(index)).append(' ');
    }

    /** That a header is cut off; how many bytes are there of it, counted without a sign as the kernel does, may be less than none. */
    static void incomplete(final StringBuilder line, final LoggedPacket packet, final int offset) {
        line.append("INCOMPLETE [").append(Integer.toUnsignedString(packet.length() - offset)).append(" bytes] ");
    }

    /** Options, in hexadecimal. */
    static void options(final StringBuilder line, final LoggedPacket packet, final int offset, final int count) {
        final int from = packet.linkBytes() + offset;
        line.append("OPT (").append(HEX.formatHex(packet.bytes(), from, from + count)).append(") ");
    }
}
