package io.penstock.perf.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Chooses the ticks that are labelled, so that no two labels touch. */
final class TickFit {

    private TickFit() {
    }

    /**
     * As many of the ticks as can have their labels, in ascending order.
     *
     * @param pixels the length of the axis
     * @param room what a label takes along the axis, with the space to the next
     */
    static List<AxisScale.Tick> labelled(final List<AxisScale.Tick> ticks, final double pixels, final ToDoubleFunction<AxisScale.Tick> room) {
        final List<AxisScale.Tick> first = ticks.stream().filter(t -> t.level() == 0).toList();
        List<AxisScale.Tick> chosen = first;
        for (int stride = 2; !fits(chosen, pixels, room); stride++) {
            chosen = strided(first, stride);
        }
        final List<AxisScale.Tick> all = merged(chosen, ticks.stream().filter(t -> t.level() == 1).toList());
        if (chosen == first && fits(all, pixels, room)) {
            chosen = all;
        }
        for (final AxisScale.Tick single : ticks) {
            if (single.level() == 2) {
                final List<AxisScale.Tick> more = merged(chosen, List.of(single));
                chosen = fits(more, pixels, room) ? more : chosen;
            }
        }
        return chosen;
    }

    private static boolean fits(final List<AxisScale.Tick> ticks, final double pixels, final ToDoubleFunction<AxisScale.Tick> room) {
        for (int i = 1; i < ticks.size(); i++) {
            final double needed = (room.applyAsDouble(ticks.get(i - 1)) + room.applyAsDouble(ticks.get(i))) / 2;
            if ((ticks.get(i).at() - ticks.get(i - 1).at()) * pixels < needed) {
                return false;
            }
        }
        return true;
    }

    private static List<AxisScale.Tick> strided(final List<AxisScale.Tick> ticks, final int stride) {
        final List<AxisScale.Tick> kept = new ArrayList<>();
        for (int i = 0; i < ticks.size(); i += stride) {
            kept.add(ticks.get(i));
        }
        return kept;
    }

    private static List<AxisScale.Tick> merged(final List<AxisScale.Tick> some, final List<AxisScale.Tick> others) {
        final List<AxisScale.Tick> all = new ArrayList<>(some);
        all.addAll(others);
        all.sort(Comparator.comparingDouble(AxisScale.Tick::at));
        return all;
    }
}
