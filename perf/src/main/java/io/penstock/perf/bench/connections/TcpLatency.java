package io.penstock.perf.bench.connections;

import io.penstock.dataplane.cli.Json;
import io.penstock.perf.connections.tcp.TcpTimes;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * How long connections and transactions took, at a rate.
 *
 * <p>Threads: the clients'; read afterwards.
 */
final class TcpLatency implements TcpTimes {

    private static final double NS_PER_US = 1e3;
    private static final int DIGITS = 3;
    private static final double[] PERCENTILES = {50, 99, 99.9};
    private static final String[] NAMES = {"p50", "p99", "p99_9"};

    private final long perSecond;
    private final Histogram connect = new Histogram(DIGITS);
    private final Histogram firstByte = new Histogram(DIGITS);
    private final Histogram lastByte = new Histogram(DIGITS);

    /** Nothing yet. */
    TcpLatency(final long perSecond) {
        this.perSecond = perSecond;
    }

    @Override
    public void connected(final long ns) {
        connect.recordValue(Math.max(0, ns));
    }

    @Override
    public void firstByte(final long ns) {
        firstByte.recordValue(Math.max(0, ns));
    }

    @Override
    public void lastByte(final long ns) {
        lastByte.recordValue(Math.max(0, ns));
    }

    /** Adds an object. */
    void write(final Json json) {
        json.object().field("connections_per_second", perSecond);
        write(json, "connect_us", connect);
        write(json, "first_byte_us", firstByte);
        write(json, "last_byte_us", lastByte);
        json.end();
    }

    /** For people, a line each. */
    String[] lines() {
        return new String[] {line("connect", connect), line("first byte", firstByte), line("last byte", lastByte)};
    }

    long perSecond() {
        return perSecond;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "at %,d connections a second %s; %s", perSecond, line("connect", connect), line("last byte", lastByte));
    }

    private static void write(final Json json, final String name, final Histogram times) {
        json.name(name).object().field("count", times.getTotalCount()).field("min", us(times.getMinValue())).field("mean", times.getMean() / NS_PER_US);
        for (int i = 0; i < PERCENTILES.length; i++) {
            json.field(NAMES[i], us(times.getValueAtPercentile(PERCENTILES[i])));
        }
        json.field("max", us(times.getMaxValue())).end();
    }

    private static String line(final String name, final Histogram times) {
        return String.format(Locale.ROOT, "%s min %.1f p50 %.1f p99 %.1f p99.9 %.1f max %.1f us", name, us(times.getMinValue()),
                us(times.getValueAtPercentile(PERCENTILES[0])), us(times.getValueAtPercentile(PERCENTILES[1])),
                us(times.getValueAtPercentile(PERCENTILES[2])), us(times.getMaxValue()));
    }

    private static double us(final long ns) {
        return ns / NS_PER_US;
    }
}
