package io.penstock.rules.compile;

import io.penstock.rules.hot.TableImage;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How often packets may come to a chain, as far as the rules tell: a packet that is in a chain is as likely to be taken by each of its rules, and those
 * that jump take it on. Of a thousand services' chains one is as likely as the other, and all are seldom; the chains that lead to them are not.
 *
 * <p>Threads: any.
 */
final class ChainShares {

    /** Less than this is not followed further: what is behind it is less likely still. */
    private static final double LEAST = 1.0 / 1024;
    /** Jumps within jumps that are followed: far more than there are methods for, and far fewer than would overflow the stack. */
    private static final int DEEPEST = 64;

    private final TableImage image;
    /** Of the packets of all hooks together, which are as likely as each other: a share of 1 is one hook's. */
    private final double[] shares;

    private ChainShares(final TableImage image) {
        this.image = image;
        this.shares = new double[image.names.length];
    }

    /** A table's chains with at least a share of some hook's packets, the likeliest first. */
    static int[] likely(final TableImage image, final double least) {
        final ChainShares of = new ChainShares(image);
        Arrays.stream(image.hooks).filter(chain -> chain >= 0).forEach(chain -> of.enter(chain, 1, 0));
        return IntStream.range(0, of.shares.length).filter(chain -> of.shares[chain] >= least).boxed()
                .sorted((a, b) -> Double.compare(of.shares[b], of.shares[a])).mapToInt(Integer::intValue).toArray();
    }

    /** Rules lead to no chain that they come from, so that this ends; and no deeper than shares of {@link #LEAST}, or {@link #DEEPEST}. */
    private void enter(final int chain, final double share, final int depth) {
        shares[chain] += share;
        final int first = image.starts[chain];
        final int end = image.end(chain);
        final double each = share / Math.max(1, end - first);
        if (each < LEAST || depth == DEEPEST) {
            return;
        }
        for (int number = first; number < end; number++) {
            final byte operation = image.operations[number];
            if (operation == TableImage.JUMP || operation == TableImage.GOTO) {
                enter(image.callees[number], each, depth + 1);
            }
        }
    }
}
