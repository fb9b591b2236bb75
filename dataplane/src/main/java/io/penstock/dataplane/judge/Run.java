package io.penstock.dataplane.judge;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What both sides did with a case's packets.
 *
 * @param arrivals the packets
 * @param times    when each came, in nanoseconds since 1970
 * @param kernel   what the kernel did with each
 * @param penstock what Penstock did with each
 */
record Run(List<Arrival> arrivals, long[] times, List<Reaction> kernel, List<Reaction> penstock) {

    /** All differences, in the order of the packets. */
    List<Difference> differences(final int ports) {
        return new Comparison(ports).of(arrivals, kernel, penstock);
    }

    /** How many packets there were about which one side told the router itself. */
    int errorsToItself() {
        return (int) IntStream.range(0, arrivals.size())
                .filter(i -> Comparison.isErrorToItself(arrivals.get(i), kernel.get(i), penstock.get(i))).count();
    }

    /** A difference that shows after the last packet. */
    Difference atEnd(final String kind) {
        final int last = arrivals.size() - 1;
        return new Difference(last, arrivals.get(last), kernel.get(last), penstock.get(last), kind);
    }

    /** The first packets, with what another engine does with them at the same times. */
    Run first(final int count, final PenstockRouter other) {
        final List<Arrival> some = arrivals.subList(0, count);
        return new Run(some, times, kernel.subList(0, count), other.run(some, times));
    }
}
