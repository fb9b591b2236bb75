package io.penstock.dataplane.hot.options;

import io.penstock.os.hot.memory.Memory;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv4OptionLayout;

/**
 * Checks a received packet's options and fills in what the receiving host fills in.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Nothing outside the header is read or written.</li>
 *   <li>The options are taken in order up to the first that is malformed; what stands before it has been filled in by then,
 *       and the error message shows that.</li>
 *   <li>The header checksum is left as it was: {@link OptionsForward} corrects it. Whoever sees the header in between, such
 *       as the sender of an error that quotes it, sees the old one, as with the kernel.</li>
 * </ol>
 *
 * <p>What is checked, and at which byte the problem is:
 *
 * <pre>
 *  any kind     leaves the header, or is shorter than 2 bytes              kind
 *  routes       shorter than 3 bytes                                       length
 *               pointer below 4; recording: a last slot that is cut off    pointer
 *               a second one                                               kind
 *  timestamp    shorter than 4 bytes                                       length
 *               pointer below 5, or a last slot that is cut off            pointer
 *               the 16th host that finds no room                           overflow counter
 *               a second one                                               kind
 *  alert        shorter than 4 bytes                                       length
 *  CIPSO        shorter than 8 bytes                                       length
 *               a domain that this host knows nothing of, which is any     domain
 *               a second one                                               kind
 * </pre>
 *
 * <p>Security and stream identifiers, and kinds that nobody knows, are passed on as they are.
 *
 * <p>Source: RFC 791, 3.1; RFC 781; RFC 1812, 5.2.4; RFC 2113; net/ipv4/ip_options.c __ip_options_compile. Differs from
 * Linux: CIPSO domains cannot be configured, so every such packet is refused, as by a kernel where none is configured.
 */
public final class OptionsReceive {

    private static final int MIN_OPTION_BYTES = 2;
    private static final int MIN_CIPSO_BYTES = 8;
    /** What a pointer is at least: that of the first slot. */
    private static final int FIRST_ROUTE_SLOT = Ipv4OptionLayout.ROUTE_HEADER_BYTES + 1;
    private static final int FIRST_TIMESTAMP_SLOT = Ipv4OptionLayout.TIMESTAMP_HEADER_BYTES + 1;
    private static final int SLOT_BYTES = Ipv4OptionLayout.SLOT_BYTES;

    private OptionsReceive() {
    }

    /**
     * Checks and fills in the options; to be called after the routing decision, once.
     *
     * @param headerBytes bytes of the header with its options, all of them there
     * @param timestampMs ms since midnight UTC
     */
    public static long receive(final long ip, final int headerBytes, final int timestampMs, final OptionHost host) {
        long state = OptionState.NONE;
        int at = Ipv4Layout.HEADER_BYTES;
        while (at < headerBytes) {
            final int kind = Ipv4OptionLayout.kind(ip + at);
            if (kind == Ipv4OptionLayout.END) {
                return clear(ip, at + 1, headerBytes, state);
            }
            if (kind == Ipv4OptionLayout.NO_OPERATION) {
                at++;
                continue;
            }
            final int left = headerBytes - at;
            if (left < MIN_OPTION_BYTES) {
                return OptionState.problem(state, at);
            }
            final int length = Ipv4OptionLayout.length(ip + at);
            if (length < MIN_OPTION_BYTES || length > left) {
                return OptionState.problem(state, at);
            }
            state = option(ip, at, kind, length, state, timestampMs, host);
            if (OptionState.isProblem(state)) {
                return state;
            }
            at += length;
        }
        return state;
    }

    private static long option(
            final long ip,
            final int at,
            final int kind,
            final int length,
            final long state,
            final int timestampMs,
            final OptionHost host) {
        return switch (kind) {
            case Ipv4Layout.OPTION_LOOSE_SOURCE_ROUTE -> sourceRoute(ip, at, length, state);
            case Ipv4Layout.OPTION_STRICT_SOURCE_ROUTE -> strict(sourceRoute(ip, at, length, state));
            case Ipv4Layout.OPTION_RECORD_ROUTE -> recordRoute(ip, at, length, state, host);
            case Ipv4Layout.OPTION_TIMESTAMP -> timestamp(ip, at, length, state, timestampMs, host);
            case Ipv4Layout.OPTION_ROUTER_ALERT -> alert(ip, at, length, state);
            case Ipv4Layout.OPTION_CIPSO -> cipso(at, length, state);
            default -> state;
        };
    }

    private static long sourceRoute(final long ip, final int at, final int length, final long state) {
        if (length < Ipv4OptionLayout.ROUTE_HEADER_BYTES) {
            return OptionState.problem(state, at + Ipv4OptionLayout.LENGTH);
        }
        if (Ipv4OptionLayout.pointer(ip + at) < FIRST_ROUTE_SLOT) {
            return OptionState.problem(state, at + Ipv4OptionLayout.POINTER);
        }
        return OptionState.hasSourceRoute(state)
                ? OptionState.problem(state, at)
                : OptionState.withSourceRoute(state, at);
    }

    private static long strict(final long state) {
        return OptionState.isProblem(state) ? state : state | OptionState.STRICT;
    }

