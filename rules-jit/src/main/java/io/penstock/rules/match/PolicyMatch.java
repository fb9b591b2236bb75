package io.penstock.rules.match;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.sys.Errno;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;
import io.penstock.rules.hot.match.HotAlways;
import io.penstock.rules.hot.match.HotNever;
import java.util.List;

/**
 * Looks at the IPsec transformations that the packet went through, or will. Here it goes through none.
 *
 * @param in       by what it went through, not what it will
 * @param none     whether that must be nothing
 * @param strict   whether the elements must be all there is, not some of it
 * @param elements what it must be, kept with {@code none} too as the real tool compares them
 */
public record PolicyMatch(boolean in, boolean none, boolean strict, List<Element> elements) implements RunnableMatch {

    /**
     * One transformation; what is null is not looked at.
     *
     * @param reqid    the policy's request id
     * @param spi      the security parameter index
     * @param protocol the protocol's number
     * @param tunnel   whether it is a tunnel
     * @param source   the tunnel's source
     * @param target   the tunnel's destination
     */
    public record Element(
            Given<Long> reqid,
            Given<Long> spi,
            Given<Integer> protocol,
            Given<Boolean> tunnel,
            Given<MaskedAddress> source,
            Given<MaskedAddress> target) {

        static final Element EMPTY = new Element(null, null, null, null, null, null);

        private void write(final StringBuilder out, final String dashes, final ListScope scope) {
            if (reqid != null) {
                begin(out, reqid, dashes, "reqid ").append(reqid.value());
            }
            if (spi != null) {
                begin(out, spi, dashes, "spi 0x").append(Long.toHexString(spi.value()));
            }
            if (protocol != null) {
                begin(out, protocol, dashes, "proto ").append(name(protocol.value(), scope));
            }
            if (tunnel != null) {
                begin(out, tunnel, dashes, "mode ").append(tunnel.value() ? "tunnel" : "transport");
            }
            if (target != null) {
                target.value().save(begin(out, target, dashes, "tunnel-dst "));
            }
            if (source != null) {
                source.value().save(begin(out, source, dashes, "tunnel-src "));
            }
        }

        private static StringBuilder begin(
                final StringBuilder out, final Given<?> test, final String dashes, final String name) {
            test.mark(out);
            return out.append(' ').append(dashes).append(name);
        }

        private static String name(final int number, final ListScope scope) {
            if (scope == null) {
                return number == IpProtocol.ESP ? "esp" : number == IpProtocol.AH ? "ah" : "ipcomp";
            }
            final String name = scope.isNumeric() ? null : scope.names().protocolName(number);
            return name == null ? Integer.toString(number) : name;
        }
    }

    @Override
    public MatchKind kind() {
        return PolicyKind.POLICY;
    }

    @Override
    public void save(final StringBuilder out) {
        flags(out, "--");
        for (int i = 0; i < shown(); i++) {
            elements.get(i).write(out, "--", null);
            out.append(i + 1 < shown() ? " --next" : "");
        }
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        flags(out.append(" policy match"), "");
        for (int i = 0; i < shown(); i++) {
            if (shown() > 1) {
                out.append(" [").append(i).append(']');
            }
            elements.get(i).write(out, "", scope);
        }
    }

    @Override
    public int check(final Place place) {
        // What a packet will go through is not known before it is routed, what it went through not behind.
        final int wrong = in
                ? RuleHook.mask(RuleHook.OUTPUT, RuleHook.POSTROUTING)
                : RuleHook.mask(RuleHook.PREROUTING, RuleHook.INPUT);
        return (place.hooks() & wrong) != 0 ? Errno.EINVAL : Kind.FINE;
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        return none ? HotAlways.INSTANCE : HotNever.INSTANCE;
    }

    private int shown() {
        return none ? 0 : elements.size();
    }

    private void flags(final StringBuilder out, final String dashes) {
        out.append(' ').append(dashes).append(in ? "dir in" : "dir out");
        out.append(' ').append(dashes).append(none ? "pol none" : "pol ipsec");
        if (strict) {
            out.append(' ').append(dashes).append("strict");
        }
    }
}
