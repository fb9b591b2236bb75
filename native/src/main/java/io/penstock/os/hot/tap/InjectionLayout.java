package io.penstock.os.hot.tap;

import io.penstock.os.hot.memory.Memory;

/**
 * The first six bytes of a frame on its way to the kernel, in the place of the destination address: where it is to be
 * received, and with which mark. The program on the TAP device puts the port's own address back, which is what the frame
 * had (a frame to another unicast address is not for the host), or the broadcast address.
 *
 * <pre>
 *  0      1       2                    6                    12           14
 * +------+-------+--------------------+--------------------+------------+-----
 * | port | flags | mark               | source address     | EtherType  | ...
 * +------+-------+--------------------+--------------------+------------+-----
 * </pre>
 *
 * <p>So the frame stays as long as it is, and whatever lies behind the address is not moved. The mark is in the machine's
 * order.
 */
public final class InjectionLayout {

    public static final int PORT = 0;
    public static final int FLAGS = 1;
    public static final int MARK = 2;

    /** Flag: the frame was to everybody. */
    public static final int BROADCAST = 1;

    private InjectionLayout() {
    }

    /** Writes over a frame's destination. */
    public static void write(final long frame, final int port, final int flags, final int mark) {
        Memory.putShort(frame, port | flags << Byte.SIZE);
        Memory.putInt(frame + MARK, mark);
    }
}
