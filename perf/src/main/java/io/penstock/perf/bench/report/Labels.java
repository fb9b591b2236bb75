package io.penstock.perf.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Moves labels apart that would lie over each other, each as little as possible. */
final class Labels {

    private Labels() {
    }

    /**
     * Where the labels go: in the order of their wishes, at least {@code gap} apart, between {@code least} and {@code most}. When there is not that much room,
     * they come closer.
     *
     * @param wanted a position for each label
     */
    static double[] spread(final double[] wanted, final double gap, final double least, final double most) {
        final int count = wanted.length;
        final double step = count < 2 ? gap : Math.min(gap, (most - least) / (count - 1));
        final int[] order = IntStream.range(0, count).boxed().sorted(Comparator.comparingDouble(i -> wanted[i])).mapToInt(i -> i).toArray();
        // Labels that touch move as one block, whose middle is where the middles of its wishes are (pool adjacent violators).
        final List<Block> blocks = new ArrayList<>();
        for (final int label : order) {
            Block block = new Block(1, wanted[label]);
            while (!blocks.isEmpty() && blocks.getLast().end(step, least, most) + step > block.start(step, least, most) + 1e-9) {
                block = blocks.removeLast().with(block);
            }
            blocks.add(block);
        }
        final double[] placed = new double[count];
        int next = 0;
        for (final Block block : blocks) {
            for (int i = 0; i < block.count; i++) {
                placed[order[next++]] = block.start(step, least, most) + i * step;
            }
        }
        return placed;
    }

    /**
     * Labels side by side.
     *
     * @param wish the mean of where they want to be
     */
    private record Block(int count, double wish) {

        double start(final double step, final double least, final double most) {
            final double length = (count - 1) * step;
            return Math.max(least, Math.min(most - length, wish - length / 2));
        }

        double end(final double step, final double least, final double most) {
            return start(step, least, most) + (count - 1) * step;
        }

        Block with(final Block below) {
            return new Block(count + below.count, (wish * count + below.wish * below.count) / (count + below.count));
        }
    }
}
