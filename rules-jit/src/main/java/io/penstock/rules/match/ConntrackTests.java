package io.penstock.rules.match;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.os.netlink.IpAddress;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotConnAddress4;
import io.penstock.rules.hot.match.HotConnAddress6;
import io.penstock.rules.hot.match.HotConnDirection;
import io.penstock.rules.hot.match.HotConnExpiry;
import io.penstock.rules.hot.match.HotConnKey;
import io.penstock.rules.hot.match.HotConnProtocol;
import io.penstock.rules.hot.match.HotConnState;
import io.penstock.rules.hot.match.HotConnStatus;
import io.penstock.rules.hot.match.HotConntrack;
import java.util.ArrayList;
import java.util.List;

/**
 * What runs for a {@link ConntrackMatch}, and what it says of a packet that a rule has planned the tracking of: to rules it has a connection
 * that is all zero but for its status.
 *
 * <p>Threads: one.
 */
final class ConntrackTests {

    private static final int PLANNED_STATUS = ConnStatus.CONFIRMED | ConnStatus.TEMPLATE;

    private final HotConnState state;
    private final List<HotMatch> tests = new ArrayList<>();
    private boolean takesPlanned = true;

    ConntrackTests(final ConntrackMatch match) {
        state = match.states() == null ? null : new HotConnState(match.states().value(), match.states().inverted());
        if (match.reply() != null) {
            add(new HotConnDirection(match.reply() ? ConnDirection.REPLY : ConnDirection.ORIGINAL), !match.reply(), false);
        }
        if (match.protocol() != null) {
            final int protocol = match.protocol().value();
            add(new HotConnProtocol(protocol, match.protocol().inverted()), protocol == 0, match.protocol().inverted());
        }
        address(match.originalSource(), ConnDirection.ORIGINAL, false);
        address(match.originalTarget(), ConnDirection.ORIGINAL, true);
        address(match.replySource(), ConnDirection.REPLY, false);
        address(match.replyTarget(), ConnDirection.REPLY, true);
        keys(match.originalSources(), ConnDirection.ORIGINAL, false);
        keys(match.originalTargets(), ConnDirection.ORIGINAL, true);
        keys(match.replySources(), ConnDirection.REPLY, false);
        keys(match.replyTargets(), ConnDirection.REPLY, true);
        if (match.status() != null) {
            final int bits = match.status().value();
            add(new HotConnStatus(bits, match.status().inverted()), (bits & PLANNED_STATUS) != 0, match.status().inverted());
        }
        if (match.expires() != null) {
            final NumberRange range = match.expires().value();
            add(new HotConnExpiry(range.low(), range.high(), match.expires().inverted()), hasZero(range), match.expires().inverted());
        }
    }

    /** The match, ready to run. */
    HotMatch hot() {
        return tests.isEmpty() ? state : new HotConntrack(state, takesPlanned, tests.toArray(HotMatch[]::new));
    }

    private void add(final HotMatch test, final boolean agreesWithPlanned, final boolean inverted) {
        tests.add(test);
        takesPlanned &= agreesWithPlanned != inverted;
    }

    private void address(final Given<MaskedAddress> given, final int direction, final boolean destination) {
        if (given == null) {
            return;
        }
        final IpAddress address = given.value().address();
        final IpAddress mask = given.value().mask();
        final boolean inverted = given.inverted();
        add(address.family() == IpAddress.V4
                        ? new HotConnAddress4(direction, destination, (int) address.low(), (int) mask.low(), inverted)
                        : new HotConnAddress6(direction, destination, address.high(), address.low(), mask.high(), mask.low(), inverted),
                (address.high() & mask.high() | address.low() & mask.low()) == 0, inverted);
    }

    private void keys(final Given<NumberRange> given, final int direction, final boolean destination) {
        if (given != null) {
            final NumberRange range = given.value();
            add(new HotConnKey(direction, destination, (int) range.low(), (int) range.high(), given.inverted()), hasZero(range),
                    given.inverted());
        }
    }

    private static boolean hasZero(final NumberRange range) {
        return range.low() == 0;
    }
}
