package io.penstock.rules.text;

import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.ListScope;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.Names;
import io.penstock.rules.model.Action;
import io.penstock.rules.model.AddressTest;
import io.penstock.rules.model.DeviceTest;
import io.penstock.rules.model.Rule;
import io.penstock.rules.model.Selector;
import io.penstock.rules.model.Selector.FragmentTest;
import java.nio.ByteBuffer;

/** Rules as text: as {@code -S} and iptables-save write them, and as {@code -L} lists them. */
public final class RulePrinter {

    private static final int THOUSAND = 1000;
    private static final int MOST_PLAIN = 99_999;
    private static final int MOST_SCALED = 9_999;
    private static final int NAME_COLUMNS = 17;

    private final IpFamily family;
    private final Names names;

    /** For a family. */
    public RulePrinter(final IpFamily family, final Names names) {
        this.family = family;
        this.names = names;
    }

    /** Where {@link #save} writes a rule's counters. */
    public enum Counters {
        /** Nowhere. */
        NONE,
        /** In front, between brackets. */
        FRONT,
        /** As the option {@code -c}, before the target. */
        OPTION
    }

    /** Writes a rule with its line end. */
    public void save(final StringBuilder out, final String chain, final Rule rule, final Counters mode, final long packets,
            final long bytes) {
        final Selector selector = rule.selector();
        if (mode == Counters.FRONT) {
            out.append('[').append(Long.toUnsignedString(packets)).append(':').append(Long.toUnsignedString(bytes)).append("] ");
        }
        out.append("-A ").append(chain);
        saveAddress(out, 's', selector.source());
        saveAddress(out, 'd', selector.destination());
        saveDevice(out, 'i', selector.in());
        saveDevice(out, 'o', selector.out());
        if (selector.protocol() != 0) {
            final String name = Protocols.name(selector.protocol(), false, names);
            out.append(selector.protocolInverted() ? " !" : "").append(" -p ");
            out.append(name != null ? name : Integer.toString(selector.protocol()));
        }
        if (selector.fragment() != FragmentTest.ANY) {
            out.append(selector.fragment() == FragmentTest.FIRST ? " ! -f" : " -f");
        }
        for (final Match match : rule.matches()) {
            out.append(" -m ").append(match.kind().name());
            match.save(out);
        }
        if (mode == Counters.OPTION) {
            out.append(" -c ").append(Long.toUnsignedString(packets)).append(' ').append(Long.toUnsignedString(bytes));
        }
        switch (rule.action()) {
            case final Action.Verdict verdict -> out.append(" -j ").append(verdict.name());
            case final Action.Nothing nothing -> {
            }
            case Action.Jump(final String to, final boolean noReturn) -> out.append(noReturn ? " -g " : " -j ").append(to);
            case Action.Extension(final var target) -> {
                out.append(" -j ").append(target.kind().name());
                target.save(out);
            }
        }
        out.append('\n');
    }

    private void saveAddress(final StringBuilder out, final char letter, final AddressTest test) {
        if (family == IpFamily.IPV4 ? test.isAny() : !test.inverted() && (test.maskHigh() | test.maskLow()) == 0) {
            return;
        }
        out.append(test.inverted() ? " ! -" : " -").append(letter).append(' ').append(AddressText.print(bytes(test.high(), test.low())));
        final byte[] mask = bytes(test.maskHigh(), test.maskLow());
        final int prefix = AddressText.prefix(mask);
        out.append('/').append(prefix < 0 ? AddressText.print(mask) : Integer.toString(prefix));
    }

    private byte[] bytes(final long high, final long low) {
        return family == IpFamily.IPV4 ? ByteBuffer.allocate(AddressText.IPV4_BYTES).putInt((int) low).array()
                : ByteBuffer.allocate(AddressText.IPV6_BYTES).putLong(high).putLong(low).array();
    }

    private static void saveDevice(final StringBuilder out, final char letter, final DeviceTest test) {
        if (!test.name().isEmpty() && !test.name().equals("+")) {
            out.append(test.inverted() ? " ! -" : " -").append(letter).append(' ').append(test.name());
        }
    }

    /** Writes the two lines above a chain's rules. The policy is null for a user's chain. */
    void header(final StringBuilder out, final ListFormat format, final String chain, final Action.Verdict policy, final long packets,
            final long bytes, final int references) {
        out.append("Chain ").append(chain);
        if (policy != null) {
            out.append(" (policy ").append(policy.name());
            if (format.counters()) {
                out.append(' ');
                number(out, packets, format.isScaled(), true);
                out.append("packets, ");
                number(out, bytes, format.isScaled(), true);
                out.append("bytes");
            }
            out.append(")\n");
        } else {
            out.append(" (").append(references).append(" references)\n");
        }
        if (format.lineNumbers()) {
            out.append("num  ");
        }
        if (format.counters()) {
            out.append(format.isScaled() ? " pkts bytes " : "    pkts      bytes ");
        }
        out.append("target     prot opt");
        if (format.counters()) {
            out.append(" in     out    ");
        }
        out.append(" source               destination         \n");
    }

