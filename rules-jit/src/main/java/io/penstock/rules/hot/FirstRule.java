package io.penstock.rules.hot;

import io.penstock.rules.hot.match.HotAlways;
import io.penstock.rules.hot.match.HotConnState;

/**
 * What a built-in chain says at its very beginning of packets of which nothing is known but how they belong to their connection: most packets of a stateful
 * firewall are accepted there. Who calls the table can ask before it looks at the packet, count, and be done.
 *
 * <p>Threads: control; what it says is read by any.
 */
final class FirstRule {

    private static final int HOOKS = 5;
    private static final int ALL = -1;

    private FirstRule() {
    }

    /** By hook, a bit for each {@code ConnInfo} whose packets the chain accepts at once; 0 for none. */
    static int[] of(final TableImage image) {
        final int[] accepted = new int[HOOKS];
        for (int hook = 0; hook < HOOKS; hook++) {
            final int chain = image.hooks[hook];
            accepted[hook] = chain < 0 ? 0 : accepted(image, image.starts[chain], chain);
        }
        return accepted;
    }

    private static int accepted(final TableImage image, final int number, final int chain) {
        if (image.operations[number] != TableImage.ACCEPT) {
            return 0;
        }
        // An empty chain's policy takes what comes.
        return number == image.end(chain) ? ALL : accepted(image.matches[number]);
    }

    private static int accepted(final HotMatch... matches) {
        int accepted = ALL;
        for (final HotMatch match : matches) {
            if (match instanceof final HotConnState state) {
                accepted &= state.infos();
            } else if (!(match instanceof HotAlways) && !isAny(match)) {
                return 0;
            }
        }
        return accepted;
    }

    private static boolean isAny(final HotMatch match) {
        return match instanceof final Selector4 four && four.isAny() || match instanceof final Selector6 six && six.isAny();
    }
}
