package io.penstock.rules.hot.match;

import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.RulePacket;

/**
 * Who sent it ({@code owner_mt}). A packet that no known socket sent is taken where everything that is asked for is asked for inverted;
 * one that a socket of the kernel's own sent, of which nobody is the owner, where ids are.
 *
 * <p>Differs from Linux: of a sender's groups only the one is known that its socket carries, so {@code --suppl-groups} adds none. Any
 * worker.
 */
public final class HotOwner implements HotMatch {

    /** Ids, unsigned. */
    public record Bounds(int low, int high, boolean inverted) {

        boolean holds(final int id) {
            return (Integer.compareUnsigned(id, low) >= 0 && Integer.compareUnsigned(id, high) <= 0) != inverted;
        }
    }

    private final Bounds user;
    private final Bounds group;
    private final boolean takesNone;
    private final boolean takesSome;
    private final boolean takesKernels;

    /** A match of senders; null ids are any. */
    public HotOwner(
            final Bounds user, final Bounds group, final boolean socket, final boolean socketInverted, final boolean otherGroups) {
        this.user = user;
        this.group = group;
        takesNone = (user == null || user.inverted) && (group == null || group.inverted) && (!socket || socketInverted)
                && !otherGroups;
        takesSome = !socket || !socketInverted;
        takesKernels = takesSome && (user == null || user.inverted) && (group == null || group.inverted);
    }

    @Override
    public boolean matches(final RulePacket packet) {
        if (packet.uid == RulePacket.NO_SOCKET) {
            return packet.kernelSocket ? takesKernels : takesNone;
        }
        return takesSome && (user == null || user.holds(packet.uid)) && (group == null || group.holds(packet.gid));
    }
}
