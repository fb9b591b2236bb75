package io.penstock.rules.match;

import io.penstock.os.sys.Errno;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HashlimitSettings;
import io.penstock.rules.hot.match.HashlimitTable;
import io.penstock.rules.hot.match.HotHashlimit;

/**
 * {@code -m hashlimit}: so many packets or bytes in a time, of each address or flow.
 *
 * @param family     which addresses
 * @param mode       {@link HashlimitSettings}'s bits: what a flow is, and how it is counted
 * @param period     packets: the time from one to the next, unsigned, in 1/1,000,000 s; bytes: the cost of 16 of them
 * @param burst      packets: how many may follow each other at once; bytes: how many seconds' worth
 * @param size       buckets, unsigned; 0 for as many as there is memory for
 * @param max        flows at most, unsigned; 0 for eight a bucket
 * @param gcInterval how often flows that are gone are looked for, unsigned. Unit: ms
 * @param expire     when a flow that is still is gone, unsigned. Unit: ms
 * @param interval   matching rates: how long one is measured. Unit: s
 * @param sourceBits the source's prefix length
 * @param destinationBits the destination's prefix length
 * @param name       the list's name
 */
public record HashlimitMatch(
        IpFamily family,
        int mode,
        long period,
        long burst,
        int size,
        int max,
        int gcInterval,
        int expire,
        int interval,
        int sourceBits,
        int destinationBits,
        String name)
        implements RunnableMatch {

    /** What a second is divided into. */
    static final long SCALE = 1_000_000;
    /** The most buckets, and the most flows, that the kernel keeps. */
    static final int MAX_SIZE = 1 << 20;
    static final int DEFAULT_GC_INTERVAL = 1000;
    static final int MS_PER_S = 1000;
    private static final long UNSIGNED_32 = 0xFFFF_FFFFL;

    private static final String HELP = """
            hashlimit match options:
              --hashlimit-upto <avg>           max average match rate
                                               [Packets per second unless followed by\s
                                               /sec /minute /hour /day postfixes]
              --hashlimit-above <avg>          min average match rate
              --hashlimit-mode <mode>          mode is a comma-separated list of
                                               dstip,srcip,dstport,srcport (or none)
              --hashlimit-srcmask <length>     source address grouping prefix length
              --hashlimit-dstmask <length>     destination address grouping prefix length
              --hashlimit-name <name>          name for /proc/net/ipt_hashlimit
              --hashlimit-burst <num>\t    number to match in a burst, default 5
              --hashlimit-htable-size <num>    number of hashtable buckets
              --hashlimit-htable-max <num>     number of hashtable entries
              --hashlimit-htable-gcinterval    interval between garbage collection runs
              --hashlimit-htable-expire        after which time are idle entries expired?
              --hashlimit-rate-match           rate match the flow without rate-limiting it
              --hashlimit-rate-interval        interval in seconds for hashlimit-rate-match

            """;

    private static final OptionSpec UPTO =
            OptionSpec.of("hashlimit-upto", OptionType.STRING).inverted().excluding("hashlimit-above");
    static final MatchKind KIND = DescribedMatchKind.of(
            "hashlimit",
            3,
            HELP,
            HashlimitParser::new,
            UPTO,
            OptionSpec.of("hashlimit-above", OptionType.STRING).inverted().excluding("hashlimit-upto"),
            OptionSpec.alias("hashlimit", UPTO),
            OptionSpec.of("hashlimit-srcmask", OptionType.PREFIX_LENGTH),
            OptionSpec.of("hashlimit-dstmask", OptionType.PREFIX_LENGTH),
            OptionSpec.of("hashlimit-burst", OptionType.STRING),
            OptionSpec.of("hashlimit-htable-size", OptionType.UINT32),
            OptionSpec.of("hashlimit-htable-max", OptionType.UINT32),
            OptionSpec.of("hashlimit-htable-gcinterval", OptionType.UINT32),
            OptionSpec.of("hashlimit-htable-expire", OptionType.UINT32),
            OptionSpec.of("hashlimit-mode", OptionType.STRING),
            OptionSpec.of("hashlimit-name", OptionType.STRING).needed().between(1, 0),
            OptionSpec.of("hashlimit-rate-match", OptionType.NONE),
            OptionSpec.of("hashlimit-rate-interval", OptionType.STRING));

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(has(HashlimitSettings.INVERT) ? " --hashlimit-above" : " --hashlimit-upto");
        final int seconds;
        if (has(HashlimitSettings.BYTES)) {
            seconds = ByteRate.write(out, period, burst, "--hashlimit-");
        } else {
            seconds = Rate.write(out, period, SCALE);
            out.append(" --hashlimit-burst ").append(Long.toUnsignedString(burst));
        }
        mode(out, " --hashlimit-mode ", ',');
        out.append(" --hashlimit-name ").append(name);
        table(out, " --hashlimit-", seconds);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(has(HashlimitSettings.INVERT) ? " limit: above" : " limit: up to");
        final int seconds;
        if (has(HashlimitSettings.BYTES)) {
            seconds = ByteRate.write(out, period, burst, "");
        } else {
            seconds = Rate.write(out, interval == 0 ? period : period * Integer.toUnsignedLong(interval), SCALE);
            out.append(" burst ").append(Long.toUnsignedString(burst));
        }
        mode(out, " mode ", '-');
        table(out, " ", seconds);
    }

    private void mode(final StringBuilder out, final String label, final char separator) {
        String before = label;
        for (final HashlimitParser.Part part : HashlimitParser.Part.values()) {
            if (has(part.bit)) {
                out.append(before).append(part.text);
                before = String.valueOf(separator);
            }
        }
    }

    private void table(final StringBuilder out, final String dashes, final int seconds) {
        final int bits = family.addressBytes() * Byte.SIZE;
        number(out, dashes, "htable-size", size, 0);
        number(out, dashes, "htable-max", max, 0);
        number(out, dashes, "htable-gcinterval", gcInterval, DEFAULT_GC_INTERVAL);
        number(out, dashes, "htable-expire", expire, seconds * MS_PER_S);
        number(out, dashes, "srcmask", sourceBits, bits);
        number(out, dashes, "dstmask", destinationBits, bits);
        if (has(HashlimitSettings.RATE_MATCH)) {
            out.append(dashes).append("rate-match");
            number(out, dashes, "rate-interval", interval, 1);
        }
    }

    private static void number(final StringBuilder out, final String dashes, final String label, final int number, final int usual) {
        if (number != usual) {
            out.append(dashes).append(label).append(' ').append(Integer.toUnsignedString(number));
        }
    }

    private boolean has(final int bit) {
        return (mode & bit) != 0;
    }

    @Override
    public int check(final Place place) {
        final int named = ProcNames.check(name);
        final int bits = family.addressBytes() * Byte.SIZE;
        if (named != Kind.FINE || gcInterval == 0 || expire == 0 || sourceBits > bits || destinationBits > bits) {
            return named != Kind.FINE ? named : Errno.EINVAL;
        }
        if (has(HashlimitSettings.RATE_MATCH)) {
            return period == 0 || Long.compareUnsigned(period, UNSIGNED_32) > 0 ? Errno.ERANGE
                    : interval == 0 ? Errno.EINVAL : Kind.FINE;
        }
        if (has(HashlimitSettings.BYTES)) {
            return HashlimitCredits.ofBytes(period) == 0 ? Errno.EINVAL : Kind.FINE;
        }
        return burst == 0 || Long.compareUnsigned(HashlimitCredits.of(period * burst), HashlimitCredits.of(period)) < 0
                ? Errno.ERANGE : Kind.FINE;
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        final boolean isV6 = family == IpFamily.IPV6;
        // The kernel keeps a directory of lists for each family.
        final HashlimitTable table = scope.shared(
                HashlimitTable.class, (isV6 ? "ip6t/" : "ipt/") + name, () -> new HashlimitTable(settings(isV6), scope.nowNs()));
        return new HotHashlimit(table, mode);
    }

    private HashlimitSettings settings(final boolean isV6) {
        final boolean isRate = has(HashlimitSettings.RATE_MATCH);
        final boolean isBytes = has(HashlimitSettings.BYTES);
        final long rate = isBytes ? ByteRate.bytes(period) : Long.divideUnsigned(SCALE, Math.max(period, 1));
        return new HashlimitSettings(
                isV6,
                mode,
                isRate ? 0 : isBytes ? HashlimitCredits.ofBytes(period) : HashlimitCredits.of(period),
                isRate ? 0 : isBytes ? burst : HashlimitCredits.of(period * burst),
                isBytes ? HashlimitCredits.BYTES_PER_SECOND : HashlimitCredits.PER_SECOND,
                rate,
                isBytes ? burst == 0 ? rate : burst * rate : burst + rate,
                Integer.toUnsignedLong(interval),
                size,
                max,
                Integer.toUnsignedLong(gcInterval),
                Integer.toUnsignedLong(expire),
                sourceBits,
                destinationBits);
    }
}
