package io.penstock.rules.match;

import static io.penstock.rules.api.ParameterProblem.parameter;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.MatchParser;
import io.penstock.rules.api.OptionSpec;
import io.penstock.rules.api.OptionType;
import io.penstock.rules.api.OptionValue;
import io.penstock.rules.match.PolicyMatch.Element;
import java.util.ArrayList;
import java.util.List;

/** How {@code -m policy} is read. */
final class PolicyKind implements MatchParser {

    static final MatchKind POLICY = DescribedMatchKind.of(
            "policy",
            0,
            """
            policy match options:
              --dir in|out			match policy applied during decapsulation/
            				policy to be applied during encapsulation
              --pol none|ipsec		match policy
              --strict 			match entire policy instead of single element
            				at any position
            These options may be used repeatedly, to describe policy elements:
            [!] --reqid reqid		match reqid
            [!] --spi spi			match SPI
            [!] --proto proto		match protocol (ah/esp/ipcomp)
            [!] --mode mode 		match mode (transport/tunnel)
            [!] --tunnel-src addr/mask	match tunnel source
            [!] --tunnel-dst addr/mask	match tunnel destination
              --next 			begin next element in policy
            """,
            scope -> new PolicyKind(),
            OptionSpec.of("dir", OptionType.STRING),
            OptionSpec.of("pol", OptionType.STRING),
            OptionSpec.of("strict", OptionType.NONE),
            OptionSpec.of("reqid", OptionType.UINT32).repeated().inverted(),
            OptionSpec.of("spi", OptionType.UINT32).repeated().inverted(),
            OptionSpec.of("tunnel-src", OptionType.HOST_MASK).repeated().inverted(),
            OptionSpec.of("tunnel-dst", OptionType.HOST_MASK).repeated().inverted(),
            OptionSpec.of("proto", OptionType.PROTOCOL).repeated().inverted(),
            OptionSpec.of("mode", OptionType.STRING).repeated().inverted(),
            OptionSpec.of("next", OptionType.NONE).repeated().requiring("strict"));

    /** The protocol number of IP payload compression (RFC 3173). */
    private static final int IPCOMP = 108;
    /** {@code XT_POLICY_MAX_ELEM}. */
    private static final int MAX_ELEMENTS = 4;

    private final List<Element> elements = new ArrayList<>();
    private Element last = Element.EMPTY;
    private Boolean in;
    private boolean none;
    private boolean strict;

    private PolicyKind() {
    }

    @Override
    public void option(final OptionSpec option, final OptionValue value) {
        final boolean inverted = value.inverted();
        final Element e = last;
        switch (option.name()) {
            case "dir" -> in = either(value.text(), "out", "in", "policy_match: invalid dir \"%s\"");
            case "pol" -> none = either(value.text(), "ipsec", "none", "policy match: invalid policy \"%s\"");
            case "strict" -> strict = true;
            case "reqid" -> last = new Element(
                    once(e.reqid(), option, new Given<>(value.low(), inverted)),
                    e.spi(), e.protocol(), e.tunnel(), e.source(), e.target());
            case "spi" -> last = new Element(
                    e.reqid(), once(e.spi(), option, new Given<>(value.low(), inverted)),
                    e.protocol(), e.tunnel(), e.source(), e.target());
            case "tunnel-src" -> last = new Element(
                    e.reqid(), e.spi(), e.protocol(), e.tunnel(),
                    once(e.source(), option, new Given<>(MaskedAddress.of(value), inverted)), e.target());
            case "tunnel-dst" -> last = new Element(
                    e.reqid(), e.spi(), e.protocol(), e.tunnel(), e.source(),
                    once(e.target(), option, new Given<>(MaskedAddress.of(value), inverted)));
            case "proto" -> last = new Element(
                    e.reqid(), e.spi(), protocol(once(e.protocol(), option, new Given<>((int) value.low(), inverted))),
                    e.tunnel(), e.source(), e.target());
            case "mode" -> {
                once(e.tunnel(), option, null);
                final boolean tunnel = either(value.text(), "transport", "tunnel", "policy match: invalid mode \"%s\"");
                last = new Element(
                        e.reqid(), e.spi(), e.protocol(), new Given<>(tunnel, inverted), e.source(), e.target());
            }
            default -> next();
        }
    }

    @Override
    public void finalCheck() {
        if (in == null) {
            throw parameter("policy match: neither --dir in nor --dir out specified");
        }
        if (none && strict) {
            throw parameter("policy match: policy none but --strict given");
        }
        if (none && !elements.isEmpty()) {
            throw parameter("policy match: policy none but policy given");
        }
        for (int i = 0; i <= elements.size() && !none; i++) {
            check(i < elements.size() ? elements.get(i) : last, i);
        }
    }

    @Override
    public Match finish() {
        elements.add(last);
        return new PolicyMatch(in, none, strict, List.copyOf(elements));
    }

    private void check(final Element element, final int index) {
        if (strict && element.equals(Element.EMPTY)) {
            throw parameter("policy match: empty policy element %d. --strict is in effect, but at least one of reqid, "
                    + "spi, tunnel-src, tunnel-dst, proto or mode is required.", index);
        }
        // Without a mode it is transport.
        final boolean isTunnel = element.tunnel() != null && element.tunnel().value() != element.tunnel().inverted();
        if ((element.source() != null || element.target() != null) && !isTunnel) {
            throw parameter("policy match: --tunnel-src/--tunnel-dst is only valid in tunnel mode");
        }
    }

    private void next() {
        elements.add(last);
        last = Element.EMPTY;
        if (elements.size() == MAX_ELEMENTS) {
            throw parameter("policy match: maximum policy depth reached");
        }
    }

    private static Given<Integer> protocol(final Given<Integer> protocol) {
        final int number = protocol.value();
        if (number != IpProtocol.AH && number != IpProtocol.ESP && number != IPCOMP) {
            throw parameter("policy match: protocol must be ah/esp/ipcomp");
        }
        return protocol;
    }

    private static <T> Given<T> once(final Given<T> before, final OptionSpec option, final Given<T> now) {
        if (before != null) {
            throw parameter("policy match: double --%s option", option.name());
        }
        return now;
    }

    /** Whether it is the second of two words. */
    private static boolean either(final String text, final String no, final String yes, final String message) {
        if (text.equals(yes)) {
            return true;
        }
        if (text.equals(no)) {
            return false;
        }
        throw parameter(message, text);
    }
}
