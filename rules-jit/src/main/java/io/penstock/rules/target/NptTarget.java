package io.penstock.rules.target;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.TableName;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.api.TargetParser;

/**
 * SNPT and DNPT: translate an address's prefix without state or a change of checksums (RFC 6296).
 *
 * @param destination whether it is the destination's
 * @param from        the prefix
 * @param fromLength  its length; 255 for a mask that is none
 * @param to          what takes its place
 * @param toLength    its length; 255 for a mask that is none
 */
public record NptTarget(boolean destination, Address from, int fromLength, Address to, int toLength) implements Target {

    private static final int MAX_LENGTH = 64;

    private static final OptionSpec FROM = OptionSpec.of("src-pfx", OptionType.HOST_MASK).needed();
    private static final OptionSpec TO = OptionSpec.of("dst-pfx", OptionType.HOST_MASK).needed();

    static final TargetKind SNPT = kind("SNPT", false).at(RuleHook.INPUT, RuleHook.POSTROUTING);
    static final TargetKind DNPT = kind("DNPT", true).at(RuleHook.PREROUTING, RuleHook.OUTPUT);

    private static Definition kind(final String name, final boolean destination) {
        final String help = name + """
                 target options:
                 --src-pfx prefix/length
                 --dst-pfx prefix/length

                """;
        return Definition.of(name, help, scope -> new Parser(destination), FROM, TO).only(IpFamily.IPV6).in(TableName.MANGLE);
    }

    @Override
    public TargetKind kind() {
        return destination ? DNPT : SNPT;
    }

    @Override
    public void save(final StringBuilder out) {
        if (!from.isZero() || fromLength != 0) {
            write(out.append(" --src-pfx "), from, fromLength);
        }
        if (!to.isZero() || toLength != 0) {
            write(out.append(" --dst-pfx "), to, toLength);
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        write(out.append(destination ? " DNPT" : " SNPT").append(" src-pfx "), from, fromLength);
        write(out.append(" dst-pfx "), to, toLength);
    }

    private static void write(final StringBuilder out, final Address prefix, final int length) {
        out.append(prefix).append('/').append(length);
    }

    @Override
    public int check(final Place place) {
        return isPrefix(from, fromLength) && isPrefix(to, toLength) ? Kind.FINE : ToolText.EINVAL;
    }

    private static boolean isPrefix(final Address prefix, final int length) {
        return length <= MAX_LENGTH && prefix.low() == 0 && (length == MAX_LENGTH || prefix.high() << length == 0);
    }

    private static final class Parser implements TargetParser {

        private final boolean destination;
        private Address from;
        private int fromLength;
        private Address to;
        private int toLength;

        Parser(final boolean destination) {
            this.destination = destination;
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            if (option.name().equals(FROM.name())) {
                from = Address.of(value.address());
                fromLength = value.prefix() & 0xFF;
            } else {
                to = Address.of(value.address());
                toLength = value.prefix() & 0xFF;
            }
        }

        @Override
        public Target finish() {
            return new NptTarget(destination, from, fromLength, to, toLength);
        }
    }
}
