package io.penstock.rules.target;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.api.BindScope;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.api.ParseScope;
import io.penstock.rules.api.Place;
import io.penstock.rules.api.RuleHook;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.api.TableName;
import io.penstock.rules.api.Target;
import io.penstock.rules.api.TargetKind;
import io.penstock.rules.api.TargetParser;
import io.penstock.rules.hot.HotTarget;
import io.penstock.rules.hot.target.HotReject;
import java.util.List;

/**
 * REJECT: drops the packet and tells its sender.
 *
 * @param family  of which family
 * @param message what the sender is told
 */
public record RejectTarget(IpFamily family, Message message) implements RunnableTarget {

    /** In place of an ICMP type: a TCP segment with the reset flag. */
    static final int TCP_RESET = -1;

    /**
     * What a sender can be told.
     *
     * @param name        its name
     * @param alias       its short name
     * @param description what help says of it
     * @param type        the ICMP type, or {@link #TCP_RESET}
     * @param code        the ICMP code
     */
    public record Message(String name, String alias, String description, int type, int code) {

        private static final int UNREACHABLE = 3;
        private static final int UNREACHABLE6 = 1;

        private static Message unreachable(final String name, final String alias, final String description, final int code) {
            return new Message(name, alias, description, UNREACHABLE, code);
        }

        private static Message unreachable6(final String name, final String alias, final String description, final int code) {
            return new Message(name, alias, description, UNREACHABLE6, code);
        }

        /** Whether the text is the begin of one of its names, in whatever case. */
        private boolean begins(final String text) {
            return name.regionMatches(true, 0, text, 0, text.length()) || alias.regionMatches(true, 0, text, 0, text.length());
        }
    }

    /** In the order in which the real tool looks through them: an abbreviation takes the first. */
    private static final List<Message> MESSAGES4 = List.of(
            Message.unreachable("icmp-net-unreachable", "net-unreach", "ICMP network unreachable", 0),
            Message.unreachable("icmp-host-unreachable", "host-unreach", "ICMP host unreachable", 1),
            Message.unreachable("icmp-proto-unreachable", "proto-unreach", "ICMP protocol unreachable", 2),
            Message.unreachable("icmp-port-unreachable", "port-unreach", "ICMP port unreachable (default)", 3),
            Message.unreachable("icmp-net-prohibited", "net-prohib", "ICMP network prohibited", 9),
            Message.unreachable("icmp-host-prohibited", "host-prohib", "ICMP host prohibited", 10),
            new Message("tcp-reset", "tcp-rst", "TCP RST packet", TCP_RESET, 0),
            Message.unreachable("icmp-admin-prohibited", "admin-prohib", "ICMP administratively prohibited (*)", 13));
    private static final int DEFAULT4 = 3;

    private static final List<Message> MESSAGES6 = List.of(
            Message.unreachable6("icmp6-no-route", "no-route", "ICMPv6 no route", 0),
            Message.unreachable6("icmp6-adm-prohibited", "adm-prohibited", "ICMPv6 administratively prohibited", 1),
            Message.unreachable6("icmp6-addr-unreachable", "addr-unreach", "ICMPv6 address unreachable", 3),
            Message.unreachable6("icmp6-port-unreachable", "port-unreach", "ICMPv6 port unreachable", 4),
            new Message("tcp-reset", "tcp-reset", "TCP RST packet", TCP_RESET, 0),
            Message.unreachable6("icmp6-policy-fail", "policy-fail", "ICMPv6 policy fail", 5),
            Message.unreachable6("icmp6-reject-route", "reject-route", "ICMPv6 reject route", 6));
    private static final int DEFAULT6 = 3;

    private static final OptionSpec WITH = OptionSpec.of("reject-with", OptionType.STRING);

    static final TargetKind KIND4 = kind(IpFamily.IPV4,
            "(*) See man page or read the INCOMPATIBILITES file for compatibility issues.\n");
    static final TargetKind KIND6 = kind(IpFamily.IPV6, "");

    private static TargetKind kind(final IpFamily family, final String footnote) {
        return Definition.of("REJECT", help(family) + footnote, Parser::new, WITH)
                .only(family)
                .in(TableName.FILTER)
                .at(RuleHook.INPUT, RuleHook.FORWARD, RuleHook.OUTPUT);
    }

    private static String help(final IpFamily family) {
        final StringBuilder help = new StringBuilder("""
                REJECT target options:
                --reject-with type              drop input packet and send back
                                                a reply packet according to type:
                Valid reject types:
                """);
        for (final Message message : messages(family)) {
            help.append(String.format("    %-25s\t%s\n    %-25s\talias\n", message.name, message.description, message.alias));
        }
        return help.append('\n').toString();
    }

    private static List<Message> messages(final IpFamily family) {
        return family == IpFamily.IPV4 ? MESSAGES4 : MESSAGES6;
    }

    @Override
    public TargetKind kind() {
        return family == IpFamily.IPV4 ? KIND4 : KIND6;
    }

    @Override
    public void save(final StringBuilder out) {
        out.append(" --reject-with ").append(message.name);
    }

    @Override
    public void list(final StringBuilder out, final ListScope scope) {
        out.append(" reject-with ").append(message.name);
    }

    @Override
    public int check(final Place place) {
        return message.type == TCP_RESET && !place.isOnly(IpProtocol.TCP) ? ToolText.EINVAL : Kind.FINE;
    }

    @Override
    public HotTarget bind(final BindScope scope) {
        return new HotReject(message.type, message.code);
    }

    private static final class Parser implements TargetParser {

        private final ParseScope scope;
        private Message message;

        Parser(final ParseScope scope) {
            this.scope = scope;
            this.message = messages(scope.family()).get(scope.family() == IpFamily.IPV4 ? DEFAULT4 : DEFAULT6);
        }

        @Override
        public void option(final OptionSpec option, final OptionValue value) {
            for (final Message known : messages(scope.family())) {
                if (known.begins(value.text())) {
                    message = known;
                    return;
                }
            }
            if (scope.family() == IpFamily.IPV4 && isEchoReply(value.text())) {
                scope.warn("--reject-with echo-reply no longer supported\n");
            }
            throw ParameterProblem.parameter("unknown reject type \"%s\"", value.text());
        }

        private static boolean isEchoReply(final String text) {
            return "echo-reply".regionMatches(true, 0, text, 0, text.length())
                    || "echoreply".regionMatches(true, 0, text, 0, text.length());
        }

        @Override
        public Target finish() {
            return new RejectTarget(scope.family(), message);
        }
    }
}
