package io.penstock.dataplane.hot.options;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv4OptionLayout;
import java.util.Arrays;

/**
 * The options that the answer to a packet carries: its record route and timestamp go on being filled in, its source route is
 * taken backwards, its CIPSO label goes with it. No other option is given back.
 *
 * <p>Invariants:
 * <ol>
 *   <li>At most 40 bytes, a multiple of 4, whatever the packet says by now.</li>
 *   <li>What {@link #write} and {@link #destination} do belongs to the last {@link #prepare} that was true.</li>
 * </ol>
 *
 * <p>Source: RFC 1122, 3.2.2 and 4.1.3.2; RFC 1812, 4.3.2.6 and 5.2.4.1; net/ipv4/ip_options.c __ip_options_echo and
 * ip_options_build. Threads: one, which owns the object.
 */
public final class OptionEcho {

    /** The most options that a header has room for. */
    private static final int MAX_BYTES = Ipv4Layout.MAX_HEADER_BYTES - Ipv4Layout.HEADER_BYTES;
    private static final int SLOT_BYTES = Ipv4OptionLayout.SLOT_BYTES;
    private static final int ROUTE_HEADER_BYTES = Ipv4OptionLayout.ROUTE_HEADER_BYTES;
    /** Options are padded to these. */
    private static final int WORD_BYTES = 4;
    private static final int MIN_OPTION_BYTES = 2;
    private static final int NONE = -1;

    private final byte[] echo = new byte[MAX_BYTES];
    private int bytes;
    /** Where in the options something is yet to be written, or {@link #NONE}. */
    private int recordAt = NONE;
    private int stampAddressAt = NONE;
    private int stampTimeAt = NONE;
    private int lastHopAt = NONE;
    private int firstHop;

    /**
     * Collects the options that go back.
     *
     * @param ip    the packet that is answered
     * @param state its {@link OptionState}
     * @return false when the options contradict themselves: then there is no answer
     */
    public boolean prepare(final long ip, final long state, final OptionHost host) {
        bytes = 0;
        recordAt = NONE;
        stampAddressAt = NONE;
        stampTimeAt = NONE;
        lastHopAt = NONE;
        return state == OptionState.NONE || prepareSlow(ip, state, host);
    }

    /** Bytes of options that the answer carries. */
    public int bytes() {
        return bytes;
    }

    /** Where the answer goes: to the packet's source, or to the first hop on the way back there. */
    public int destination(final long ip) {
        return lastHopAt == NONE ? Ipv4Layout.source(ip) : firstHop;
    }

    /**
     * Writes the options behind a fixed header.
     *
     * @param to     the answer's header
     * @param target where the answer goes to in the end
     * @param source the answer's source
     */
    public void write(final long to, final int target, final int source, final int timestampMs) {
        if (bytes != 0) {
            final long options = to + Ipv4Layout.HEADER_BYTES;
            Memory.copyFromArray(echo, 0, options, bytes);
            fill(options, lastHopAt, target);
            fill(options, recordAt, source);
            fill(options, stampAddressAt, source);
            fill(options, stampTimeAt, timestampMs);
        }
    }

    private static void fill(final long options, final int at, final int word) {
        if (at != NONE) {
            Memory.putIntBE(options + at, word);
        }
    }

    private boolean prepareSlow(final long ip, final long state, final OptionHost host) {
        final int headerBytes = Ipv4Layout.headerBytes(ip);
        final int recordRoute = OptionState.recordRoute(state);
        final int timestamp = OptionState.timestamp(state);
        final int sourceRoute = OptionState.sourceRoute(state);
        final int cipso = OptionState.cipso(state);
        if (recordRoute != 0 && !echoRecordRoute(ip, recordRoute, headerBytes, state)
                || timestamp != 0 && !echoTimestamp(ip, timestamp, headerBytes, state, host)
                || sourceRoute != 0 && !echoSourceRoute(ip, sourceRoute, headerBytes)
                || cipso != 0 && copy(ip, cipso, headerBytes) == 0) {
            return false;
        }
        final int padded = bytes + WORD_BYTES - 1 & -WORD_BYTES;
        Arrays.fill(echo, bytes, padded, (byte) Ipv4OptionLayout.END);
        bytes = padded;
        return true;
    }

