package io.penstock.dataplane.pcap;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Builds captures byte by byte, as the formats' documents draw them, in either byte order. */
final class CaptureBytes {

    private final ByteOrder order;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    CaptureBytes(final ByteOrder order) {
        this.order = order;
    }

    CaptureBytes classic(final int magic, final int linkType) {
        return ints(magic).shorts(2, 4).ints(0, 0, 65_535, linkType);
    }

    CaptureBytes packet(final int seconds, final int fraction, final int original, final byte... data) {
        return ints(seconds, fraction, data.length, original).bytes(data);
    }

    CaptureBytes section() {
        return block(0x0A0D_0D0A, new CaptureBytes(order).ints(0x1A2B_3C4D).shorts(1, 0).ints(-1, -1));
    }

    CaptureBytes description(final int linkType, final int snaplen, final CaptureBytes options) {
        return block(1, new CaptureBytes(order).shorts(linkType, 0).ints(snaplen).bytes(options.toArray()));
    }

    CaptureBytes enhanced(final int id, final long time, final int original, final byte... data) {
        return block(6, new CaptureBytes(order)
                .ints(id, (int) (time >>> 32), (int) time, data.length, original)
                .bytes(data)
                .pad());
    }

    CaptureBytes obsolete(final int id, final long time, final byte... data) {
        return block(2, new CaptureBytes(order)
                .shorts(id, 7)
                .ints((int) (time >>> 32), (int) time, data.length, data.length)
                .bytes(data)
                .pad());
    }

    CaptureBytes simple(final int original, final byte... data) {
        return block(3, new CaptureBytes(order).ints(original).bytes(data).pad());
    }

    CaptureBytes option(final int code, final byte... value) {
        return shorts(code, value.length).bytes(value).pad();
    }

    CaptureBytes block(final int type, final CaptureBytes body) {
        final int total = body.out.size() + 12;
        return ints(type, total).bytes(body.toArray()).ints(total);
    }

    CaptureBytes ints(final int... values) {
        for (final int value : values) {
            bytes(ByteBuffer.allocate(4).order(order).putInt(value).array());
        }
        return this;
    }

    CaptureBytes shorts(final int... values) {
        for (final int value : values) {
            bytes(ByteBuffer.allocate(2).order(order).putShort((short) value).array());
        }
        return this;
    }

    CaptureBytes bytes(final byte... values) {
        out.writeBytes(values);
        return this;
    }

    CaptureBytes pad() {
        while (out.size() % 4 != 0) {
            out.write(0);
        }
        return this;
    }

    CaptureBytes none() {
        return new CaptureBytes(order);
    }

    byte[] toArray() {
        return out.toByteArray();
    }
}
