package io.penstock.rules.text;

import static io.penstock.rules.text.LongOption.MAY_HAVE_ARGUMENT;
import static io.penstock.rules.text.LongOption.NEEDS_ARGUMENT;
import static io.penstock.rules.text.LongOption.NO_ARGUMENT;

import io.penstock.rules.api.IpFamily;
import java.util.List;
import java.util.stream.Stream;

/** iptables' own options. */
final class BaseOptions {

    /** Short options. */
    static final String SHORT = "A:C:D:E:F::I:L::M:N:P:VX::Z::c:d:i:j:o:p:s:t:R:S::W::46bfg:h::m:nvw::x";

    private static final List<LongOption> IPV6 = List.of(
            LongOption.of("append", NEEDS_ARGUMENT, 'A'),
            LongOption.of("delete", NEEDS_ARGUMENT, 'D'),
            LongOption.of("check", NEEDS_ARGUMENT, 'C'),
            LongOption.of("insert", NEEDS_ARGUMENT, 'I'),
            LongOption.of("replace", NEEDS_ARGUMENT, 'R'),
            LongOption.of("list", MAY_HAVE_ARGUMENT, 'L'),
            LongOption.of("list-rules", MAY_HAVE_ARGUMENT, 'S'),
            LongOption.of("flush", MAY_HAVE_ARGUMENT, 'F'),
            LongOption.of("zero", MAY_HAVE_ARGUMENT, 'Z'),
            LongOption.of("new-chain", NEEDS_ARGUMENT, 'N'),
            LongOption.of("delete-chain", MAY_HAVE_ARGUMENT, 'X'),
            LongOption.of("rename-chain", NEEDS_ARGUMENT, 'E'),
            LongOption.of("policy", NEEDS_ARGUMENT, 'P'),
            LongOption.of("source", NEEDS_ARGUMENT, 's'),
            LongOption.of("destination", NEEDS_ARGUMENT, 'd'),
            LongOption.of("src", NEEDS_ARGUMENT, 's'),
            LongOption.of("dst", NEEDS_ARGUMENT, 'd'),
            LongOption.of("protocol", NEEDS_ARGUMENT, 'p'),
            LongOption.of("in-interface", NEEDS_ARGUMENT, 'i'),
            LongOption.of("jump", NEEDS_ARGUMENT, 'j'),
            LongOption.of("table", NEEDS_ARGUMENT, 't'),
            LongOption.of("match", NEEDS_ARGUMENT, 'm'),
            LongOption.of("numeric", NO_ARGUMENT, 'n'),
            LongOption.of("out-interface", NEEDS_ARGUMENT, 'o'),
            LongOption.of("verbose", NO_ARGUMENT, 'v'),
            LongOption.of("wait", MAY_HAVE_ARGUMENT, 'w'),
            LongOption.of("wait-interval", MAY_HAVE_ARGUMENT, 'W'),
            LongOption.of("exact", NO_ARGUMENT, 'x'),
            LongOption.of("version", NO_ARGUMENT, 'V'),
            LongOption.of("help", MAY_HAVE_ARGUMENT, 'h'),
            LongOption.of("line-numbers", NO_ARGUMENT, '0'),
            LongOption.of("modprobe", NEEDS_ARGUMENT, 'M'),
            LongOption.of("set-counters", NEEDS_ARGUMENT, 'c'),
            LongOption.of("goto", NEEDS_ARGUMENT, 'g'),
            LongOption.of("ipv4", NO_ARGUMENT, '4'),
            LongOption.of("ipv6", NO_ARGUMENT, '6'));

    private static final List<LongOption> IPV4 = Stream.concat(IPV6.stream(),
            Stream.of(LongOption.of("fragments", NO_ARGUMENT, 'f'))).toList();

    private BaseOptions() {
    }

    /** Long options. */
    static List<LongOption> of(final IpFamily family) {
        return family == IpFamily.IPV4 ? IPV4 : IPV6;
    }
}