    private boolean echoRecordRoute(final long ip, final int at, final int headerBytes, final long state) {
        final int start = bytes;
        final int length = copy(ip, at, headerBytes);
        if (length == 0) {
            return false;
        }
        final int pointer = Ipv4OptionLayout.pointer(ip + at);
        if ((state & OptionState.RECORD_NEEDS_ADDRESS) != 0 && pointer <= length) {
            if (pointer + SLOT_BYTES - 1 > length) {
                return false;
            }
            setPointer(start, pointer + SLOT_BYTES);
            recordAt = start + pointer - 1;
        }
        return true;
    }

    private boolean echoTimestamp(
            final long ip, final int at, final int headerBytes, final long state, final OptionHost host) {
        final int start = bytes;
        final int length = copy(ip, at, headerBytes);
        if (length == 0) {
            return false;
        }
        int pointer = Ipv4OptionLayout.pointer(ip + at);
        if (pointer > length) {
            return true;
        }
        if ((state & OptionState.TIMESTAMP_NEEDS_ADDRESS) != 0) {
            if (pointer + SLOT_BYTES - 1 > length) {
                return false;
            }
            stampAddressAt = start + pointer - 1;
            pointer += SLOT_BYTES;
        }
        if ((state & OptionState.TIMESTAMP_NEEDS_TIME) != 0) {
            if (pointer + SLOT_BYTES - 1 > length) {
                return false;
            }
            if (Ipv4OptionLayout.flag(ip + at) != Ipv4OptionLayout.FLAG_PRESPECIFIED) {
                stampTimeAt = start + pointer - 1;
                pointer += SLOT_BYTES;
            } else if (pointer + 2 * SLOT_BYTES - 1 <= length
                    && !host.isUnicast(Ipv4OptionLayout.slot(ip + at, pointer))) {
                stampTimeAt = start + pointer - 1 + SLOT_BYTES;
                pointer += 2 * SLOT_BYTES;
            }
        }
        setPointer(start, pointer);
        return true;
    }

    /** Takes the hops that are behind the packet in reverse order, the last one first, and its source at the end. */
    private boolean echoSourceRoute(final long ip, final int at, final int headerBytes) {
        final long option = ip + at;
        final int length = Ipv4OptionLayout.length(option);
        if (length < ROUTE_HEADER_BYTES || at + length > headerBytes) {
            return false;
        }
        int from = Math.min(Ipv4OptionLayout.pointer(option), length + 1) - SLOT_BYTES;
        int hops = 0;
        if (from >= SLOT_BYTES) {
            firstHop = Ipv4OptionLayout.slot(option, from);
            from -= SLOT_BYTES;
            hops = SLOT_BYTES;
            while (from >= SLOT_BYTES) {
                if (bytes + hops + SLOT_BYTES - 1 > MAX_BYTES) {
                    return false;
                }
                Memory.copyToArray(option + from - 1, echo, bytes + hops - 1, SLOT_BYTES);
                from -= SLOT_BYTES;
                hops += SLOT_BYTES;
            }
            // A route that names the source as its first hop would visit it twice on the way back (RFC 1812, 5.2.4.1).
            if (Ipv4OptionLayout.slot(option, from + SLOT_BYTES) == Ipv4Layout.source(ip)) {
                hops -= SLOT_BYTES;
            }
        }
        if (hops > 0) {
            final int echoed = hops + ROUTE_HEADER_BYTES;
            if (bytes + echoed > MAX_BYTES) {
                return false;
            }
            echo[bytes + Ipv4OptionLayout.KIND] = (byte) Ipv4OptionLayout.kind(option);
            echo[bytes + Ipv4OptionLayout.LENGTH] = (byte) echoed;
            setPointer(bytes, ROUTE_HEADER_BYTES + 1);
            lastHopAt = bytes + echoed - SLOT_BYTES;
            bytes += echoed;
        }
        return true;
    }

    /** Copies an option whole; 0 when it is not there whole any more, because a hook has rewritten the header. */
    private int copy(final long ip, final int at, final int headerBytes) {
        final int length = Ipv4OptionLayout.length(ip + at);
        if (length < MIN_OPTION_BYTES || at + length > headerBytes || bytes + length > MAX_BYTES) {
            return 0;
        }
        Memory.copyToArray(ip + at, echo, bytes, length);
        bytes += length;
        return length;
    }

    private void setPointer(final int start, final int pointer) {
        echo[start + Ipv4OptionLayout.POINTER] = (byte) pointer;
    }
}
