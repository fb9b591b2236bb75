package io.penstock.perf.bench.connections;

import java.util.Locale;

/**
 * Connections that were there at a time.
 *
 * @param wanted    how many there were to be
 * @param held      how many there were, each answered once
 * @param again     of them, those that were answered again when all were there
 * @param entries   that the firewall had then, or -1 where there is none
 * @param perSecond how fast they came, answered
 */
record TcpCapacity(int wanted, int held, long again, long entries, double perSecond) {

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%,d connections at a time of %,d wanted, %,d of them answered again then%s; opened at %,.0f a second", held,
                wanted, again, entries < 0 ? "" : String.format(Locale.ROOT, ", %,d entries", entries), perSecond);
    }
}
