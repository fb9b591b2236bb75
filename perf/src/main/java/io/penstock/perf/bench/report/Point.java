package io.penstock.perf.bench.report;

/**
 * A measured point of a line.
 *
 * @param low the least that was measured; {@code y} when there is no spread
 * @param high the most that was measured; {@code y} when there is no spread
 */
public record Point(double x, double y, double low, double high) {

    public static Point of(final double x, final double y) {
        return new Point(x, y, y, y);
    }

    boolean hasSpread() {
        return Double.isFinite(low) && Double.isFinite(high) && low < high;
    }
}