    private static long recordRoute(
            final long ip, final int at, final int length, final long state, final OptionHost host) {
        final long option = ip + at;
        if (OptionState.recordRoute(state) != 0) {
            return OptionState.problem(state, at);
        }
        if (length < Ipv4OptionLayout.ROUTE_HEADER_BYTES) {
            return OptionState.problem(state, at + Ipv4OptionLayout.LENGTH);
        }
        final int pointer = Ipv4OptionLayout.pointer(option);
        if (pointer < FIRST_ROUTE_SLOT || isCutOff(pointer, SLOT_BYTES, length)) {
            return OptionState.problem(state, at + Ipv4OptionLayout.POINTER);
        }
        final long found = OptionState.withRecordRoute(state, at);
        if (pointer > length) {
            return found;
        }
        Ipv4OptionLayout.setSlot(option, pointer, host.receiveAddress(ip));
        Ipv4OptionLayout.setPointer(option, pointer + SLOT_BYTES);
        return found | OptionState.RECORD_NEEDS_ADDRESS | OptionState.CHANGED;
    }

    private static long timestamp(
            final long ip,
            final int at,
            final int length,
            final long state,
            final int timestampMs,
            final OptionHost host) {
        final long option = ip + at;
        if (OptionState.timestamp(state) != 0) {
            return OptionState.problem(state, at);
        }
        if (length < Ipv4OptionLayout.TIMESTAMP_HEADER_BYTES) {
            return OptionState.problem(state, at + Ipv4OptionLayout.LENGTH);
        }
        final int pointer = Ipv4OptionLayout.pointer(option);
        if (pointer < FIRST_TIMESTAMP_SLOT) {
            return OptionState.problem(state, at + Ipv4OptionLayout.POINTER);
        }
        final int flag = Ipv4OptionLayout.flag(option);
        if (pointer > length) {
            return overflow(option, at, flag, state);
        }
        final int slotBytes = flag == Ipv4OptionLayout.FLAG_ADDRESS_AND_TIME || flag == Ipv4OptionLayout.FLAG_PRESPECIFIED
                ? 2 * SLOT_BYTES : SLOT_BYTES;
        if (isCutOff(pointer, slotBytes, length)) {
            return OptionState.problem(state, at + Ipv4OptionLayout.POINTER);
        }
        final long found = OptionState.withTimestamp(state, at);
        return switch (flag) {
            case Ipv4OptionLayout.FLAG_TIME -> {
                stamp(option, pointer, timestampMs);
                yield found | OptionState.TIMESTAMP_NEEDS_TIME | OptionState.CHANGED;
            }
            case Ipv4OptionLayout.FLAG_ADDRESS_AND_TIME -> {
                Ipv4OptionLayout.setSlot(option, pointer, host.receiveAddress(ip));
                stamp(option, pointer + SLOT_BYTES, timestampMs);
                yield found | OptionState.TIMESTAMP_NEEDS_ADDRESS | OptionState.TIMESTAMP_NEEDS_TIME | OptionState.CHANGED;
            }
            case Ipv4OptionLayout.FLAG_PRESPECIFIED -> {
                if (host.isUnicast(Ipv4OptionLayout.slot(option, pointer))) {
                    yield found;
                }
                stamp(option, pointer + SLOT_BYTES, timestampMs);
                yield found | OptionState.TIMESTAMP_NEEDS_TIME | OptionState.CHANGED;
            }
            default -> found;
        };
    }

    /** Writes the time where the pointer points, and moves it behind. */
    private static void stamp(final long option, final int pointer, final int timestampMs) {
        Ipv4OptionLayout.setSlot(option, pointer, timestampMs);
        Ipv4OptionLayout.setPointer(option, pointer + SLOT_BYTES);
    }

    /** There is no room: counts this host among those that found none. Nobody but those named is asked for a time. */
    private static long overflow(final long option, final int at, final int flag, final long state) {
        if (flag == Ipv4OptionLayout.FLAG_PRESPECIFIED) {
            return OptionState.withTimestamp(state, at);
        }
        final int overflow = Ipv4OptionLayout.overflow(option);
        if (overflow == Ipv4OptionLayout.MAX_OVERFLOW) {
            return OptionState.problem(state, at + Ipv4OptionLayout.OVERFLOW_FLAG);
        }
        Ipv4OptionLayout.setOverflow(option, overflow + 1);
        return OptionState.withTimestamp(state, at) | OptionState.CHANGED;
    }

    private static long alert(final long ip, final int at, final int length, final long state) {
        if (length < Ipv4OptionLayout.ALERT_BYTES) {
            return OptionState.problem(state, at + Ipv4OptionLayout.LENGTH);
        }
        return Ipv4OptionLayout.alertValue(ip + at) == 0 ? state | OptionState.ALERT : state;
    }

    private static long cipso(final int at, final int length, final long state) {
        if (OptionState.cipso(state) != 0) {
            return OptionState.problem(state, at);
        }
        final int byteAt = length < MIN_CIPSO_BYTES ? Ipv4OptionLayout.LENGTH : Ipv4OptionLayout.POINTER;
        return OptionState.problem(OptionState.withCipso(state, at), at + byteAt);
    }

    /** True for a slot that starts in the option and ends behind it. */
    private static boolean isCutOff(final int pointer, final int slotBytes, final int length) {
        return pointer <= length && pointer + slotBytes - 1 > length;
    }

    /** What follows the end of the list is padding, and padding is 0. */
    private static long clear(final long ip, final int from, final int headerBytes, final long state) {
        long changed = 0;
        for (int at = from; at < headerBytes; at++) {
            if (Ipv4OptionLayout.kind(ip + at) != Ipv4OptionLayout.END) {
                Memory.putByte(ip + at, (byte) Ipv4OptionLayout.END);
                changed = OptionState.CHANGED;
            }
        }
        return state | changed;
    }
}
