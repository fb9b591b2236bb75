package io.penstock.rules.match;

import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.hot.HotMatch;

/**
 * Looks at the packet's connection; what is null is not looked at.
 *
 * <p>Source: iptables-extensions(8), conntrack, revision 3.
 *
 * @param states           {@link ConntrackState} masks
 * @param protocol         the connection's protocol
 * @param originalSource   the original tuple's source
 * @param originalTarget   the original tuple's destination
 * @param replySource      the reply tuple's source
 * @param replyTarget      the reply tuple's destination
 * @param originalSources  the original tuple's source ports
 * @param originalTargets  the original tuple's destination ports
 * @param replySources     the reply tuple's source ports
 * @param replyTargets     the reply tuple's destination ports
 * @param status           {@link ConntrackStatus} masks; 0 for none of them
 * @param expires          how long it has still to live. Unit: s
 * @param reply            true for packets of the reply direction, false for those of the original one
 */
public record ConntrackMatch(
        Given<Integer> states,
        Given<Integer> protocol,
        Given<MaskedAddress> originalSource,
        Given<MaskedAddress> originalTarget,
        Given<MaskedAddress> replySource,
        Given<MaskedAddress> replyTarget,
        Given<NumberRange> originalSources,
        Given<NumberRange> originalTargets,
        Given<NumberRange> replySources,
        Given<NumberRange> replyTargets,
        Given<Integer> status,
        Given<NumberRange> expires,
        Boolean reply)
        implements RunnableMatch {

    @Override
    public MatchKind kind() {
        return ConntrackKind.CONNTRACK;
    }

    @Override
    public void save(final StringBuilder out) {
        write(out, "--", null);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        write(out, "", scope);
    }

    @Override
    public HotMatch bind(final BindScope scope) {
        scope.tracksConnections();
        return new ConntrackTests(this).hot();
    }

    private void write(final StringBuilder out, final String dashes, final ListScope scope) {
        if (states != null) {
            begin(out, states, dashes, "ctstate");
            ConntrackState.write(out, states.value());
        }
        if (protocol != null) {
            begin(out, protocol, dashes, "ctproto").append(' ').append(protocol.value());
        }
        address(out, originalSource, dashes, "ctorigsrc", scope);
        address(out, originalTarget, dashes, "ctorigdst", scope);
        address(out, replySource, dashes, "ctreplsrc", scope);
        address(out, replyTarget, dashes, "ctrepldst", scope);
        ports(out, originalSources, dashes, "ctorigsrcport");
        ports(out, originalTargets, dashes, "ctorigdstport");
        ports(out, replySources, dashes, "ctreplsrcport");
        ports(out, replyTargets, dashes, "ctrepldstport");
        if (status != null) {
            begin(out, status, dashes, "ctstatus");
            ConntrackStatus.write(out, status.value());
        }
        if (expires != null) {
            expires.value().write(begin(out, expires, dashes, "ctexpire").append(' '));
        }
        if (reply != null) {
            out.append(' ').append(dashes).append("ctdir ").append(reply ? "REPLY" : "ORIGINAL");
        }
    }

    private static StringBuilder begin(
            final StringBuilder out, final Given<?> test, final String dashes, final String name) {
        test.mark(out);
        return out.append(' ').append(dashes).append(name);
    }

    private static void address(
            final StringBuilder out,
            final Given<MaskedAddress> address,
            final String dashes,
            final String name,
            final ListScope scope) {
        if (address == null) {
            return;
        }
        begin(out, address, dashes, name).append(' ');
        if (scope == null) {
            address.value().save(out);
        } else {
            address.value().list(out, scope);
        }
    }

    private static void ports(
            final StringBuilder out, final Given<NumberRange> ports, final String dashes, final String name) {
        if (ports == null) {
            return;
        }
        begin(out, ports, dashes, name).append(' ').append(ports.value().low());
        if (ports.value().high() != 0 && ports.value().high() != ports.value().low()) {
            out.append(':').append(ports.value().high());
        }
    }
}
