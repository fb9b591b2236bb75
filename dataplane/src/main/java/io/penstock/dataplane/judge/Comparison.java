package io.penstock.dataplane.judge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whether two sides did the same with each packet.
 *
 * <p>What leaves must be the same bytes on the same ports, in the same order on each port; what this host gets must be the same
 * packets. The rest may differ only as {@link Tolerance} says.
 *
 * <p>Threads: one.
 */
final class Comparison {

    private final int ports;
    private final Spent spent = new Spent();

    /** A comparison over so many ports. */
    Comparison(final int ports) {
        this.ports = ports;
    }

    /** All differences, in the order of the packets. */
    List<Difference> of(final List<Arrival> arrivals, final List<Reaction> kernel, final List<Reaction> penstock) {
        final List<Difference> differences = new ArrayList<>();
        for (int i = 0; i < arrivals.size(); i++) {
            final Difference difference = of(i, arrivals.get(i), kernel.get(i), penstock.get(i));
            if (difference != null) {
                differences.add(difference);
            }
        }
        return differences;
    }

    /** The difference, or null; packets of one comparison are given in their order. */
    Difference of(final int index, final Arrival arrival, final Reaction kernel, final Reaction penstock) {
        if (kernel.isDrop() && penstock.isDrop()) {
            return null;
        }
        String how = delivered(arrival, hostOf(arrival, kernel), hostOf(arrival, penstock));
        for (int port = 0; how == null && port < ports; port++) {
            how = sent(arrival, on(port, kernel), on(port, penstock));
        }
        spent.note(arrival, kernel);
        spent.note(arrival, penstock);
        if (how == null) {
            return null;
        }
        final String kernelWords = Words.of(arrival, kernel);
        final String penstockWords = Words.of(arrival, penstock);
        final String kind = "IPv" + arrival.version() + ": kernel " + kernelWords + ", Penstock " + penstockWords
                + (kernelWords.equals(penstockWords) ? ", " + how : "");
        return new Difference(index, arrival, kernel, penstock, kind);
    }

    private static String delivered(final Arrival arrival, final List<byte[]> kernel, final List<byte[]> penstock) {
        if (Tolerance.isHeldForReassembly(arrival, kernel, penstock)) {
            return null;
        }
        if (kernel.size() != penstock.size()) {
            return "more packets delivered by one";
        }
        for (int i = 0; i < kernel.size(); i++) {
            if (!Arrays.equals(kernel.get(i), penstock.get(i))
                    && !Tolerance.isSameDelivery(arrival, kernel.get(i), penstock.get(i))) {
                return "delivered " + where(kernel.get(i), penstock.get(i));
            }
        }
        return null;
    }

    private String sent(final Arrival arrival, final List<byte[]> allOfKernel, final List<byte[]> allOfPenstock) {
        final boolean isFragment = Joined.isFragment(arrival.bytes());
        List<byte[]> kernel = isFragment ? Joined.of(allOfKernel) : allOfKernel;
        List<byte[]> penstock = isFragment ? Joined.of(allOfPenstock) : allOfPenstock;
        if (kernel.size() != penstock.size()) {
            kernel = owed(arrival, kernel);
            penstock = owed(arrival, penstock);
        }
        if (kernel.size() != penstock.size()) {
            return kernel.isEmpty() || penstock.isEmpty() ? "by other ports" : "more packets by one";
        }
        for (int i = 0; i < kernel.size(); i++) {
            if (!Arrays.equals(kernel.get(i), penstock.get(i))
                    && !Tolerance.isSamePacket(arrival, kernel.get(i), penstock.get(i))) {
                return where(Tolerance.plain(arrival, kernel.get(i)), Tolerance.plain(arrival, penstock.get(i)));
            }
        }
        return null;
    }

    /** Without what may be held back. */
    private List<byte[]> owed(final Arrival arrival, final List<byte[]> packets) {
        return packets.stream().filter(packet -> !spent.isOptional(arrival, packet)).toList();
    }

    /**
     * Whether one side has sent an error to the router itself, and the other has not: it passes the hooks of OUTPUT and INPUT. Where rules rewrite
     * addresses, it may be about any packet.
     */
    static boolean isErrorToItself(final Arrival arrival, final Reaction kernel, final Reaction penstock) {
        return hostOf(arrival, kernel).size() - kernel.delivered().size() != hostOf(arrival, penstock).size() - penstock.delivered().size();
    }

    /** What the host got, but for the router's own errors, of which the translation of addresses may make errors to the router itself. */
    private static List<byte[]> hostOf(final Arrival arrival, final Reaction reaction) {
        return reaction.delivered().isEmpty() ? List.of()
                : reaction.delivered().stream().filter(packet -> !Words.isOwnError(arrival.bytes(), packet)).toList();
    }

    private static List<byte[]> on(final int port, final Reaction reaction) {
        if (reaction.sent().isEmpty()) {
            return List.of();
        }
        return reaction.sent().stream().filter(sent -> sent.port() == port).map(Reaction.Sent::bytes).toList();
    }

    /** Where two packets begin to differ, in words that are the same for differences of one cause. */
    private static String where(final byte[] kernel, final byte... penstock) {
        final int at = Arrays.mismatch(kernel, penstock);
        if (at < 0) {
            return "in times";
        }
        final boolean isShorter = at >= Math.min(kernel.length, penstock.length);
        return isShorter ? "one is shorter"
                : "first at " + FieldNames.of(kernel, at) + (kernel.length == penstock.length ? "" : ", lengths differ too");
    }
}
