package io.penstock.dataplane.hot.port;

import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.hot.pipeline.PortIo;
import io.penstock.dataplane.hot.pipeline.PortTally;
import io.penstock.dataplane.hot.pipeline.TxQueue;
import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.memory.Regions;
import io.penstock.os.hot.packet.EthernetLayout;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.hot.packet.UdpLayout;
import io.penstock.os.hot.ring.FrameStack;
import io.penstock.os.hot.tap.InjectionLayout;
import io.penstock.os.hot.tap.OriginLayout;
import io.penstock.os.hot.tap.VirtioNetLayout;
import io.penstock.os.sys.Errno;
import io.penstock.os.tap.TapDevice;

/**
 * A worker's queue of the host's TAP device: sends what is for the host, receives what the host's sockets send.
 *
 * <p>Invariants:
 * <ol>
 *   <li>What is received has {@code inPort}, {@code outPort} (the kernel's own choice), {@code mark} and {@code uid} set; its
 *       Ethernet header is complete, its checksums are, and no frame is larger than its device's MTU.</li>
 *   <li>A frame sent is overwritten in place: {@link InjectionLayout} over its destination, {@link VirtioNetLayout} before
 *       it. Segments of a TCP connection that follow each other are joined to one ({@link TcpJoiner}).</li>
 *   <li>What somebody else sends through the device by its name is thrown away.</li>
 * </ol>
 *
 * <p>Looking whether there is something to read costs a system call. The kernel counts what it hands over in memory that is
 * shared; while that count stands still, only every {@value #LOOK_ROUNDS}th round looks. Threads: the worker.
 */
public final class TapPortIo implements PortIo {

    /**
     * After how many rounds it looks without being told. Unit: rounds of 0.1 to 50 us. The count runs ahead of the queue: a
     * sender that loses its processor between the two for longer than {@link #EAGER_ROUNDS} waits for this. Lower: more
     * system calls for nothing, up to a microsecond each.
     */
    private static final int LOOK_ROUNDS = 64;

    /** How many rounds it looks after the count has changed. Unit: rounds. A frame is in the queue within a microsecond. */
    private static final int EAGER_ROUNDS = 64;

    /** Memory that an end needs. Unit: bytes. */
    public static final int SCRATCH_BYTES = TcpJoiner.SCRATCH_BYTES;

    private static final int PREFIX_BYTES = VirtioNetLayout.BYTES + OriginLayout.BYTES;

    private final TapDevice tap;
    private final long cookie;
    private final long handedOver;
    private final FrameStack frames;
    private final int roomBytes;
    private final TcpJoiner joiner;
    private final PortTally tally = new PortTally();
    private long handedOverSeen;
    private int eagerRounds;
    private int quietRounds;

    /**
     * A queue's end.
     *
     * @param cookie     what the kernel's programs prove themselves by
     * @param handedOver where the kernel counts what it hands over, a long
     * @param frameBytes bytes of a frame; the packet begins after {@link MemoryPortIo#HEADROOM}
     * @param scratch    {@link #SCRATCH_BYTES} bytes of memory
     */
    public TapPortIo(
            final TapDevice tap,
            final long cookie,
            final long handedOver,
            final FrameStack frames,
            final int frameBytes,
            final long scratch) {
        this.tap = tap;
        this.cookie = cookie;
        this.handedOver = handedOver;
        this.frames = frames;
        this.roomBytes = frameBytes - MemoryPortIo.HEADROOM;
        this.joiner = new TcpJoiner(scratch);
    }

    @Override
    public int receive(final Batch b, final int max) {
        final long now = Memory.getLongOpaque(handedOver);
        if (now != handedOverSeen) {
            handedOverSeen = now;
            eagerRounds = EAGER_ROUNDS;
        } else if (eagerRounds != 0) {
            eagerRounds--;
        } else if (++quietRounds < LOOK_ROUNDS) {
            return 0;
        }
        quietRounds = 0;
        final int n = read(b, Math.min(max, frames.count()));
        if (n != 0) {
            eagerRounds = EAGER_ROUNDS;
        }
        return n;
    }

    private int read(final Batch b, final int most) {
        int n = 0;
        long bytes = 0;
        for (int i = 0; i < most; i++) {
            final long frame = frames.pop() + MemoryPortIo.HEADROOM;
            final long header = frame - OriginLayout.BYTES;
            final int length = tap.read(frame - PREFIX_BYTES, PREFIX_BYTES + roomBytes) - PREFIX_BYTES;
            if (length < EthernetLayout.HEADER_BYTES || !OriginLayout.isValid(header, cookie)) {
                frames.push(frame);
                if (length < -PREFIX_BYTES) {
                    break;
                }
                continue;
            }
            b.frame[n] = frame;
            b.length[n] = length;
            b.inPort[n] = Batch.FROM_HOST;
            b.outPort[n] = OriginLayout.port(header);
            b.mark[n] = OriginLayout.mark(header);
            b.uid[n] = OriginLayout.uid(header);
            bytes += length;
            Regions.window(frame, length);
            n++;
        }
        tally.rxPackets += n;
        tally.rxBytes += bytes;
        return n;
    }

    @Override
    public int send(final TxQueue queue) {
        int sent = 0;
        int last = queue.count;
        long bytes = 0;
        while (sent < last) {
            final int joined = write(queue, sent);
            if (joined < 0) {
                // The device is there and has no use for this one: it is refused with what is left, the others are not.
                queue.putLast(sent, -joined);
                last += joined;
                continue;
            }
            if (joined == 0) {
                break;
            }
            final int end = sent + joined;
            while (sent < end) {
                bytes += queue.length[sent];
                frames.push(queue.frame[sent]);
                sent++;
            }
        }
        tally.txPackets += sent;
        tally.txBytes += bytes;
        tally.txFull += queue.count - sent;
        return sent;
    }

    @Override
    public PortTally tally() {
        return tally;
    }

    /**
     * Writes a frame with those that can be joined to it.
     *
     * @return how many they were; 0 when the device has no room; the negative number when it refuses just these
     */
    private int write(final TxQueue queue, final int at) {
        final long frame = queue.frame[at];
        final long header = frame - VirtioNetLayout.BYTES;
        Regions.unwindow(frame);
        final int joined = joiner.join(queue, at);
        if (joined == 1) {
            writeHeader(queue, at, header);
        }
        InjectionLayout.write(frame, queue.inPort[at],
                EthernetLayout.isMulticast(EthernetLayout.destination(frame)) ? InjectionLayout.BROADCAST : 0, queue.mark[at]);
        final int answer = joined == 1 ? tap.write(header, VirtioNetLayout.BYTES + queue.length[at])
                : tap.writePieces(joiner.vectors(), joined);
        return answer >= 0 ? joined : answer == -Errno.EINVAL || answer == -Errno.EMSGSIZE ? -joined : 0;
    }

    private static void writeHeader(final TxQueue queue, final int at, final long header) {
        final int transport = queue.transport[at];
        if (transport == 0) {
            VirtioNetLayout.writePlain(header);
        } else {
            VirtioNetLayout.writePartial(header, transport, queue.protocol[at] == IpProtocol.TCP
                    ? TcpLayout.CHECKSUM : UdpLayout.CHECKSUM);
        }
    }
}
