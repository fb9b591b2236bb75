package io.penstock.rules.match;

import io.penstock.os.sys.Errno;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotRecent;
import io.penstock.rules.hot.match.RecentTable;
import io.penstock.rules.text.AddressText;
import java.nio.ByteBuffer;

/**
 * {@code -m recent}: a list of addresses that were seen, with the times.
 *
 * @param operation   what is done with the list
 * @param inverted    whether the answer is turned round
 * @param seconds     how long ago counts, unsigned; 0 for any time
 * @param reap        whether the oldest address goes when it is older
 * @param hits        how often it must have been seen, unsigned; 0 for once
 * @param ttl         whether the time to live must be the same
 * @param name        the list's name
 * @param destination whether the destination is looked up, not the source
 * @param family      which addresses
 * @param maskHigh    the upper half of the mask; of IPv4, the mask is that one's upper half
 * @param maskLow     the lower half
 */
public record RecentMatch(
        Operation operation,
        boolean inverted,
        int seconds,
        boolean reap,
        int hits,
        boolean ttl,
        String name,
        boolean destination,
        IpFamily family,
        long maskHigh,
        long maskLow)
        implements RunnableMatch {

    /** What is done with the list. */
    public enum Operation {
        /** The address is put into it. */
        SET("set", "SET"),
        /** The address is looked for. */
        CHECK("rcheck", "CHECK"),
        /** The address is looked for, and put to the end if it is there. */
        UPDATE("update", "UPDATE"),
        /** The address is taken out of it. */
        REMOVE("remove", "REMOVE");

        private final String option;
        private final String listed;

        Operation(final String option, final String listed) {
            this.option = option;
            this.listed = listed;
        }
    }

    /** Bytes of a name in the kernel, the closing zero included (XT_RECENT_NAME_LEN). */
    private static final int NAME_BYTES = 200;
    /** The hits that the kernel refuses to count (XT_RECENT_MAX_NSTAMPS). */
    private static final int MAX_HITS = 1 << 16;
    private static final int IPV6_BYTES = 16;
    private static final String DEFAULT_NAME = "DEFAULT";
    private static final long UNSIGNED_32 = 0xFFFF_FFFFL;

    private static final String HELP = """
            recent match options:
            [!] --set                       Add source address to list, always matches.
            [!] --rcheck                    Match if source address in list.
            [!] --update                    Match if source address in list, also update last-seen time.
            [!] --remove                    Match if source address in list, also removes that address from list.
                --seconds seconds           For check and update commands above.
                                            Specifies that the match will only occur if source address last seen within
                                            the last 'seconds' seconds.
                --reap                      Purge entries older then 'seconds'.
                                            Can only be used in conjunction with the seconds option.
                --hitcount hits             For check and update commands above.
                                            Specifies that the match will only occur if source address seen hits times.
                                            May be used in conjunction with the seconds option.
                --rttl                      For check and update commands above.
                                            Specifies that the match will only occur if the source address and the TTL
                                            match between this packet and the one which was set.
                                            Useful if you have problems with people spoofing their source address in order
                                            to DoS you via this module.
                --name name                 Name of the recent list to be used.  DEFAULT used if none given.
                --rsource                   Match/Save the source address of each packet in the recent list table (default).
                --rdest                     Match/Save the destination address of each packet in the recent list table.
                --mask netmask              Netmask that will be applied to this recent list.
            xt_recent by: Stephen Frost <sfrost@snowman.net>.
            """;

    static final MatchKind KIND = DescribedMatchKind.of(
            "recent",
            1,
            HELP,
            Parser::new,
            operation(Operation.SET),
            operation(Operation.CHECK),
            operation(Operation.UPDATE),
            operation(Operation.REMOVE),
            OptionSpec.of("seconds", OptionType.UINT32).between(1, UNSIGNED_32),
            OptionSpec.of("reap", OptionType.NONE).requiring("seconds"),
            OptionSpec.of("hitcount", OptionType.UINT32),
            OptionSpec.of("rttl", OptionType.NONE).excluding(Operation.SET.option, Operation.REMOVE.option),
            OptionSpec.of("name", OptionType.STRING),
            OptionSpec.of("rsource", OptionType.NONE),
            OptionSpec.of("rdest", OptionType.NONE),
            OptionSpec.of("mask", OptionType.HOST));

    @Override
    public MatchKind kind() {
        return KIND;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(inverted ? " ! --" : " --").append(operation.option);
        if (seconds != 0) {
            out.append(" --seconds ").append(seconds);
        }
        out.append(reap ? " --reap" : "");
        if (hits != 0) {
            out.append(" --hitcount ").append(hits);
        }
        out.append(ttl ? " --rttl" : "").append(" --name ").append(name).append(" --mask ").append(mask())
                .append(destination ? " --rdest" : " --rsource");
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(inverted ? " ! recent: " : " recent: ").append(operation.listed);
        if (seconds != 0) {
            out.append(" seconds: ").append(seconds);
        }
        out.append(reap ? " reap" : "");
        if (hits != 0) {
            out.append(" hit_count: ").append(hits);
        }
        out.append(ttl ? " TTL-Match" : "").append(" name: ").append(name).append(destination ? " side: dest" : " side: source")
                .append(" mask: ").append(mask());
    }

    @Override
    public int check(final Place place) {
        final boolean isChange = operation == Operation.SET || operation == Operation.REMOVE;
        if (isChange && (seconds != 0 || hits != 0 || ttl || reap) || reap && seconds == 0
                || Integer.compareUnsigned(hits, MAX_HITS) >= 0) {
            return Errno.EINVAL;
        }
        return ProcNames.check(name);
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        final RecentTable table = scope.shared(RecentTable.class, name,
                () -> new RecentTable(maskHigh, maskLow, RecentTable.DEFAULT_ADDRESSES));
        table.require(hits);
        final int action = switch (operation) {
            case SET -> HotRecent.SET;
            case CHECK -> HotRecent.CHECK;
            case UPDATE -> HotRecent.UPDATE;
            case REMOVE -> HotRecent.REMOVE;
        };
        return new HotRecent(table, action, inverted, Integer.toUnsignedLong(seconds), reap, hits, ttl, destination);
    }

    private String mask() {
        return family == IpFamily.IPV4 ? AddressText.ipv4((int) (maskHigh >>> Integer.SIZE)) : AddressText.ipv6(maskHigh, maskLow);
    }

    private static OptionSpec operation(final Operation operation) {
        return OptionSpec.of(operation.option, OptionType.NONE).inverted().excluding(
                Operation.SET.option, Operation.CHECK.option, Operation.UPDATE.option, Operation.REMOVE.option);
    }

    private static final class Parser implements MatchParser {

        private Operation operation;
        private boolean inverted;
        private int seconds;
        private boolean reap;
        private int hits;
        private boolean ttl;
        private String name = DEFAULT_NAME;
        private boolean destination;
        private final IpFamily family;
        private long maskHigh = -1;
        private long maskLow = -1;

        Parser(final ParseScope scope) {
            family = scope.family();
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            switch (option.name()) {
                case "seconds" -> seconds = (int) value.low();
                case "reap" -> reap = true;
                case "hitcount" -> hits = (int) value.low();
                case "rttl" -> ttl = true;
                case "name" -> name = FieldText.cut(value.text(), NAME_BYTES);
                case "rsource" -> destination = false;
                case "rdest" -> destination = true;
                case "mask" -> {
                    final ByteBuffer mask = ByteBuffer.allocate(IPV6_BYTES).put(value.address());
                    maskHigh = mask.getLong(0);
                    maskLow = mask.getLong(Long.BYTES);
                }
                default -> {
                    inverted |= value.inverted();
                    for (final Operation candidate : Operation.values()) {
                        if (candidate.option.equals(option.name())) {
                            operation = candidate;
                        }
                    }
                }
            }
        }

        @Override
        public void finalCheck() {
            if (operation == null) {
                throw ParameterProblem.parameter("recent: you must specify one of `--set', `--rcheck' `--update' or `--remove'");
            }
        }

        @Override
        public Match finish() {
            return new RecentMatch(operation, inverted, seconds, reap, hits, ttl, name, destination, family, maskHigh, maskLow);
        }
    }
}