    /** Writes a rule as a row of a list. */
    void row(final StringBuilder out, final ListFormat format, final int number, final Rule rule, final long packets, final long bytes) {
        if (format.lineNumbers()) {
            pad(out, Integer.toString(number), 4).append(' ');
        }
        if (format.counters()) {
            number(out, packets, format.isScaled(), false);
            number(out, bytes, format.isScaled(), false);
        }
        pad(out, listedTarget(rule.action()), 9).append(' ');
        protocol(out, rule.selector(), format.numeric());
        fragment(out, rule.selector());
        out.append(' ');
        if (format.counters()) {
            pad(out.append(' '), device(rule.selector().in(), format.numeric()), 6).append(' ');
            pad(out, device(rule.selector().out(), format.numeric()), 6).append(' ');
        }
        pad(address(out, rule.selector().source()), address(rule.selector().source(), format.numeric()), 19).append(' ');
        pad(address(out, rule.selector().destination()), address(rule.selector().destination(), format.numeric()), 19).append(' ');
        extensions(out, rule, format.numeric());
    }

    /** Writes a rule as {@code -v} says what it does. */
    void line(final StringBuilder out, final Rule rule) {
        out.append(listedTarget(rule.action())).append(' ');
        final Selector selector = rule.selector();
        final String name = Protocols.name(selector.protocol(), true, names);
        out.append(selector.protocolInverted() ? '!' : ' ').append(name != null ? name : Integer.toString(selector.protocol())).append(' ');
        fragment(out.append("opt "), selector);
        out.append(' ').append("in ").append(device(selector.in(), true));
        out.append(" out ").append(device(selector.out(), true)).append(' ');
        address(out, selector.source()).append(address(selector.source(), true)).append(' ');
        address(out, selector.destination()).append("-> ").append(address(selector.destination(), true)).append("  ");
        extensions(out, rule, true);
    }

    private void protocol(final StringBuilder out, final Selector selector, final boolean numeric) {
        final String name = numeric ? null : Protocols.name(selector.protocol(), false, names);
        out.append(selector.protocolInverted() ? '!' : ' ');
        pad(out, name != null ? name : Integer.toString(selector.protocol()), 4).append(' ');
    }

    private void fragment(final StringBuilder out, final Selector selector) {
        if (family == IpFamily.IPV6) {
            out.append("--");
        } else {
            out.append(selector.fragment() == FragmentTest.FIRST ? '!' : '-');
            out.append(selector.fragment() == FragmentTest.ANY ? '-' : 'f');
        }
    }

    private void extensions(final StringBuilder out, final Rule rule, final boolean numeric) {
        final ListScope scope = new Listing(family, rule.selector().protocol(), numeric, names);
        if (rule.action() instanceof Action.Jump(final String chain, final boolean noReturn) && noReturn) {
            out.append("[goto] ");
        }
        for (final Match match : rule.matches()) {
            match.list(out, scope);
        }
        if (rule.action() instanceof Action.Extension(final var target)) {
            target.list(out, scope);
        }
        out.append('\n');
    }

    private record Listing(IpFamily family, int protocol, boolean isNumeric, Names names) implements ListScope {
    }

    private static String listedTarget(final Action action) {
        return switch (action) {
            case final Action.Verdict verdict -> verdict.name();
            case final Action.Nothing nothing -> "";
            case Action.Jump(final String chain, final boolean noReturn) -> chain;
            case Action.Extension(final var target) -> target.kind().listedName();
        };
    }

    private static String device(final DeviceTest test, final boolean numeric) {
        final String name = test.name().isEmpty() ? numeric ? "*" : "any" : test.name();
        final String text = test.inverted() ? "!" + name : name;
        return text.substring(0, Math.min(text.length(), NAME_COLUMNS));
    }

    private static StringBuilder address(final StringBuilder out, final AddressTest test) {
        return out.append(test.inverted() ? '!' : ' ');
    }

    private String address(final AddressTest test, final boolean numeric) {
        final boolean isAny = family == IpFamily.IPV4 ? test.maskLow() == 0 : (test.high() | test.low()) == 0;
        if (isAny && !numeric) {
            return "anywhere";
        }
        final byte[] address = bytes(test.high(), test.low());
        final byte[] mask = bytes(test.maskHigh(), test.maskLow());
        final String host = numeric ? null : names.hostName(address);
        final int prefix = AddressText.prefix(mask);
        final String length = prefix < 0 ? "/" + AddressText.print(mask) : prefix == mask.length * Byte.SIZE ? "" : "/" + prefix;
        return (host != null ? host : AddressText.print(address)) + length;
    }

    /** Writes a counter and a blank. */
    private static void number(final StringBuilder out, final long value, final boolean scaled, final boolean plain) {
        final long[] number = {value};
        String unit = "";
        if (scaled && Long.compareUnsigned(value, MOST_PLAIN) > 0) {
            for (final String next : new String[] {"K", "M", "G", "T"}) {
                number[0] = Long.divideUnsigned(number[0] + THOUSAND / 2, THOUSAND);
                unit = next;
                if (Long.compareUnsigned(number[0], MOST_SCALED) <= 0) {
                    break;
                }
            }
        }
        final String text = Long.toUnsignedString(number[0]);
        final int width = plain ? 0 : !scaled ? 8 : unit.isEmpty() ? 5 : 4;
        out.repeat(' ', Math.max(0, width - text.length())).append(text).append(unit).append(' ');
    }

    private static StringBuilder pad(final StringBuilder out, final String text, final int width) {
        return out.append(text).repeat(' ', Math.max(0, width - text.length()));
    }
}
