package io.penstock.rules.match;

import io.penstock.os.sys.Errno;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.Place;
import java.util.List;

/**
 * Compares the rate of an estimator with a rate, or with another estimator's.
 *
 * @param first    the estimator's name
 * @param second   the other estimator's name, null for none
 * @param isDelta  whether what is compared is how far the rates are below the ones given
 * @param bytes    whether bytes are compared
 * @param packets  whether packets are compared
 * @param bytes1   the first one's rate. Unit: byte/s, 32 bits unsigned
 * @param bytes2   the second one's, or the one to compare with
 * @param packets1 the first one's rate. Unit: packets/s, 32 bits unsigned
 * @param packets2 the second one's, or the one to compare with
 * @param mode     eq, lt or gt, null for not given
 * @param inverted whether it must not be so
 */
public record RateestMatch(
        String first,
        String second,
        boolean isDelta,
        boolean bytes,
        boolean packets,
        int bytes1,
        int bytes2,
        int packets1,
        int packets2,
        String mode,
        boolean inverted)
        implements Match {

    /** What estimators are called; see {@link io.penstock.rules.api.Target#provided}. */
    private static final String OBJECT = "rateest ";
    private static final double MEGA = 1_000_000.0;
    private static final double KILO = 1000.0;

    @Override
    public MatchKind kind() {
        return RateestKind.RATEEST;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(isDelta ? " --rateest-delta" : "").append(second == null ? " --rateest " : " --rateest1 ").append(first);
        if (bytes) {
            save(out, "bps", bits(bytes1), bits(bytes2));
        }
        if (packets) {
            save(out, "pps", number(packets1), number(packets2));
        }
        out.append(second == null ? "" : " --rateest2 " + second);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" rateest match ").append(first).append(isDelta ? " delta" : "");
        if (bytes) {
            out.append(" bps").append(isDelta ? rate(bytes1, scope) : "");
            if (second == null) {
                mode(out.append(rate(bytes2, scope)), "");
            }
        }
        if (packets) {
            out.append(" pps").append(isDelta ? number(packets1) : "");
            if (second == null) {
                mode(out, "");
                out.append(number(packets2));
            }
        }
        if (second == null) {
            return;
        }
        mode(out, "");
        out.append(' ').append(second);
        if (bytes) {
            out.append(" bps").append(isDelta ? rate(bytes2, scope) : "");
        }
        if (packets) {
            out.append(" pps").append(isDelta ? number(packets2) : "");
        }
    }

    @Override
    public int check(final Place place) {
        return mode == null || !bytes && !packets ? Errno.EINVAL : Kind.FINE;
    }

    @Override
    public List<String> needed() {
        return second == null ? List.of(OBJECT + first) : List.of(OBJECT + first, OBJECT + second);
    }

    private void save(final StringBuilder out, final String unit, final String rate1, final String rate2) {
        if (isDelta) {
            out.append(" --rateest-").append(unit).append('1').append(rate1);
        }
        mode(out, "--rateest-");
        out.append(" --rateest-").append(unit).append(isDelta ? "2" : "");
        out.append(isDelta || second == null ? rate2 : "");
    }

    private void mode(final StringBuilder out, final String before) {
        out.append(inverted ? " ! " : " ").append(before).append(mode);
    }

    private static String rate(final int rate, final ListScope scope) {
        return scope.isNumeric() ? number(rate) : bits(rate);
    }

    private static String number(final int rate) {
        return " " + Integer.toUnsignedString(rate);
    }

    private static String bits(final int rate) {
        final double bits = (double) Integer.toUnsignedLong(rate) * Byte.SIZE;
        if (bits >= KILO * MEGA) {
            return " " + (long) Math.rint(bits / MEGA) + "Mbit";
        }
        return bits >= MEGA ? " " + (long) Math.rint(bits / KILO) + "Kbit" : " " + (long) bits + "bit";
    }
}
