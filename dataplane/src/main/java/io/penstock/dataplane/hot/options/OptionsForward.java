package io.penstock.dataplane.hot.options;

import io.penstock.os.hot.packet.Checksum;
import io.penstock.os.hot.packet.Ipv4Layout;
import io.penstock.os.hot.packet.Ipv4OptionLayout;

/**
 * Fills in what a forwarding host fills in: its address on the way out instead of the one on the way in, and the next
 * address of a source route as the destination.
 *
 * <p>The checksum is computed anew when anything was changed since receipt, so a header whose checksum was 0xFFFF leaves
 * with 0x0000, as the kernel's does.
 *
 * <p>A timestamp's address stays that of the way in unless the packet follows a source route: the kernel does it so.
 *
 * <p>Source: RFC 1812, 5.2.4.1; net/ipv4/ip_options.c ip_forward_options.
 */
public final class OptionsForward {

    private static final int SLOT_BYTES = Ipv4OptionLayout.SLOT_BYTES;
    private static final int LAST_OF_SLOT = SLOT_BYTES - 1;

    private OptionsForward() {
    }

    /** Fills in the options of a packet about to leave; to be called once, behind the FORWARD hooks. */
    public static void forward(final long ip, final int headerBytes, final long state, final OptionHost host) {
        boolean changed = OptionState.isChanged(state);
        if ((state & OptionState.RECORD_NEEDS_ADDRESS) != 0) {
            changed |= setFilled(ip, headerBytes, OptionState.recordRoute(state), SLOT_BYTES, host);
        }
        if (OptionState.isSourceRouteHit(state)) {
            changed |= sourceRoute(ip, headerBytes, state, host);
        }
        if (changed) {
            Checksum.writeIpv4(ip, headerBytes);
        }
    }

    private static boolean sourceRoute(
            final long ip, final int headerBytes, final long state, final OptionHost host) {
        final int nextHop = OptionState.nextHop(state);
        final int at = OptionState.sourceRoute(state);
        final long option = ip + at;
        final int length = Math.min(Ipv4OptionLayout.length(option), headerBytes - at);
        int pointer = Math.max(1, Ipv4OptionLayout.pointer(option));
        while (pointer + LAST_OF_SLOT <= length && Ipv4OptionLayout.slot(option, pointer) != nextHop) {
            pointer += SLOT_BYTES;
        }
        boolean changed = false;
        // A hook may have rewritten the option: then the next hop is not in it any more.
        if (pointer + LAST_OF_SLOT <= length) {
            Ipv4Layout.setDestination(ip, nextHop);
            Ipv4OptionLayout.setSlot(option, pointer, host.forwardAddress(ip));
            Ipv4OptionLayout.setPointer(option, pointer + SLOT_BYTES);
            changed = true;
        }
        if ((state & OptionState.TIMESTAMP_NEEDS_ADDRESS) != 0) {
            changed |= setFilled(ip, headerBytes, OptionState.timestamp(state), 2 * SLOT_BYTES, host);
        }
        return changed;
    }

    /** Replaces the address that was filled in on receipt, unless a hook has rewritten the option since. */
    private static boolean setFilled(
            final long ip, final int headerBytes, final int at, final int slotBytes, final OptionHost host) {
        final int filled = Ipv4OptionLayout.pointer(ip + at) - slotBytes;
        if (filled < 1 || at + filled - 1 + slotBytes > headerBytes) {
            return false;
        }
        Ipv4OptionLayout.setSlot(ip + at, filled, host.forwardAddress(ip));
        return true;
    }
}
